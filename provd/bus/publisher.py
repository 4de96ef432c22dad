"""
Telling the bus about devices.
"""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import Any

from twisted.logger import Logger

from .events import Event


class Publisher:
    """
    Sends events in order, in the reactor's later turns, so that no request waits for it.  While there is no
    channel they are kept; of too many the oldest are dropped.  What the broker hadn't confirmed when a
    connection ended is sent again.

    :param exchange: the exchange's name.
    :ivar dropped: how many events were dropped since the start.
    """

    MOST_KEPT = 10_000
    IN_FLIGHT = 200
    """How many unconfirmed events may be on their way."""
    A_TURN = 20
    LAST = 1_000
    """How many are still sent when the daemon stops."""

    name = "publisher"
    _log = Logger()

    def __init__(self, exchange: str, reactor: Any) -> None:
        self.dropped = 0
        self._dropped_this_time = 0
        self._exchange = exchange
        self._reactor = reactor
        self._channel: Any = None
        self._kept: deque[Event] = deque()
        self._in_flight: dict[int, Event] = {}
        self._numbers = count()
        self._turn: Any = None

    @property
    def waiting(self) -> int:
        """
        How many events the broker doesn't have yet.
        """
        return len(self._kept) + len(self._in_flight)

    def publish(self, event: Event) -> None:
        """
        Have an event sent.
        """
        self._kept.append(event)
        self._drop_what_is_too_much()
        self._schedule()

    def _drop_what_is_too_much(self) -> None:
        while len(self._kept) > self.MOST_KEPT:
            self._kept.popleft()
            self._drop("{kept} events wait for the bus; the oldest are dropped from now on")

    def _drop(self, why: str) -> None:
        if not self._dropped_this_time:
            self._log.warn(why, kept=len(self._kept))
        self._dropped_this_time += 1
        self.dropped += 1

    async def opened(self, channel: Any) -> None:
        await channel.confirm_delivery()
        self._channel = channel
        if self._dropped_this_time:
            self._log.warn("{count} events were dropped", count=self._dropped_this_time)
            self._dropped_this_time = 0
        self._schedule()

    def closed(self) -> None:
        self._channel = None
        self._kept.extendleft(reversed(self._in_flight.values()))
        self._in_flight = {}
        self._drop_what_is_too_much()

    def ending(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        self._send(self.LAST, self.LAST)

    def _schedule(self) -> None:
        if self._turn is None and self._can_send(self.IN_FLIGHT):
            self._turn = self._reactor.callLater(0, self._next)

    def _next(self) -> None:
        self._turn = None
        self._send(self.A_TURN, self.IN_FLIGHT)
        self._schedule()

    def _can_send(self, in_flight: int) -> bool:
        return (
            bool(self._kept)
            and self._channel is not None
            and self._channel.is_open
            and len(self._in_flight) < in_flight
        )

    def _send(self, most: int, in_flight: int) -> None:
        from .amqp import publish

        while most and self._can_send(in_flight):
            most -= 1
            number, event = next(self._numbers), self._kept.popleft()
            self._in_flight[number] = event
            sent = publish(self._channel, self._exchange, event.headers(), event.body())
            sent.addCallbacks(self._confirmed, self._refused, [number], None, [self._channel, number])

    def _confirmed(self, _answer: Any, number: int) -> None:
        self._in_flight.pop(number, None)
        self._schedule()

    def _refused(self, _failure: Any, channel: Any, number: int) -> None:
        # When the channel has closed, all that is in flight is sent again.
        if channel.is_open and self._in_flight.pop(number, None) is not None:
            self._drop("the broker refuses events, which are dropped")
            self._schedule()
