"""
The standard parameters of a raw config and their types.

Values are checked and never rewritten: a port that arrived as ``"5060"`` stays text, an unknown key stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, WithJsonSchema

from provd.errors import InvalidDocument

__all__ = [
    "EMPTY_IS_ABSENT",
    "NUMBERED",
    "STANDARD_PARAMETERS",
    "check_structure",
    "is_number_key",
    "json_schema",
    "type_mistakes",
    "unknown_parameters",
]

# Longer ones are no number that anybody means, and from 4,300 digits on none that Python converts.
_MOST_DIGITS = 9
NUMBER_KEY = f"[0-9]{{1,{_MOST_DIGITS}}}"
_DIGITS = re.compile(NUMBER_KEY, re.ASCII)

DTMF_MODES = ("RTP-in-band", "RTP-out-of-band", "SIP-INFO")
SRTP_MODES = ("disabled", "preferred", "required")
SYSLOG_LEVELS = ("critical", "error", "warning", "info", "debug")


def _number(low: int, high: int, name: str) -> AfterValidator:
    def check(value: Any) -> Any:
        if value is None or value == "":
            return value
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number and not (isinstance(value, str) and _DIGITS.fullmatch(value)):
            raise ValueError(f"isn't {name}")
        if not low <= int(value) <= high:
            raise ValueError(f"isn't {name} ({low} to {high})")
        return value

    return AfterValidator(check)


def _one_of(choices: tuple[str, ...], *absent: str) -> AfterValidator:
    def check(value: Any) -> Any:
        if value is not None and value not in choices + absent:
            raise ValueError("isn't one of " + ", ".join(choices))
        return value

    return AfterValidator(check)


# The same in JSON Schema, for the description of the API.


def _numeral(low: int, high: int, pattern: str) -> WithJsonSchema:
    """
    :param pattern: matches the texts that stand for a number of that range.
    """
    kinds = ["integer", "string", "null"]
    text = {"maxLength": _MOST_DIGITS, "pattern": f"^(?:0*(?:{pattern}))?$"}
    return WithJsonSchema({"type": kinds, "minimum": low, "maximum": high, **text})


def _choice(choices: tuple[str, ...], *absent: str) -> WithJsonSchema:
    return WithJsonSchema({"enum": [*choices, *absent, None]})


_PORT = "6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}"
_VLAN = "409[0-4]|40[0-8][0-9]|[1-3]?[0-9]{1,3}"
_PROTOCOLS = ("SIP", "SCCP")
_TRANSPORTS = ("udp", "tcp", "tls")

_Text = str | None
_Flag = bool | None
_Port = Annotated[Any, _number(1, 65535, "a port"), _numeral(1, 65535, _PORT)]
_Vlan = Annotated[Any, _number(0, 4094, "a VLAN id"), _numeral(0, 4094, _VLAN)]
_VlanPriority = Annotated[Any, _number(0, 7, "a VLAN priority"), _numeral(0, 7, "[0-7]")]
_LineNumber = Annotated[Any, _number(1, 9999, "a line number"), _numeral(1, 9999, "[1-9][0-9]{0,3}")]
_Dtmf = Annotated[Any, _one_of(DTMF_MODES, ""), _choice(DTMF_MODES, "")]
_Protocol = Annotated[Any, _one_of(_PROTOCOLS, ""), _choice(_PROTOCOLS, "")]
_Srtp = Annotated[Any, _one_of(SRTP_MODES), _choice(SRTP_MODES)]
_SyslogLevel = Annotated[Any, _one_of(SYSLOG_LEVELS), _choice(SYSLOG_LEVELS)]
_Transport = Annotated[Any, _one_of(_TRANSPORTS), _choice(_TRANSPORTS)]


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
    line: _LineNumber = None


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
    vlan_priority: _VlanPriority = None
    vlan_pc_port_id: _Vlan = None
    syslog_enabled: _Flag = None
    syslog_ip: _Text = None
    syslog_port: _Port = None
    syslog_level: _SyslogLevel = None
    admin_username: _Text = None
    admin_password: _Text = None
    user_username: _Text = None
    user_password: _Text = None
    timezone: _Text = None
    locale: _Text = None
    protocol: _Protocol = None
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
    sip_transport: _Transport = None
    sip_servers_root_and_intermediate_certificates: list[str] | None = None
    sip_local_root_and_intermediate_certificates: list[str] | None = None
    sip_local_certificate: _Text = None
    sip_local_key: _Text = None
    sip_subscribe_mwi: _Flag = None
    sip_lines: dict[str, _Line | None] | None = None
    sccp_call_managers: dict[str, _CallManager | None] | None = None
    exten_dnd: _Text = None
    exten_fwd_unconditional: _Text = None
    exten_fwd_no_answer: _Text = None
    exten_fwd_busy: _Text = None
    exten_fwd_disable_all: _Text = None
    exten_park: _Text = None
    exten_pickup_group: _Text = None
    exten_pickup_call: _Text = None
    exten_voicemail: _Text = None
    funckeys: dict[str, _Funckey | None] | None = None


STANDARD_PARAMETERS = frozenset(_RawConfig.model_fields)

NUMBERED: dict[str, type[BaseModel]] = {
    "sip_lines": _Line,
    "sccp_call_managers": _CallManager,
    "funckeys": _Funckey,
}
"""Parameters whose value has entries by number, and what an entry is."""

_LEFT_OPEN = frozenset(
    ("locale", "timezone", "protocol", "sip_dtmf_mode", "dtmf_mode", "vlan_id", "vlan_priority")
    + ("vlan_pc_port_id", "line", "port")
)


def _may_be_empty(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name in model.model_fields if name in _LEFT_OPEN or name.endswith("_port"))


EMPTY_IS_ABSENT: dict[str | None, frozenset[str]] = {
    None: _may_be_empty(_RawConfig),
    **{name: _may_be_empty(model) for name, model in NUMBERED.items()},
}
"""
What an empty text leaves unset, as a web form sends it for what nobody filled in: under None in the raw
config itself, under each name of ``NUMBERED`` in its entries.
"""


def is_number_key(key: str) -> bool:
    """
    Tell whether an entry's key is the number of a line, a position or a priority.
    """
    return _DIGITS.fullmatch(key) is not None


def check_structure(raw: Mapping[str, Any]) -> None:
    """
    Check a raw config as a client writes it; what one fragment lacks a parent may bring.

    :raises InvalidDocument: naming every parameter that is wrong, never its value.
    """
    mistakes = {name: "belongs to plugins and can't be stored" for name in raw if name.startswith("XX_")}
    for name in ("funckeys", "sccp_call_managers"):
        entries = raw.get(name)
        if isinstance(entries, Mapping):
            wrong = [key for key in entries if not is_number_key(key)]
            mistakes |= {f"{name}.{key[:60]}": "isn't under a number" for key in wrong}
    mistakes |= type_mistakes(raw)
    if mistakes:
        raise InvalidDocument("raw config", mistakes)


def type_mistakes(raw: Mapping[str, Any]) -> dict[str, str]:
    """
    Return what is wrong with the values of standard parameters, by dotted name, without any value.
    """
    try:
        _RawConfig.model_validate(raw)
    except ValidationError as error:
        return {
            ".".join(str(part) for part in mistake["loc"]): _sentence(mistake["type"], mistake["msg"])
            for mistake in error.errors(include_url=False, include_context=False, include_input=False)
        }
    return {}


def _sentence(kind: str, message: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return {"string_type": "isn't text", "bool_type": "isn't true or false", "int_type": "isn't a number",
            "list_type": "isn't a list", "dict_type": "isn't an object", "model_type": "isn't an object",
            "model_attributes_type": "isn't an object"}.get(kind, "isn't valid")  # fmt: skip


def json_schema() -> dict[str, Any]:
    """
    Return the types of a raw config as JSON Schema, in the form that pydantic gives it.
    """
    return _RawConfig.model_json_schema()


def unknown_parameters(raw: Mapping[str, Any]) -> list[str]:
    """
    Return the names that are neither standard nor an extension (``X_``, ``_comment``), for a warning.
    """
    return sorted(
        name
        for name in raw
        if name not in STANDARD_PARAMETERS and not name.startswith(("X_", "XX_")) and name != "_comment"
    )
