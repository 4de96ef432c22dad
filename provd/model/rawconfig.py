"""
The raw config on its way to a plugin: what is dropped with a warning, defaults, what is refused.

An absent key stays absent, as plugins test presence with ``in``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from provd.errors import InvalidDocument

from .parametertypes import EMPTY_IS_ABSENT, NUMBERED, is_number_key, type_mistakes

_LOCALE = re.compile(r"([a-z]{2}_[A-Z]{2})(.*)", re.DOTALL)
_FUNCKEY_TYPES = ("speeddial", "blf", "park")
_PROMISED = ("ip", "http_port", "tftp_port", "http_base_url")
_NEEDED_WHEN = {
    "dns_enabled": "dns_ip",
    "ntp_enabled": "ntp_ip",
    "vlan_enabled": "vlan_id",
    "syslog_enabled": "syslog_ip",
}


def prepare(raw: dict[str, Any]) -> list[str]:
    """
    Make a flattened raw config, in place, what plugins are promised: nulls and empty values dropped, entries
    that no phone could use dropped, defaults filled in.

    :returns: warnings for the log, which name parameters and never tell values that may be secret.
    """
    warnings: list[str] = []
    _drop_absent(raw, None)
    for name in [name for name in raw if name.startswith("XX_")]:
        warnings.append(f"{name[:60]!r}: dropped, as such names belong to plugins")
        del raw[name]
    _trim_locale(raw, warnings)
    for name in NUMBERED:
        entries = raw.get(name)
        if isinstance(entries, dict):
            _drop_unusable(name, entries, warnings)
    fill_defaults(raw)
    return warnings


def _drop_absent(values: dict[str, Any], kind: str | None) -> None:
    """
    :param kind: a key of ``EMPTY_IS_ABSENT``.
    """
    may_be_empty = EMPTY_IS_ABSENT[kind]
    for name in [n for n, value in values.items() if value is None or (value == "" and n in may_be_empty)]:
        del values[name]


def _trim_locale(raw: dict[str, Any], warnings: list[str]) -> None:
    locale = raw.get("locale")
    if isinstance(locale, str) and (match := _LOCALE.fullmatch(locale)) and match[2]:
        warnings.append(f"locale: read as {match[1]}")
        raw["locale"] = match[1]


def _drop_unusable(name: str, entries: dict[str, Any], warnings: list[str]) -> None:
    _drop_absent(entries, None)  # null takes away an entry that a parent brought
    for key, entry in list(entries.items()):
        if isinstance(entry, dict):
            _drop_absent(entry, name)
        flaw = "isn't under a number" if not is_number_key(key) else _flaw(name, entry)
        if flaw:
            warnings.append(f"{name}.{key[:20]!r}: dropped, {flaw}")
            del entries[key]


def _flaw(name: str, entry: Any) -> str | None:
    if name == "sip_lines":
        return None
    if not isinstance(entry, dict):
        return "isn't an object"
    if name == "sccp_call_managers":
        return None if entry.get("ip") else "no ip"
    if entry.get("type") not in _FUNCKEY_TYPES:
        return "unknown type"
    if entry["type"] != "park" and not entry.get("value"):
        return "no value"
    mistakes = type_mistakes({"funckeys": {"1": entry}})
    return next(iter(mistakes.values()), None)


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
    for name in NUMBERED:
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
    mistakes = {name: "is missing" for name in _PROMISED if not raw.get(name)}
    mistakes |= type_mistakes(raw)
    locale = raw.get("locale")
    if isinstance(locale, str) and not _LOCALE.fullmatch(locale):
        mistakes["locale"] = "isn't like fr_FR"
    for flag, needed in _NEEDED_WHEN.items():
        if raw.get(flag) and raw.get(needed) in (None, ""):
            mistakes[needed] = f"is needed as {flag} is on"
    if mistakes:
        raise InvalidDocument("raw config", mistakes)
