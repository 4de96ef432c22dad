"""
The FastAGI server: who may connect, and how many at once.

It is the daemon's own, as no FastAGI library for Twisted is kept up: starpy, the one that there was, is gone
from the package index, and others for Python read standard input or block.  What AGI needs here is one
request and one command, ``SET VARIABLE``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger

from provd.addresses import plain_address

from .protocol import AGIConnection, Answer

__all__ = ["AGIServer"]


class AGIServer(ServerFactory):
    """
    Takes connections of those who may, ``MOST`` at once.

    :param allow: addresses and networks that may connect.
    :param answer: does what a request asks.
    """

    MOST = 100
    noisy = False
    _log = Logger()

    def __init__(self, allow: Iterable[str], answer: Answer, reactor: Any) -> None:
        self.connections: set[AGIConnection] = set()
        self._networks = [ipaddress.ip_network(network) for network in allow]
        self._answer = answer
        self._reactor = reactor

    def buildProtocol(self, address: Any) -> AGIConnection | None:
        peer = plain_address(address.host)
        if not any(ipaddress.ip_address(peer) in network for network in self._networks):
            why = "agi.allow doesn't name it"
        elif len(self.connections) >= self.MOST:
            why = "there are too many"
        else:
            connection = AGIConnection(self._answer, self._reactor, self.connections.discard)
            self.connections.add(connection)
            return connection
        self._log.warn(
            "{peer} is turned away from the FastAGI port: {why}", peer=peer, why=why, stranger=peer
        )
        return None

    def drain(self, seconds: float) -> Deferred[None]:
        """
        Cut idle connections; fires when the requests under way are dealt with.

        :param seconds: the longest wait.
        """
        connections = list(self.connections)
        ends = DeferredList([connection.ended for connection in connections])
        for connection in connections:
            connection.abort()
        return ends.addTimeout(seconds, self._reactor, lambda *_: None).addCallback(lambda _: None)
