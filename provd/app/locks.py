"""
One writer at a time per device; requests of other devices don't wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from twisted.internet.defer import Deferred


class NamedLocks:
    """
    A lock for each name in use.  Taking a free one neither waits nor lets anybody else run.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Deferred[None]]] = {}
        self._released: deque[str] = deque()
        self._is_handing_over = False

    def is_wanted(self, name: str) -> bool:
        """
        Tell whether somebody waits for the lock.
        """
        return bool(self._waiting.get(name))

    async def acquire(self, name: str) -> bool:
        """
        Take the lock; return whether somebody else held it meanwhile, so that what was read before is stale.

        A caller that is cancelled while it waits leaves the queue.
        """
        queue = self._waiting.get(name)
        if queue is None:
            self._waiting[name] = deque()
            return False
        turn: Deferred[None] = Deferred(queue.remove)
        queue.append(turn)
        await turn
        return True

    def release(self, name: str) -> None:
        """
        Give the lock to who has waited longest.
        """
        if not self._waiting[name]:
            del self._waiting[name]
            return
        # Who gets the lock runs right now, and mostly gives it back right now: without this queue a thousand
        # requests of one phone would be as many calls inside each other.
        self._released.append(name)
        if self._is_handing_over:
            return
        self._is_handing_over = True
        try:
            while self._released:
                self._hand_over(self._released.popleft())
        finally:
            self._is_handing_over = False

    def _hand_over(self, name: str) -> None:
        queue = self._waiting[name]
        if queue:
            queue.popleft().callback(None)
        else:  # who waited has left meanwhile
            del self._waiting[name]

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[bool]:
        """
        Hold the lock for a block; gives what :meth:`acquire` returns.
        """
        stale = await self.acquire(name)
        try:
            yield stale
        finally:
            self.release(name)
