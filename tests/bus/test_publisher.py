"""
Events kept, sent, confirmed and dropped.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pika.exceptions import ConnectionClosed, NackError
from twisted.internet.defer import Deferred, succeed

from provd.bus.events import Event
from provd.bus.publisher import Publisher
from provd.testing.reactor import TurningReactor
from tests.logged import logged
from tests.support import result_of


class Channel:
    """
    :ivar sent: ids of devices, in order.
    """

    def __init__(self) -> None:
        self.is_open = True
        self.sent: list[str] = []
        self.unconfirmed: list[Deferred[None]] = []

    def confirm_delivery(self) -> Deferred[None]:
        return succeed(None)

    def basic_publish(self, exchange: str, routing_key: str, body: bytes, properties: Any) -> Deferred[None]:
        assert (exchange, properties.headers["name"]) == ("x", "provd_device_created")
        self.sent.append(json.loads(body)["data"]["id"])
        self.unconfirmed.append(Deferred())
        return self.unconfirmed[-1]

    def confirm(self) -> None:
        waiting, self.unconfirmed = self.unconfirmed, []
        for each in waiting:
            each.callback(None)

    def close(self) -> None:
        self.is_open = False
        for each in self.unconfirmed:
            each.errback(ConnectionClosed(320, "bye"))


@pytest.fixture
def reactor() -> TurningReactor:
    return TurningReactor()


@pytest.fixture
def publisher(reactor: TurningReactor) -> Publisher:
    return Publisher("x", reactor)


def publish(publisher: Publisher, *numbers: int) -> list[str]:
    for number in numbers:
        publisher.publish(Event("created", str(number), None))
    return [str(number) for number in numbers]


def test_the_caller_does_not_wait_for_the_sending(publisher: Publisher, reactor: TurningReactor) -> None:
    channel = Channel()
    result_of(publisher.opened(channel))
    sent = publish(publisher, *range(publisher.A_TURN + 1))
    assert channel.sent == []
    reactor.turn()
    assert channel.sent == sent[:-1]
    reactor.turn()
    assert channel.sent == sent
    channel.confirm()
    assert (publisher.waiting, reactor.getDelayedCalls()) == (0, [])


def test_no_more_are_on_their_way_than_the_broker_keeps_up_with(
    publisher: Publisher, reactor: TurningReactor
) -> None:
    channel = Channel()
    result_of(publisher.opened(channel))
    sent = publish(publisher, *range(publisher.IN_FLIGHT + 5))
    reactor.turns()
    assert len(channel.sent) == publisher.IN_FLIGHT
    channel.confirm()
    reactor.turns()
    assert channel.sent == sent


def test_what_was_not_confirmed_is_sent_again_in_order(publisher: Publisher, reactor: TurningReactor) -> None:
    first, second = Channel(), Channel()
    result_of(publisher.opened(first))
    publish(publisher, 1, 2)
    reactor.turn()
    first.unconfirmed.pop(0).callback(None)
    publish(publisher, 3)
    first.close()
    publisher.closed()
    publish(publisher, 4)
    reactor.turns()
    assert publisher.waiting == 3
    result_of(publisher.opened(second))
    reactor.turn()
    assert second.sent == ["2", "3", "4"]


def test_the_oldest_are_dropped_which_is_told_once(publisher: Publisher, reactor: TurningReactor) -> None:
    publisher.MOST_KEPT = 3
    channel = Channel()
    with logged() as events:
        publish(publisher, *range(8))
        assert len(events.texts()) == 1
        result_of(publisher.opened(channel))
        assert events.texts()[1:] == ["5 events were dropped"]
        result_of(publisher.opened(channel))
        assert len(events.texts()) == 2
    reactor.turn()
    assert (channel.sent, publisher.dropped) == (["5", "6", "7"], 5)


def test_what_the_broker_refuses_is_dropped(publisher: Publisher, reactor: TurningReactor) -> None:
    channel = Channel()
    result_of(publisher.opened(channel))
    publish(publisher, 1)
    reactor.turn()
    with logged() as events:
        channel.unconfirmed.pop().errback(NackError([]))
    assert (publisher.waiting, publisher.dropped, len(events.texts())) == (0, 1, 1)


def test_the_rest_is_sent_when_the_daemon_stops(publisher: Publisher, reactor: TurningReactor) -> None:
    channel = Channel()
    result_of(publisher.opened(channel))
    sent = publish(publisher, *range(publisher.IN_FLIGHT + 5))
    publisher.ending()
    assert (channel.sent, reactor.getDelayedCalls()) == (sent, [])
