"""
Whether it worked: what became of the devices that were asked to fetch their files again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

__all__ = ["SyncStates", "Synchronization"]

TIMEOUT = 300.0
"""Seconds in which a notified phone should have asked for its file: some reboot first, for three minutes."""

Seconds = Callable[[], float]


class Synchronization:
    """
    What became of one asking, told by whoever sees it.

    Of a phone's fetches those count that began after the operation did: a phone may be quicker than the
    answer that says it was notified.

    :param now: seconds since the epoch.
    """

    __slots__ = ("_at", "_ended", "_fetched_at", "_is_current", "_is_followed", "_now", "_problem")

    def __init__(self, now: Seconds) -> None:
        self._now = now
        self._at = now()
        self._ended = False
        self._is_followed = True
        self._problem: str | None = None
        self._fetched_at: float | None = None
        self._is_current: Callable[[], bool] | None = None

    def ended(self, problem: str | None, is_followed: bool = True) -> None:
        """
        Note that the operation has ended.

        :param problem: why nobody was notified, in words that hold nothing secret; None if somebody was.
        :param is_followed: whether it can be seen that the phone fetches its configuration.
        """
        self._ended = True
        self._is_followed = is_followed
        self._at = self._now()
        self._problem = problem

    def fetched(self) -> None:
        """
        Note that the phone has begun to get the file that tells it its configuration.
        """
        self._fetched_at = self._now()

    def complete(self, is_current: Callable[[], bool]) -> None:
        """
        Note that it has got all of it.

        :param is_current: tells whether that is still what the phone would get.
        """
        self._is_current = is_current

    def shown(self) -> dict[str, Any]:
        """
        Return how far it is, as REST shows it.
        """
        state, at, why = self._now_is()
        shown = {"state": state, "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")}
        return shown if why is None else {**shown, "why": why}

    def _now_is(self) -> tuple[str, float, str | None]:
        if not self._ended:
            return "pending", self._at, None
        if self._problem is not None:
            return "failed", self._at, self._problem
        if self._fetched_at is None:
            if not self._is_followed or self._now() < self._at + TIMEOUT:
                return "notified", self._at, None
            # Not for ever: a phone that is used may wait for the end of the call, or of the day.
            return "failed", self._at + TIMEOUT, f"nothing was fetched within {TIMEOUT / 60:.0f} minutes"
        is_applied = self._is_current is not None and self._is_current()
        return "applied" if is_applied else "fetched", self._fetched_at, None


class SyncStates:
    """
    The last synchronization of each device, in memory alone; the oldest go first.

    :param now: seconds since the epoch.
    """

    MOST = 100_000
    """Devices: half a kilobyte each."""

    def __init__(self, now: Seconds) -> None:
        self._now = now
        self._of: OrderedDict[str, Synchronization] = OrderedDict()

    def begun(self, device_id: str) -> Synchronization:
        """
        Note that a device is about to be asked; nothing that was known of it before counts any more.
        """
        self._of.pop(device_id, None)
        made = self._of[device_id] = Synchronization(self._now)
        if len(self._of) > self.MOST:
            self._of.popitem(last=False)
        return made

    def of(self, device_id: str) -> Synchronization | None:
        """
        Return the last synchronization of a device, or None.
        """
        return self._of.get(device_id)

    def forget(self, device_id: str) -> None:
        """
        Note that there is no such device any more.
        """
        self._of.pop(device_id, None)
