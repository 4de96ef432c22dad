"""
Taking what a server sends no faster than it can be kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss

__all__ = ["Receiver", "Stalled", "TooMuch"]

_BLOCK = 512 * 1024


class Stalled(Exception):
    """
    Nothing came for too long.
    """


class TooMuch(Exception):
    """
    More came than was meant to.
    """


class Receiver(Protocol):
    """
    Collects blocks and hands them on; while one is being kept, the server waits.

    :param keep: called with each block; returns something to wait for.
    :param limit: bytes that may come at most.
    :param timeout: seconds without a byte after which the server has failed.
    :ivar done: fires at the end, or fails: with :class:`Stalled`, :class:`TooMuch`, what ``keep`` fails with,
        or the reason for which the connection was lost.
    """

    def __init__(
        self, reactor: IReactorTime, keep: Callable[[bytes], Awaitable[None]], limit: int, timeout: float
    ) -> None:
        self.done: Deferred[None] = Deferred(self._cancelled)
        self.received = 0
        self._keep = keep
        self._limit = limit
        self._blocks: list[bytes] = []
        self._collected = 0
        self._keeping = False
        self._ended: Failure | None = None
        self._timeout = timeout
        self._timer = reactor.callLater(timeout, self._stop, Stalled(f"no byte for {timeout:g} s"))

    def dataReceived(self, data: bytes) -> None:
        if self.done.called:
            return
        self.received += len(data)
        if self.received > self._limit:
            self._stop(TooMuch())
            return
        self._timer.reset(self._timeout)
        self._blocks.append(data)
        self._collected += len(data)
        if self._collected >= _BLOCK and not self._keeping:
            Deferred.fromCoroutine(self._hand_on())

    async def _hand_on(self) -> None:
        """
        Have what was collected kept, until there is nothing left of it.
        """
        self._keeping = True
        self._control("pauseProducing")
        if self._timer.active():  # the disk may take its time
            self._timer.reset(24 * 3600)
        try:
            while self._blocks:
                block, self._blocks, self._collected = b"".join(self._blocks), [], 0
                await self._keep(block)
        except Exception as error:
            self._stop(error)
            return
        finally:
            self._keeping = False
        if self._ended is not None:
            self._finish(self._ended)
        elif not self.done.called:
            self._timer.reset(self._timeout)
            self._control("resumeProducing")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self.done.called:
            return
        self._ended = reason
        if not self._keeping:
            Deferred.fromCoroutine(self._hand_on())

    def _finish(self, reason: Failure) -> None:
        if self._timer.active():
            self._timer.cancel()
        if not self.done.called:
            if reason.check(*self.ENDS):
                self.done.callback(None)
            else:
                self.done.errback(reason)

    ENDS: tuple[type[Exception], ...] = (ResponseDone, PotentialDataLoss)
    """How a connection is lost once everything came, or where nobody can tell."""

    def _stop(self, error: Exception) -> None:
        self._finish(Failure(error))
        self._control("loseConnection")

    def _cancelled(self, _deferred: Any) -> None:
        if self._timer.active():
            self._timer.cancel()
        self._control("loseConnection")

    def _control(self, name: str) -> None:
        if self._ended is None and self.transport is not None:
            getattr(self.transport, name)()
