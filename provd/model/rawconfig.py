"""
The raw config on its way to a plugin: defaults, what is dropped with a warning, what is refused.

Values are checked and never rewritten: a port that arrived as ``"5060"`` stays text, an absent key stays
absent, as plugins test presence with ``in``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from provd.errors import InvalidDocument

_LOCALE = re.compile(r"([a-z]{2}_[A-Z]{2})(.*)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)

SRTP_MODES = ("disabled", "preferred", "required")
DTMF_MODES = ("RTP-in-band", "RTP-out-of-band", "SIP-INFO")
SYSLOG_LEVELS = ("critical", "error", "warning", "info", "debug")
FUNCKEY_TYPES = ("speeddial", "blf", "park")

# A web form sends "" for what nobody filled in.
_EMPTY_IS_ABSENT = re.compile(
    r"locale|timezone|protocol|sip_dtmf_mode|.*_port|vlan_id|vlan_priority|vlan_pc_port_id"
)
_NEEDED_WHEN = {
    "dns_enabled": "dns_ip",
    "ntp_enabled": "ntp_ip",
    "vlan_enabled": "vlan_id",
    "syslog_enabled": "syslog_ip",
}


def _number(low: int, high: int, name: str) -> AfterValidator:
    def check(value: int | str) -> int | str:
        if isinstance(value, str) and not _DIGITS.fullmatch(value):
            raise ValueError(f"isn't {name}")
        if not low <= int(value) <= high:
            raise ValueError(f"isn't {name} ({low} to {high})")
        return value

    return AfterValidator(check)


def _one_of(choices: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError("isn't one of " + ", ".join(choices))
        return value

    return AfterValidator(check)


_Text = Annotated[str | None, Field()]
_Flag = bool | None
_Port = Annotated[int | str, _number(1, 65535, "a port")] | None
_Vlan = Annotated[int | str, _number(0, 4094, "a VLAN id")] | None
_Dtmf = Annotated[str, _one_of(DTMF_MODES)] | None
_Srtp = Annotated[str, _one_of(SRTP_MODES)] | None


class _Checked(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class _Line(_Checked):
    username: _Text = None
    auth_username: _Text = None
    password: _Text = None
    display_name: _Text = None
    number: _Text = None
    proxy_ip: _Text = None
    proxy_port: _Port = None
    backup_proxy_ip: _Text = None
    backup_proxy_port: _Port = None
    registrar_ip: _Text = None
    registrar_port: _Port = None
    backup_registrar_ip: _Text = None
    backup_registrar_port: _Port = None
    outbound_proxy_ip: _Text = None
    outbound_proxy_port: _Port = None
    dtmf_mode: _Dtmf = None
    srtp_mode: _Srtp = None
    voicemail: _Text = None


class _CallManager(_Checked):
    ip: _Text = None
    port: _Port = None


class _Funckey(_Checked):
    type: _Text = None
    value: _Text = None
    label: _Text = None
    line: Annotated[int | str, _number(1, 9999, "a line number")] | None = None


class _RawConfig(_Checked):
    http_base_url: _Text = None
    ip: _Text = None
    http_port: _Port = None
    tftp_port: _Port = None
    config_version: int | None = None
    dns_enabled: _Flag = None
    dns_ip: _Text = None
    ntp_enabled: _Flag = None
    ntp_ip: _Text = None
    vlan_enabled: _Flag = None
    vlan_id: _Vlan = None
    vlan_priority: Annotated[int | str, _number(0, 7, "a VLAN priority")] | None = None
    vlan_pc_port_id: _Vlan = None
    syslog_enabled: _Flag = None
    syslog_ip: _Text = None
    syslog_port: _Port = None
    syslog_level: Annotated[str, _one_of(SYSLOG_LEVELS)] | None = None
    admin_username: _Text = None
    admin_password: _Text = None
    user_username: _Text = None
    user_password: _Text = None
    timezone: _Text = None
    locale: _Text = None
    protocol: Annotated[str, _one_of(("SIP", "SCCP"))] | None = None
    sip_proxy_ip: _Text = None
    sip_proxy_port: _Port = None
    sip_backup_proxy_ip: _Text = None
    sip_backup_proxy_port: _Port = None
    sip_registrar_ip: _Text = None
    sip_registrar_port: _Port = None
    sip_backup_registrar_ip: _Text = None
    sip_backup_registrar_port: _Port = None
    sip_outbound_proxy_ip: _Text = None
    sip_outbound_proxy_port: _Port = None
    sip_dtmf_mode: _Dtmf = None
    sip_srtp_mode: _Srtp = None
    sip_transport: Annotated[str, _one_of(("udp", "tcp", "tls"))] | None = None
    sip_servers_root_and_intermediate_certificates: list[str] | None = None
    sip_local_root_and_intermediate_certificates: list[str] | None = None
    sip_local_certificate: _Text = None
    sip_local_key: _Text = None
    sip_subscribe_mwi: _Flag = None
    sip_lines: dict[str, _Line] | None = None
    sccp_call_managers: dict[str, _CallManager] | None = None
    exten_dnd: _Text = None
    exten_fwd_unconditional: _Text = None
    exten_fwd_no_answer: _Text = None
    exten_fwd_busy: _Text = None
    exten_fwd_disable_all: _Text = None
    exten_park: _Text = None
    exten_pickup_group: _Text = None
    exten_pickup_call: _Text = None
    exten_voicemail: _Text = None
    funckeys: dict[str, _Funckey] | None = None


STANDARD_PARAMETERS = frozenset(_RawConfig.model_fields)


def check_structure(raw: Mapping[str, Any]) -> None:
    """
    Check the types of a raw config, as a client writes it; what one fragment lacks a parent may bring.

    :raises InvalidDocument: naming every parameter that is wrong, never its value.
    """
    mistakes = {name: "belongs to plugins and can't be stored" for name in raw if str(name).startswith("XX_")}
    mistakes |= _type_mistakes(
        {k: v for k, v in raw.items() if not (v == "" and _EMPTY_IS_ABSENT.fullmatch(k))}
    )
    if mistakes:
        raise InvalidDocument("raw config", mistakes)


def _type_mistakes(raw: Mapping[str, Any]) -> dict[str, str]:
    try:
        _RawConfig.model_validate(raw)
    except ValidationError as error:
        return {
            ".".join(str(part) for part in _parameter(mistake["loc"])): _sentence(
                mistake["type"], mistake["msg"]
            )
            for mistake in error.errors(include_url=False, include_context=False, include_input=False)
        }
    return {}


def _parameter(location: tuple[int | str, ...]) -> list[int | str]:
    # pydantic adds the member of a union, such as "function-after[check(), int]", which no client knows.
    return [
        part for part in location if not (isinstance(part, str) and ("[" in part or part in ("int", "str")))
    ]


def _sentence(kind: str, message: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return {"string_type": "isn't text", "bool_type": "isn't true or false", "int_type": "isn't a number",
            "list_type": "isn't a list", "dict_type": "isn't an object", "model_type": "isn't an object",
            "model_attributes_type": "isn't an object"}.get(kind, "isn't valid")  # fmt: skip


def prepare(raw: dict[str, Any]) -> list[str]:
    """
    Make a flattened raw config, in place, what plugins are promised: nulls and empty values dropped, entries
    that no phone could use dropped, defaults filled in.

    :returns: warnings for the log, which name parameters and never tell values that may be secret.
    """
    warnings: list[str] = []
    for name in [name for name, value in raw.items() if _is_absent(name, value)]:
        del raw[name]
    _trim_locale(raw, warnings)
    _drop_unusable(raw, warnings)
    fill_defaults(raw)
    return warnings


def _is_absent(name: str, value: Any) -> bool:
    return value is None or (value == "" and _EMPTY_IS_ABSENT.fullmatch(name) is not None)


def _trim_locale(raw: dict[str, Any], warnings: list[str]) -> None:
    locale = raw.get("locale")
    if isinstance(locale, str) and (match := _LOCALE.fullmatch(locale)) and match[2]:
        warnings.append(f"locale: read as {match[1]}")
        raw["locale"] = match[1]


def _drop_unusable(raw: dict[str, Any], warnings: list[str]) -> None:
    for name, flaw in (
        ("sip_lines", _line_flaw),
        ("funckeys", _funckey_flaw),
        ("sccp_call_managers", _manager_flaw),
    ):
        entries = raw.get(name)
        if not isinstance(entries, dict):
            continue
        for key in list(entries):
            problem = "isn't a number" if not _DIGITS.fullmatch(str(key)) else flaw(entries[key])
            if problem:
                warnings.append(f"{name}.{str(key)[:20]!r}: dropped, {problem}")
                del entries[key]


def _line_flaw(line: Any) -> str | None:
    if line is None:
        return "null"
    if isinstance(line, dict):
        for name in [name for name, value in line.items() if _is_absent(name, value)]:
            del line[name]
    return None


def _funckey_flaw(key: Any) -> str | None:
    if not isinstance(key, dict):
        return "isn't an object"
    if key.get("type") not in FUNCKEY_TYPES:
        return "unknown type"
    if key["type"] != "park" and not key.get("value"):
        return "no value"
    for name in [name for name, value in key.items() if value is None]:
        del key[name]
    return None


def _manager_flaw(manager: Any) -> str | None:
    if not isinstance(manager, dict) or not manager.get("ip"):
        return "no ip"
    return None


def fill_defaults(raw: dict[str, Any]) -> None:
    """
    Fill in, in place, the values that plugins may count on where the flattened config has none.
    """
    if raw.get("syslog_enabled"):
        _default(raw, "syslog_port", 514)
        _default(raw, "syslog_level", "warning")
    if raw.get("sip_proxy_ip"):
        _default(raw, "sip_registrar_ip", raw["sip_proxy_ip"])
    _default(raw, "sip_srtp_mode", "disabled")
    _default(raw, "sip_transport", "udp")
    for name in ("sip_lines", "sccp_call_managers", "funckeys"):
        if raw.get(name) is None:
            raw[name] = {}
    lines = raw["sip_lines"]
    for line in lines.values() if isinstance(lines, dict) else ():
        if isinstance(line, dict):
            if line.get("proxy_ip"):
                _default(line, "registrar_ip", line["proxy_ip"])
            if line.get("username"):
                _default(line, "auth_username", line["username"])


def _default(values: dict[str, Any], key: str, value: Any) -> None:
    if values.get(key) is None:
        values[key] = value


def check_complete(raw: Mapping[str, Any]) -> None:
    """
    Check a prepared raw config as a whole, before a plugin gets it.

    :raises InvalidDocument: naming every parameter that is wrong or missing, never its value.
    """
    mistakes = _type_mistakes(raw)
    for name in ("ip", "http_port", "tftp_port", "http_base_url"):
        if not raw.get(name):
            mistakes[name] = "is missing"
    locale = raw.get("locale")
    if isinstance(locale, str) and not _LOCALE.fullmatch(locale):
        mistakes["locale"] = "isn't like fr_FR"
    for flag, needed in _NEEDED_WHEN.items():
        if raw.get(flag) and raw.get(needed) is None:
            mistakes[needed] = f"is needed as {flag} is on"
    if mistakes:
        raise InvalidDocument("raw config", mistakes)


def unknown_parameters(raw: Mapping[str, Any]) -> list[str]:
    """
    Return the names that are neither standard nor an extension (``X_``, ``_comment``), for a warning.
    """
    return sorted(
        name
        for name in raw
        if name not in STANDARD_PARAMETERS and not name.startswith(("X_", "XX_")) and name != "_comment"
    )
