"""
A histogram that costs a request next to nothing; it becomes Prometheus' when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

__all__ = ["Histogram"]


class Histogram:
    """
    :param bounds: upper ends of the buckets, inclusive, rising; a last one for the rest is added.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """
        Return the upper end of each bucket as text, and how many values aren't above it.
        """
        found = []
        count = 0
        for bound, in_it in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            count += in_it
            found.append((bound, float(count)))
        return found
