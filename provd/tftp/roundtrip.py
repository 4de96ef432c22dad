"""
How long to wait for an acknowledgement before sending again (RFC 6298, Karn's rule).
"""

from __future__ import annotations

INITIAL = 1.0
SHORTEST = 0.2
#: Above the five seconds after which many clients say their acknowledgement again: some (atftp 0.8) pass
#: over blocks sent twice and wait anew after each, so that a shorter wait would never let them.
LONGEST = 8.0

_SHORTEST_MEASURED = 1e-6


class Patience:
    """
    The wait in seconds, fitted to the round trips measured, doubled with each expiry in a row.

    :param fixed: the wait that the phone asked for (RFC 2349), which nothing changes.
    """

    __slots__ = ("_backoff", "_fixed", "_variation", "smoothed")

    def __init__(self, fixed: int | None = None) -> None:
        self._fixed = fixed
        self._backoff = 1.0
        self._variation = 0.0
        #: The usual round trip in seconds; 0.0 before the first one.
        self.smoothed = 0.0

    def measured(self, seconds: float) -> None:
        """
        Take in a round trip; never one of a packet that was sent twice, as nobody knows which was answered.
        """
        self._backoff = 1.0
        seconds = max(seconds, _SHORTEST_MEASURED)
        if self.smoothed:
            error = seconds - self.smoothed
            self.smoothed += error / 8
            self._variation += (abs(error) - self._variation) / 4
        else:
            self.smoothed = seconds
            self._variation = seconds / 2

    def expired(self) -> None:
        """
        Wait twice as long from now on.
        """
        self._backoff = min(self._backoff * 2, LONGEST / SHORTEST)

    @property
    def wait(self) -> float:
        """
        Seconds to wait for the next acknowledgement.
        """
        if self._fixed is not None:
            return self._fixed
        usual = self.smoothed + 4 * self._variation if self.smoothed else INITIAL
        return min(max(usual, SHORTEST) * self._backoff, LONGEST)
