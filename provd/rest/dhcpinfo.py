"""
``POST /dev_mgr/dhcpinfo``: what a DHCP server tells of a lease.
"""

from __future__ import annotations

import re
from typing import Any

from provd.addresses import norm_ip, norm_mac
from provd.errors import InvalidDocument
from provd.identification.requests import DHCPRequest

from .handlers import Handler

__all__ = ["DHCPInfo", "lease_of"]

_OPERATIONS = ("commit", "expiry", "release")
_OPTION = re.compile(r"(?P<code>[0-9]{3})(?P<value>(?:[0-9a-fA-F]{1,2}(?:\.[0-9a-fA-F]{1,2})*)?)", re.ASCII)
_LARGEST_CODE = 255


class DHCPInfo(Handler):
    """
    ``POST /dev_mgr/dhcpinfo {"dhcp_info": {"op", "ip", "mac", "options"}}``
    """

    required = {"POST": "provd.dev_mgr.dhcpinfo.create"}

    def post(self) -> None:
        lease = lease_of(self.document("dhcp_info"))
        if lease is not None:
            self.parts["leases"](lease)
        self.done()


def lease_of(info: dict[str, Any]) -> DHCPRequest | None:
    """
    Return the lease that an agent tells of, None if it has ended.

    :raises InvalidDocument: naming all that is wrong.
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
    normalize: Any, info: dict[str, Any], key: str, problem: str, mistakes: dict[str, str]
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
