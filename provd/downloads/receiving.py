"""
Taking what a server sends no faster than it can be kept.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss

__all__ = ["Changed", "Receiver", "Stalled", "TooMuch"]

_BLOCK = 512 * 1024
_LONGEST_HELD = 1.0
"""Seconds that something which came waits for more, so that a slow download is seen to go on."""


class Stalled(Exception):
    """
    Nothing came for too long.
    """


class Changed(Exception):
    """
    The server has no rest of what is here: the file must be fetched from its beginning.
    """


class TooMuch(Exception):
    """
    More came than was meant to.

    :param limit: in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"is larger than {limit} bytes")


class Receiver(Protocol):
    """
    Collects what comes; a server that is faster than who takes it has to wait.

    :param limit: bytes that may come at most.
    :param size: of the whole file, for the message if more come.
    :param timeout: seconds without a byte after which the server has failed.
    """

    ENDS: tuple[type[Exception], ...] = (ResponseDone, PotentialDataLoss)
    """How a connection is lost once everything came, or where nobody can tell."""

    def __init__(self, reactor: IReactorTime, limit: int, timeout: float, size: int | None = None) -> None:
        self._reactor = reactor
        self._left = limit
        self._size = limit if size is None else size
        self._timeout = timeout
        self._blocks: list[bytes] = []
        self._collected = 0
        self._end: Failure | None = None
        self._is_paused = False
        self._waiting: Deferred[None] | None = None
        self._silence: Any = None
        self._held: Any = None

    @property
    def is_surely_whole(self) -> bool:
        """
        Whether the server said how much it would send, and sent it.
        """
        return self._end is not None and not self._end.check(PotentialDataLoss)

    async def next_block(self) -> bytes:
        """
        Return what came, once it is worth it; ``b""`` at the end.

        :raises Exception: :class:`Stalled`, :class:`TooMuch`, or for what reason the connection was lost,
            after everything that came before it.
        """
        if not self._is_enough():
            await self._enough()
        if self._blocks:
            block, self._blocks, self._collected = b"".join(self._blocks), [], 0
            if self._is_paused:
                self._is_paused = False
                self._control("resumeProducing")
            return block
        assert self._end is not None
        if not self._end.check(*self.ENDS):
            self._end.raiseException()
        return b""

    def _is_enough(self) -> bool:
        return self._end is not None or self._collected >= _BLOCK

    async def _enough(self) -> None:
        self._waiting = Deferred()
        self._silence = self._reactor.callLater(
            self._timeout, self.fail, Failure(Stalled(f"no byte for {self._timeout:g} s"))
        )
        self._hold()
        try:
            await self._waiting
        finally:
            self._waiting = None
            for timer in (self._silence, self._held):
                if timer is not None and timer.active():
                    timer.cancel()
            self._silence = self._held = None

    def _hold(self) -> None:
        if self._waiting is not None and self._blocks and self._held is None:
            self._held = self._reactor.callLater(_LONGEST_HELD, self._wake)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.called:
            self._waiting.callback(None)

    def dataReceived(self, data: bytes) -> None:
        if self._end is not None:
            return
        self._left -= len(data)
        if self._left < 0:
            self._blocks.clear()
            self.fail(Failure(TooMuch(self._size)))
            return
        self._blocks.append(data)
        self._collected += len(data)
        if self._silence is not None and self._silence.active():
            self._silence.reset(self._timeout)
        if self._is_enough():
            if not self._is_paused:
                self._is_paused = True
                self._control("pauseProducing")
            self._wake()
        else:
            self._hold()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.fail(reason)

    def fail(self, reason: Failure) -> None:
        """
        Expect nothing more.
        """
        if self._end is None:
            self._end = reason
            self._wake()

    def _control(self, name: str) -> None:
        if self._end is None and self.transport is not None:
            getattr(self.transport, name)()
