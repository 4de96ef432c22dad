"""
The two sockets at a link: one hears what is sent to the group there, the other one answers.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

from twisted.internet.protocol import DatagramProtocol

from .answering import Answering
from .links import Link
from .subscription import GROUP, PORT

__all__ = ["LinkSockets"]

# ip(7): hear what this socket has joined, not what any program of the machine has.
_IP_MULTICAST_ALL = 49
_LARGEST = 8192


class _Group(DatagramProtocol):
    noisy = False

    def __init__(self, answering: Answering, wire: LinkSockets) -> None:
        self._answering = answering
        self._wire = wire

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        self._answering.asked(datagram, addr, self._wire)


class LinkSockets(DatagramProtocol):
    """
    See ``answering.Wire``.  Asterisk, on port 5060 of the same machine, isn't disturbed: the first socket is
    bound to the address of the group, the second one to a port that is free.
    """

    noisy = False

    def __init__(self, link: Link, answering: Answering, reactor: Any) -> None:
        self.link = link
        self._answering = answering
        self._reactor = reactor
        self._ports: list[Any] = []

    def open(self) -> None:
        """
        Open both.

        :raises OSError: if one can't be had.
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as group:
            group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            group.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            group.bind((GROUP, PORT))
            joined = struct.pack(
                "=4s4si",
                socket.inet_aton(GROUP),
                socket.inet_aton(self.link.address),
                socket.if_nametoindex(self.link.name),
            )
            group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
            group.setblocking(False)
            hearing = _Group(self._answering, self)
            adopted = self._reactor.adoptDatagramPort(group.fileno(), socket.AF_INET, hearing, _LARGEST)
        self._ports = [self._reactor.listenUDP(0, self, self.link.address, _LARGEST), adopted]

    def close(self) -> None:
        """
        Close both.
        """
        for port in self._ports:
            port.stopListening()
        self._ports = []

    def own(self) -> str:
        return f"{self.link.address}:{self._ports[0].getHost().port}"

    def write(self, datagram: bytes, target: tuple[str, int]) -> None:
        if self._ports:
            self._ports[0].write(datagram, target)

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        self._answering.heard(datagram)
