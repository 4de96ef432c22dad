"""
The addresses of this machine, for the URL that phones are given when the settings name none.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from contextlib import suppress
from pathlib import Path

_FIB_TRIE = Path("/proc/net/fib_trie")
_LOCAL_HOST = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")
# No packet is sent: connecting a datagram socket only asks the kernel for a route.
_DISCARD = 9
_SOMEWHERE = ("192.0.2.1", _DISCARD)


def first_global_address() -> str:
    """
    Return the IPv4 address that this machine has towards the world: that of its default route, else the first
    that isn't loopback or link-local, else the loopback one.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)
            candidates = [str(probe.getsockname()[0])]
        except OSError:
            candidates = []
    with suppress(OSError):
        candidates += _LOCAL_HOST.findall(_FIB_TRIE.read_text("ascii", "replace"))
    for text in candidates:
        address = ipaddress.ip_address(text)
        if not (address.is_loopback or address.is_link_local or address.is_unspecified):
            return text
    return "127.0.0.1"


def is_local(address: str) -> bool:
    """
    Tell whether an IP address, as text, is one of this machine: only those does it reach from themselves.

    Binding to it tells less: broadcast addresses can be bound to as well, and under ``ip_nonlocal_bind``, as
    set for addresses that move between two machines, every one.
    """
    try:
        parsed = ipaddress.ip_address(address)
        if parsed.is_loopback or parsed.is_unspecified:
            return parsed.is_loopback
        family = socket.AF_INET6 if parsed.version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, _DISCARD))
            return ipaddress.ip_address(probe.getsockname()[0]) == parsed
    except (OSError, ValueError):
        return False
