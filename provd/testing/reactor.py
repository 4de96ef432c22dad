"""
A reactor whose time and turns a test decides.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

__all__ = ["TurningReactor"]


class TurningReactor(Clock):
    """
    A clock that stands still, with the turns of a real reactor: what a turn schedules for now runs in the
    next one.  Worker threads hand in their results, which the turns run as well.
    """

    #: Seconds that :meth:`result` gives a worker thread.
    PATIENCE = 10.0

    def __init__(self) -> None:
        super().__init__()
        self._from_threads: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()

    def callFromThread(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
        """
        Have a function called in one of the next turns; from any thread.
        """
        self._from_threads.put(lambda: function(*arguments, **keywords))

    def turn(self) -> int:
        """
        Run what is due, and nothing that this brings about; return how many calls that were.
        """
        handed_in = [self._from_threads.get() for _ in range(self._from_threads.qsize())]
        due = [call for call in self.calls if call.getTime() <= self.seconds()]
        for function in handed_in:
            function()
        for call in due:
            if call in self.calls:  # else one before it has canceled it
                self.calls.remove(call)
                call.called = 1
                call.func(*call.args, **call.kw)
        return len(due) + len(handed_in)

    def turns(self) -> int:
        """
        Turn until nothing is due; return how many turns that took.
        """
        count = 0
        while self.turn():
            count += 1
        return count

    def result(self, deferred: Deferred[Any]) -> Any:
        """
        Turn until the Deferred fires, waiting for worker threads, and return its result or raise its error.

        :raises TimeoutError: if no thread hands in anything, and nothing is due.
        """
        results: list[Any] = []
        deferred.addBoth(results.append)
        while not results:
            if not self.turn():
                try:
                    function = self._from_threads.get(timeout=self.PATIENCE)
                except queue.Empty:
                    raise TimeoutError("nothing is due, and no thread has handed in anything") from None
                function()
        if isinstance(results[0], Failure):
            results[0].raiseException()
        return results[0]
