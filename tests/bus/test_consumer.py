"""
When a message is acknowledged, and what becomes of a queue that is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pika.adapters.twisted_connection import ClosableDeferredQueue
from pika.exceptions import ChannelClosed, ConsumerCancelled
from twisted.internet.defer import Deferred, succeed

from provd.bus.consumer import DeletedTenants
from provd.errors import StoreError
from tests.app.office import TENANT
from tests.logged import logged
from tests.support import result_of


class Channel:
    """
    :ivar acknowledged: delivery tags.
    :ivar bound: the arguments of the binding.
    """

    def __init__(self) -> None:
        self.is_open = True
        self.acknowledged: list[int] = []
        self.bound: Any = None
        self.messages = ClosableDeferredQueue()

    def basic_qos(self, prefetch_count: int) -> Deferred[None]:
        return succeed(None)

    def queue_declare(self, queue: str, exclusive: bool, auto_delete: bool) -> Deferred[Any]:
        assert (queue, exclusive, auto_delete) == ("", True, True)
        return succeed(SimpleNamespace(method=SimpleNamespace(queue="amq.gen-1")))

    def queue_bind(self, queue: str, exchange: str, routing_key: str, arguments: Any) -> Deferred[None]:
        assert (queue, exchange, routing_key) == ("amq.gen-1", "x", "")
        self.bound = arguments
        return succeed(None)

    def basic_consume(self, queue: str, consumer_tag: str) -> Deferred[Any]:
        return succeed((self.messages, consumer_tag))

    def basic_ack(self, tag: int) -> None:
        assert self.is_open
        self.acknowledged.append(tag)

    def close(self) -> None:
        self.is_open = False

    def deliver(self, tag: int, document: Any) -> None:
        properties = SimpleNamespace(headers={"name": "auth_tenant_deleted"})
        body = json.dumps(document).encode()
        message = SimpleNamespace(method=SimpleNamespace(delivery_tag=tag), properties=properties, body=body)
        self.messages.put(message)


class Taking:
    """
    :ivar taken: tenants, in order.
    :ivar noting: what the next one waits for.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.noting: Deferred[None] = succeed(None)

    async def __call__(self, tenant: str) -> None:
        self.taken.append(tenant)
        await self.noting


@pytest.fixture
def take() -> Taking:
    return Taking()


@pytest.fixture
def channel(take: Taking) -> Iterator[Channel]:
    channel = Channel()
    result_of(DeletedTenants("x", take).opened(channel))
    yield channel
    channel.messages.close(ChannelClosed(200, "the end of the test"))


def test_only_deleted_tenants_are_asked_for(channel: Channel) -> None:
    assert channel.bound == {"x-match": "all", "name": "auth_tenant_deleted"}


def test_a_message_is_acknowledged_once_it_is_noted(channel: Channel, take: Taking) -> None:
    take.noting = Deferred()
    channel.deliver(1, {"uuid": TENANT})
    channel.deliver(2, {"uuid": TENANT})
    assert (take.taken, channel.acknowledged) == ([TENANT], [])
    take.noting.callback(None)
    assert (take.taken, channel.acknowledged) == ([TENANT, TENANT], [1, 2])


def test_one_that_cannot_be_noted_is_not_acknowledged(channel: Channel, take: Taking) -> None:
    take.noting = Deferred()
    channel.deliver(1, {"uuid": TENANT})
    with logged() as events:
        take.noting.errback(StoreError("the disk is full"))
    assert "can't be noted" in events.texts()[0]
    take.noting = succeed(None)
    channel.deliver(2, {"uuid": TENANT})
    assert channel.acknowledged == [2]


def test_one_that_says_nothing_is_acknowledged_and_passed_over(channel: Channel, take: Taking) -> None:
    channel.deliver(1, {"uuid": 5})
    assert (take.taken, channel.acknowledged) == ([], [1])


def test_nothing_is_acknowledged_on_a_channel_that_has_closed(channel: Channel, take: Taking) -> None:
    take.noting = Deferred()
    channel.deliver(1, {"uuid": TENANT})
    channel.close()
    take.noting.callback(None)
    assert channel.acknowledged == []


def test_a_queue_that_somebody_deleted_ends_the_channel(channel: Channel) -> None:
    channel.messages.close(ConsumerCancelled())
    assert not channel.is_open
