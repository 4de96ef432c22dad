"""
How many lines of a log a stranger can cause.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class LineLimiter:
    """
    Counts lines by whoever caused them, in windows of time that begin with a line.

    It remembers who wrote in the present window only, so never more than ``overall`` of them.

    :param report: called at the end of a window in which lines were left out, with their number.
    :param per_source: lines of one source in a window.
    :param overall: lines of all sources in a window.
    :param window: seconds.
    """

    def __init__(
        self,
        clock: IReactorTime,
        report: Callable[[int], None],
        per_source: int = 30,
        overall: int = 600,
        window: float = 60,
    ) -> None:
        self._clock = clock
        self._report = report
        self._per_source, self._overall, self._window = per_source, overall, window
        self._counts: dict[str, int] = {}
        self._written = self._left_out = 0
        self._ends = float("-inf")
        self._timer: IDelayedCall | None = None

    def allows(self, source: str) -> bool:
        """
        Tell whether one more line of this source may be written, and count it.
        """
        now = self._clock.seconds()
        if not self._ends - self._window <= now < self._ends:
            self.finish()
            self._ends = now + self._window
        count = self._counts.get(source, 0)
        if count < self._per_source and self._written < self._overall:
            self._counts[source] = count + 1
            self._written += 1
            return True
        self._left_out += 1
        if self._timer is None:
            self._timer = self._clock.callLater(self._ends - now, self.finish)
        return False

    def finish(self) -> None:
        """
        End the window: report what was left out and forget who wrote.
        """
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        left_out, self._left_out, self._written = self._left_out, 0, 0
        self._counts.clear()
        self._ends = float("-inf")
        if left_out:
            self._report(left_out)
