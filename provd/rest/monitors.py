"""
Operations that callers of the API follow, by resource and number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from provd.errors import NotFound
from provd.model.operation import STATES, OperationInProgress

__all__ = ["Monitors"]

_SELDOM = 100


@dataclass
class _Monitor:
    operation: OperationInProgress
    seen_finished: float | None = None


class Monitors:
    """
    A number for each operation, counted from 1 for each resource; forgotten at the daemon's end.

    Finished operations that nobody deleted are dropped after a day, and beyond some ``MOST`` of one resource.

    :param seconds: tells the time.
    """

    LONGEST = 24 * 3600.0
    MOST = 1000

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._last: dict[str, int] = {}
        self._monitors: dict[str, dict[int, _Monitor]] = {}

    def add(self, resource: str, operation: OperationInProgress) -> int:
        """
        Return the number of a new operation.

        :param resource: the path at which it was begun.
        """
        number = self._last[resource] = self._last.get(resource, 0) + 1
        monitors = self._monitors.setdefault(resource, {})
        monitors[number] = _Monitor(operation)
        # All of them are looked at for that: not each time while thousands of phones are being asked.
        if len(monitors) <= self.MOST or number % _SELDOM == 0:
            self._drop_old(resource)
        return number

    def get(self, resource: str, number: str) -> OperationInProgress:
        """
        Return an operation.

        :raises NotFound: if there is none of that number, or none any more.
        """
        self._drop_old(resource)
        monitor = self._monitors.get(resource, {}).get(_as_number(number))
        if monitor is None:
            raise NotFound("operation", number)
        return monitor.operation

    def states(self) -> dict[str, int]:
        """
        Return how many operations are in each state.
        """
        known = (monitor.operation.state for each in self._monitors.values() for monitor in each.values())
        return {**dict.fromkeys(STATES, 0), **Counter(known)}

    def discard(self, resource: str, number: str) -> None:
        """
        Forget an operation, which goes on; one that was forgotten already is no mistake.

        :raises NotFound: if there never was one of that number.
        """
        if not 1 <= _as_number(number) <= self._last.get(resource, 0):
            raise NotFound("operation", number)
        self._monitors[resource].pop(_as_number(number), None)

    def _drop_old(self, resource: str) -> None:
        monitors = self._monitors.get(resource, {})
        now = self._seconds()
        for monitor in monitors.values():
            if monitor.seen_finished is None and monitor.operation.finished:
                monitor.seen_finished = now
        finished = [
            (m.seen_finished, number) for number, m in monitors.items() if m.seen_finished is not None
        ]
        too_many = len(monitors) - self.MOST
        for position, (at, number) in enumerate(sorted(finished)):
            if position < too_many or now - at > self.LONGEST:
                del monitors[number]


def _as_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
