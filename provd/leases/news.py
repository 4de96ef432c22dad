"""
What a DHCP server tells of a lease: as JSON over REST, or as a datagram of its hook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from provd.addresses import norm_ip, norm_mac
from provd.errors import InvalidDocument
from provd.identification.requests import DHCPRequest

from .hook import LARGEST

__all__ = ["lease_of", "lease_of_datagram"]

_OPERATIONS = ("commit", "expiry", "release")
_OPTION = re.compile(r"(?P<code>[0-9]{3})(?P<value>(?:[0-9a-fA-F]{1,2}(?:\.[0-9a-fA-F]{1,2})*)?)", re.ASCII)
_LARGEST_CODE = 255


def lease_of_datagram(datagram: bytes) -> DHCPRequest | None:
    """
    Return the lease that a datagram tells of, None if it has ended.

    Its form is that of ``provd.leases.hook``, which the hooks of existing servers (``dxtorc``) send as well.

    :raises InvalidDocument: naming all that is wrong, but no value.
    """
    if len(datagram) > LARGEST:
        raise InvalidDocument("datagram", {"it": f"is longer than {LARGEST} bytes"})
    try:
        lines = [line for line in datagram.decode().split("\n") if line]
    except UnicodeDecodeError:
        raise InvalidDocument("datagram", {"it": "isn't UTF-8"}) from None
    info = dict(zip(("op", "ip", "mac"), lines, strict=False))
    lease = lease_of({**info, "options": lines[3:]})
    if lease is None and len(lines) > 2:
        raise InvalidDocument("datagram", {"it": "has lines behind the address"})
    return lease


def lease_of(info: Mapping[str, Any]) -> DHCPRequest | None:
    """
    Return the lease that an agent tells of, None if it has ended.

    :param info: ``op``, ``ip`` and, for a commit, ``mac`` and ``options``.
    :raises InvalidDocument: naming all that is wrong, but no value.
    """
    operation = info.get("op")
    mistakes: dict[str, str] = {}
    if operation not in _OPERATIONS:
        mistakes["op"] = f"isn't one of {', '.join(_OPERATIONS)}"
    address = _normalized(norm_ip, info, "ip", "isn't an IPv4 address", mistakes)
    mac, options = "", {}
    if operation == "commit":
        mac = _normalized(norm_mac, info, "mac", "isn't a MAC address", mistakes)
        options = _options(info.get("options"), mistakes)
    if mistakes:
        raise InvalidDocument("dhcp_info", mistakes)
    return {"ip": address, "mac": mac, "options": options} if operation == "commit" else None


def _normalized(
    normalize: Any, info: Mapping[str, Any], key: str, problem: str, mistakes: dict[str, str]
) -> str:
    value = info.get(key)
    try:
        if isinstance(value, str):
            return str(normalize(value))
    except ValueError:
        pass
    mistakes[key] = problem
    return ""


def _options(options: Any, mistakes: dict[str, str]) -> dict[int, str]:
    """
    Return options by code, each byte of a value as the character of that code point.
    """
    found: dict[int, str] = {}
    if not isinstance(options, list):
        mistakes["options"] = "isn't a list"
        return found
    for option in options:
        match = _OPTION.fullmatch(option) if isinstance(option, str) else None
        if match is None or int(match["code"]) > _LARGEST_CODE:
            mistakes["options"] = "has one that isn't three digits and bytes in hexadecimal, joined by dots"
            continue
        value = match["value"]
        found[int(match["code"])] = "".join(chr(int(byte, 16)) for byte in value.split(".")) if value else ""
    return found
