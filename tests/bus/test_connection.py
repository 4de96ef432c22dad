"""
Connecting for ever, to what may be anything.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from twisted.internet import protocol, reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock, deferLater
from twisted.trial.unittest import TestCase

from provd.bus.connection import BusConnection, to_broker
from provd.settings.check import settings_from
from tests.logged import Events, logged
from tests.support import result_of


class Idle:
    name = "consumer"

    def __init__(self) -> None:
        self.ended = False

    async def opened(self, channel: Any) -> None:
        raise AssertionError("no channel is to be had here")

    def closed(self) -> None:
        pass

    def ending(self) -> None:
        self.ended = True


class Endpoint:
    """
    A broker that isn't there.
    """

    def __init__(self) -> None:
        self.tries = 0
        self.error: Exception = ConnectionRefusedError()
        self.waiting: Deferred[None] | None = None

    def connect(self, factory: Any) -> Deferred[None]:
        self.tries += 1
        return self.waiting or fail(self.error)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def connection(endpoint: Endpoint, clock: Clock) -> BusConnection:
    return BusConnection(settings_from({}).bus, Idle(), endpoint, protocol.Protocol, clock)  # type: ignore[arg-type]


def test_a_broker_that_is_away_is_tried_ever_more_slowly(clock: Clock) -> None:
    endpoint = Endpoint()
    bus = connection(endpoint, clock)
    with logged() as events:
        bus.startService()
        for count, pause in enumerate((1, 2, 4, 8, 16, 32, 32, 32), 1):
            assert (endpoint.tries, bus.is_open) == (count, False)
            clock.advance(pause - 0.5)
            assert endpoint.tries == count
            clock.advance(0.5)
        assert len(events.texts()) == 1
        endpoint.error = OSError("no route")
        clock.advance(32)
        clock.advance(32)
        assert len(events.texts()) == 2
    assert "localhost:5672" in events.texts()[1]
    assert "no route" in events.texts()[1]
    result_of(bus.stopService() or Deferred())
    assert clock.getDelayedCalls() == []


def test_a_stop_does_not_wait_for_a_connection(clock: Clock) -> None:
    endpoint = Endpoint()
    endpoint.waiting = Deferred()
    bus = connection(endpoint, clock)
    bus.startService()
    result_of(bus.stopService() or Deferred())
    assert endpoint.tries == 1


def test_a_daemon_without_a_bus_never_loads_pika() -> None:
    code = "import sys, provd.daemon.bus, provd.tap; assert 'pika' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


class StandIn(protocol.Protocol):
    """
    What answers on the port instead of a broker.
    """

    says = b""
    hangs_up = False

    def connectionMade(self) -> None:
        self.factory.met.append(self)  # type: ignore[union-attr]
        if self.says:
            self.transport.write(self.says)  # type: ignore[union-attr]
        if self.hangs_up:
            self.transport.loseConnection()  # type: ignore[union-attr]

    def connectionLost(self, reason: Any = protocol.connectionDone) -> None:
        self.factory.lost += 1  # type: ignore[union-attr]


class Strangers(TestCase):
    timeout = 20

    async def asked(self, says: bytes = b"", hangs_up: bool = False, setup: float = 0.2) -> Events:
        """
        Return what is logged while it is connected to twice.
        """
        factory: Any = protocol.Factory.forProtocol(StandIn)
        factory.met, factory.lost = [], 0
        self.patch(StandIn, "says", says)
        self.patch(StandIn, "hangs_up", hangs_up)
        self.patch(BusConnection, "SETUP", setup)
        self.patch(sys.modules["provd.bus.connection"], "_FIRST_PAUSE", 0.01)
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")  # type: ignore[attr-defined]
        settings = settings_from({"bus": {"host": "127.0.0.1", "port": port.getHost().port}}).bus
        bus = to_broker(settings, Idle(), reactor)
        with logged() as events:
            bus.startService()
            wanted = 1 if setup > 1 else 2
            while len(factory.met) < wanted:
                await deferLater(reactor, 0)  # type: ignore[arg-type]
            assert not bus.is_open
            await bus.stopService()  # type: ignore[misc]
        while factory.lost < len(factory.met):
            await deferLater(reactor, 0)  # type: ignore[arg-type]
        await port.stopListening()
        return events

    async def test_one_that_says_nothing(self) -> None:
        (told,) = (await self.asked()).texts()
        self.assertIn("it doesn't answer", told)

    async def test_one_that_says_nothing_is_not_waited_for_at_the_stop(self) -> None:
        self.assertEqual((await self.asked(setup=600)).texts(), [])

    async def test_one_that_speaks_something_else(self) -> None:
        (told,) = (await self.asked(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")).texts()
        print(told)
        self.assertIn("can't use the broker", told)

    async def test_one_that_speaks_another_version(self) -> None:
        (told,) = (await self.asked(b"AMQP\x00\x01\x00\x00", True)).texts()
        self.assertIn("can't use the broker", told)

    async def test_one_that_hangs_up(self) -> None:
        (told,) = (await self.asked(hangs_up=True)).texts()
        self.assertIn("can't use the broker", told)
