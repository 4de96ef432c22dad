"""
Reads what DHCP servers' hooks send.
"""

from __future__ import annotations

import socket
from typing import Protocol

from twisted.internet.interfaces import IReadDescriptor
from twisted.logger import Logger
from zope.interface import implementer

from provd.errors import InvalidDocument
from provd.identification.requests import DHCPRequest

from .hook import LARGEST
from .news import lease_of_datagram

__all__ = ["NewsReader"]

_STRANGER = "dhcp"


class Queue(Protocol):
    """
    Who takes leases, to work on them later.
    """

    def __len__(self) -> int: ...

    def take(self, lease: DHCPRequest, is_phone: bool = True) -> None: ...


@implementer(IReadDescriptor)
class NewsReader:
    """
    Empties a datagram socket whenever something is there: the kernel holds no more than a dozen datagrams
    for it, or some hundreds (``net.unix.max_dgram_qlen``), and a whole site may reboot at once.

    :ivar received: datagrams so far.
    :ivar refused: those of them that can't be understood.
    :ivar lost: those for which there was no room.
    """

    MOST_WAITING = 10_000
    MOST_IN_A_ROW = 1_000
    _log = Logger()

    def __init__(self, descriptor: socket.socket, queue: Queue) -> None:
        self.received = self.refused = self.lost = 0
        self._socket = descriptor
        self._queue = queue

    def fileno(self) -> int:
        return self._socket.fileno()

    def logPrefix(self) -> str:
        return "leases"

    def doRead(self) -> None:
        """
        Take what is there.
        """
        for _ in range(self.MOST_IN_A_ROW):
            try:
                datagram = self._socket.recv(LARGEST + 1)
            except BlockingIOError:
                return
            self._take(datagram)

    def connectionLost(self, reason: object) -> None:
        """
        Close the socket.
        """
        self._socket.close()

    def _take(self, datagram: bytes) -> None:
        self.received += 1
        try:
            lease = lease_of_datagram(datagram)
        except InvalidDocument as error:
            self.refused += 1
            self._log.warn("news of a lease is refused: {why}", why=str(error), stranger=_STRANGER)
            return
        if lease is None:
            return
        if len(self._queue) >= self.MOST_WAITING:
            self.lost += 1
            self._log.warn(
                "news of the lease of {ip} is lost: too much waits", ip=lease["ip"], stranger=_STRANGER
            )
            return
        self._queue.take(lease, is_phone=False)
