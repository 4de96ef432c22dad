"""
One request over UDP until its final response (RFC 3261, 17.1.2): when to send it again, and when to give up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from .messages import Response

__all__ = ["T1", "NoResponse", "Transaction"]

T1, T2, T4 = 0.5, 4.0, 5.0
"""Seconds: an estimate of the round trip, the longest pause between two sendings, and how long a datagram may
live in the network."""


class NoResponse(Exception):
    """
    Nobody has answered within 64 times ``T1``.
    """


class Transaction:
    """
    A non-INVITE client transaction.

    :param send: sends the request, each time that it is called.
    :param forget: called once responses to the request are no longer expected.
    :ivar response: fires with the final response, or fails with :class:`NoResponse`; may be cancelled.
    """

    def __init__(self, clock: IReactorTime, send: Callable[[], None], forget: Callable[[], None]) -> None:
        self.response: Deferred[Response] = Deferred(lambda _: self._end())
        self._clock = clock
        self._send = send
        self._forget = forget
        self._pause = T1
        self._is_proceeding = False
        self._timer_e: IDelayedCall | None = None
        self._timer_f: IDelayedCall | None = None
        self._timer_k: IDelayedCall | None = None

    def start(self) -> None:
        """
        Send the request for the first time.  What ``send`` raises then is raised.
        """
        self._send()
        self._timer_e = self._clock.callLater(self._pause, self._again)
        self._timer_f = self._clock.callLater(64 * T1, self._give_up)

    def received(self, response: Response) -> None:
        """
        Take a response; only the first final one counts.
        """
        if self._timer_f is None:
            return
        if response.status < 200:
            self._is_proceeding = True
            return
        self._stop_timers()
        # Repeated responses to a request that was sent again are still expected for a while.
        self._timer_k = self._clock.callLater(T4, self._end)
        self.response.callback(response)

    def stop(self) -> None:
        """
        Let go of everything at once, as when the daemon stops.
        """
        if self._timer_f is not None:
            self.response.cancel()
        self._end()

    def _again(self) -> None:
        # While the request is being worked on, it is sent at the longest pause only.
        self._pause = T2 if self._is_proceeding else min(2 * self._pause, T2)
        self._timer_e = self._clock.callLater(self._pause, self._again)
        with suppress(OSError):  # as if the datagram was lost
            self._send()

    def _give_up(self) -> None:
        self._stop_timers()
        self._end()
        self.response.errback(NoResponse())

    def _end(self) -> None:
        self._stop_timers()
        if self._timer_k is not None and self._timer_k.active():
            self._timer_k.cancel()
        self._forget()

    def _stop_timers(self) -> None:
        for timer in (self._timer_e, self._timer_f):
            if timer is not None and timer.active():
                timer.cancel()
        self._timer_e = self._timer_f = None
