"""
How late the event loop is: a phone waits as long as whatever holds it up.
"""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from .histogram import Histogram

__all__ = ["LoopLag"]

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_EACH = 0.5
"""Seconds."""


class LoopLag(Service):
    """
    :ivar histogram: seconds by which a timer went off late, twice a second.
    """

    name = "loop lag"

    def __init__(self, clock: IReactorTime) -> None:
        self.histogram = Histogram(_BOUNDS)
        self._clock = clock
        self._call: IDelayedCall | None = None
        self._due = 0.0

    def startService(self) -> Any:
        super().startService()
        self._next()

    def stopService(self) -> Any:
        super().stopService()
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _next(self) -> None:
        self._due = self._clock.seconds() + _EACH
        self._call = self._clock.callLater(_EACH, self._went_off)

    def _went_off(self) -> None:
        self.histogram.add(max(self._clock.seconds() - self._due, 0.0))
        self._next()
