"""
The sockets that requests arrive at.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from twisted.internet.interfaces import IReactorFDSet, IReactorTime, IReadDescriptor
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from .sockets import Caller, answer, prepare_listening, receive_request

_DATAGRAMS_PER_TURN = 32
_TURN_SECONDS = 0.005


@implementer(IReadDescriptor)
class Listener:
    """
    One bound socket.

    :param received: called with a datagram, its sender and this listener.
    """

    _log = Logger()

    def __init__(
        self,
        reactor: IReactorFDSet,
        clock: IReactorTime,
        listening: socket.socket,
        received: Callable[[bytes, Caller, Listener], None],
    ) -> None:
        self._reactor = reactor
        self._clock = clock
        self._listening = listening
        self._received = received
        prepare_listening(listening)

    @property
    def port(self) -> int:
        """
        The port that it is bound to.
        """
        port: int = self._listening.getsockname()[1]
        return port

    def start(self) -> None:
        """
        Begin to read.
        """
        self._reactor.addReader(self)

    def close(self) -> None:
        """
        Stop reading and let go of the port.
        """
        self._reactor.removeReader(self)
        self._listening.close()

    def send(self, datagram: bytes, caller: Caller) -> None:
        """
        Answer from this port.
        """
        answer(self._listening, datagram, caller)

    def fileno(self) -> int:
        """
        Return the descriptor to watch.
        """
        return self._listening.fileno()

    def logPrefix(self) -> str:
        """
        Name this reader for Twisted.
        """
        return "TFTP"

    def doRead(self) -> None:
        """
        Take a few datagrams: what else the process does is not to wait long for them.
        """
        stop = self._clock.seconds() + _TURN_SECONDS
        for _ in range(_DATAGRAMS_PER_TURN):
            try:
                datagram, caller = receive_request(self._listening)
            except OSError:
                return
            self._received(datagram, caller, self)
            if self._listening.fileno() < 0 or self._clock.seconds() > stop:
                return

    def connectionLost(self, reason: Failure) -> None:
        """
        Called by the reactor as it goes down.
        """
