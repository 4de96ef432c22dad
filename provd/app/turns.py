"""
Work that computes for a millisecond takes turns, one piece a reactor iteration, so that phones which only
fetch a file are answered in between.
"""

from __future__ import annotations

from collections import deque

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime


class Turns:
    """
    A queue of those who wait for an iteration of their own, in order of arrival.
    """

    def __init__(self, reactor: IReactorTime) -> None:
        self._reactor = reactor
        self._queue: deque[Deferred[None]] = deque()
        self._scheduled = False

    def __len__(self) -> int:
        return len(self._queue)

    def mine(self) -> Deferred[None]:
        """
        Fires when it is the caller's turn; what the caller computes then, before it waits again, is its turn.
        """
        turn: Deferred[None] = Deferred(self._queue.remove)
        self._queue.append(turn)
        self._schedule()
        return turn

    def _schedule(self) -> None:
        if self._queue and not self._scheduled:
            self._scheduled = True
            self._reactor.callLater(0, self._next)

    def _next(self) -> None:
        self._scheduled = False
        if self._queue:
            turn = self._queue.popleft()
            self._schedule()
            turn.callback(None)
