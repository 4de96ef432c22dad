"""
The networks that this machine is in, each by its interface.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
from typing import NamedTuple

__all__ = ["Link", "links"]

# ioctl requests and flags of Linux, netdevice(7).
_FLAGS, _ADDRESS, _NETMASK = 0x8913, 0x8915, 0x891B
_UP, _LOOPBACK, _MULTICAST = 0x1, 0x8, 0x1000
_NAME = 15


class Link(NamedTuple):
    """
    :ivar address: this machine's, IPv4.
    """

    name: str
    address: str
    network: ipaddress.IPv4Network


def links() -> list[Link]:
    """
    Return the interfaces that are up, take multicast and have an IPv4 address; not the loopback one.
    """
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            asked = struct.pack("256s", name.encode()[:_NAME])
            try:
                (flags,) = struct.unpack_from("H", fcntl.ioctl(probe, _FLAGS, asked), 16)
                if not flags & _UP or not flags & _MULTICAST or flags & _LOOPBACK:
                    continue
                address, mask = (
                    socket.inet_ntoa(fcntl.ioctl(probe, what, asked)[20:24]) for what in (_ADDRESS, _NETMASK)
                )
            except OSError:  # without an address, or just gone
                continue
            found.append(Link(name, address, ipaddress.IPv4Network(f"{address}/{mask}", strict=False)))
    return found
