"""
Serves the transfers under way as their sockets become readable and their timers expire.

All their sockets hang on one epoll object, which is what the reactor watches: a round of the reactor costs
several times what an acknowledgement does, and here one round serves many.
"""

from __future__ import annotations

import select
from collections.abc import Callable

from twisted.internet.interfaces import (
    IDelayedCall,
    IReactorFDSet,
    IReactorFromThreads,
    IReactorTime,
    IReadDescriptor,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from .protocol import Transfer

#: How often timers are looked at, in seconds.
TICK = 0.05

_ROUNDS = 16
_TURN_SECONDS = 0.003
_EVENTS = 64


class Reactor(IReactorTime, IReactorFDSet, IReactorFromThreads):
    """
    What this server needs of a reactor.
    """


class Ticker:
    """
    Calls something at intervals while there is something to do.

    :param tick: returns whether it wants to be called again.
    """

    def __init__(self, reactor: IReactorTime, seconds: float, tick: Callable[[float], bool]) -> None:
        self._reactor = reactor
        self._seconds = seconds
        self._tick = tick
        self._call: IDelayedCall | None = None

    def wake(self) -> None:
        """
        Start, unless started.
        """
        if self._call is None:
            self._call = self._reactor.callLater(self._seconds, self._run)

    def stop(self) -> None:
        """
        Stop until woken again.
        """
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _run(self) -> None:
        self._call = None
        if self._tick(self._reactor.seconds()):
            self.wake()


@implementer(IReadDescriptor)
class Transfers:
    """
    All transfers under way.
    """

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor
        self._by_descriptor: dict[int, Transfer] = {}
        self._epoll: select.epoll | None = None
        self._ticker = Ticker(reactor, TICK, self._tick)
        self._when_none: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._by_descriptor)

    def add(self, transfer: Transfer) -> None:
        """
        Watch a transfer, until :meth:`remove`.
        """
        if self._epoll is None:
            self._epoll = select.epoll()
            self._reactor.addReader(self)
        descriptor = transfer.fileno()
        self._epoll.register(descriptor, select.EPOLLIN)
        self._by_descriptor[descriptor] = transfer
        self._ticker.wake()

    def remove(self, transfer: Transfer) -> None:
        """
        Stop watching; to be called before the socket is closed.
        """
        descriptor = transfer.fileno()
        if self._by_descriptor.pop(descriptor, None) is not None and self._epoll is not None:
            self._epoll.unregister(descriptor)
        if self._when_none is not None and not self._by_descriptor:
            self._reactor.callLater(0, self._when_none)
            self._when_none = None

    def when_none(self, call: Callable[[], None]) -> None:
        """
        Call something once, soon after the last transfer has ended.
        """
        self._when_none = call

    def close(self) -> None:
        """
        End all transfers, telling the phones.
        """
        for transfer in list(self._by_descriptor.values()):
            transfer.end(False, "the server stops")
        self._ticker.stop()
        if self._epoll is not None:
            self._reactor.removeReader(self)
            self._epoll.close()
            self._epoll = None

    def fileno(self) -> int:
        """
        Return the descriptor of the epoll object, readable when any socket is.
        """
        return -1 if self._epoll is None else self._epoll.fileno()

    def logPrefix(self) -> str:
        """
        Name this reader for Twisted.
        """
        return "TFTP"

    def doRead(self) -> None:
        """
        Serve the sockets that are readable, for a few milliseconds at most: others wait for the reactor.
        """
        seconds, transfers = self._reactor.seconds, self._by_descriptor
        now = seconds()
        stop = now + _TURN_SECONDS
        for _ in range(_ROUNDS):
            if self._epoll is None:
                return
            events = self._epoll.poll(0, _EVENTS)
            if not events:
                return
            for descriptor, _ in events:
                transfer = transfers.get(descriptor)
                if transfer is not None:
                    transfer.readable(now)
            now = seconds()
            if now > stop:
                return

    def connectionLost(self, reason: Failure) -> None:
        """
        Called by the reactor as it goes down.
        """

    def _tick(self, now: float) -> bool:
        for transfer in list(self._by_descriptor.values()):
            if transfer.deadline <= now and not transfer.closed:
                transfer.expired(now)
        return bool(self._by_descriptor)
