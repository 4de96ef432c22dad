"""
The bus, connected to for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.task import deferLater
from twisted.logger import Logger

from provd.settings.model import Bus

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 32.0


class Purpose(Protocol):
    """
    What a connection is for.

    :ivar name: ``"consumer"`` or ``"publisher"``.
    """

    name: str

    async def opened(self, channel: Any) -> None:
        """
        Begin to use a channel.  What fails here ends the connection, and so does what takes too long.
        """

    def closed(self) -> None:
        """
        Use that channel no more.
        """

    def ending(self) -> None:
        """
        Do what must be done before the daemon stops.
        """


class _Once(Factory):
    """
    Gives a protocol that there is already.  ``connectProtocol`` does too, with two lines in the log for each
    try.
    """

    noisy = False

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def buildProtocol(self, addr: Any) -> Any:
        return self._protocol


def to_broker(settings: Bus, purpose: Purpose, reactor: Any) -> BusConnection:
    """
    Return a connection to the broker that the settings name.  Called before anybody is served: loading pika
    takes a third of a second.
    """
    from .amqp import BrokerConnection

    def protocol() -> Any:
        return BrokerConnection(settings, f"accent-provd {purpose.name}", reactor)

    endpoint = HostnameEndpoint(reactor, settings.host, settings.port, timeout=BusConnection.SETUP)
    return BusConnection(settings, purpose, endpoint, protocol, reactor)


class BusConnection(Service):
    """
    Keeps one channel open.  A failure is logged once, not at each try.

    :param endpoint: the broker.
    :param protocol: makes a new :class:`provd.bus.amqp.BrokerConnection`.
    :ivar is_open: whether the purpose can be served.
    """

    SETUP = 10.0
    """Seconds that the broker has from the TCP connection to an open channel."""

    _log = Logger()

    def __init__(
        self,
        settings: Bus,
        purpose: Purpose,
        endpoint: IStreamClientEndpoint,
        protocol: Callable[[], Any],
        reactor: Any,
    ) -> None:
        self.name = f"bus {purpose.name}"
        self.is_open = False
        self._settings = settings
        self._purpose = purpose
        self._endpoint = endpoint
        self._protocol = protocol
        self._reactor = reactor
        self._loop: Deferred[None] | None = None
        self._told: str | None = None

    def startService(self) -> None:
        super().startService()
        self._loop = Deferred.fromCoroutine(self._connect_for_ever())
        self._loop.addErrback(lambda failure: failure.trap(CancelledError))

    def stopService(self) -> Deferred[None] | None:
        super().stopService()
        if self._loop is not None:
            self._purpose.ending()
            self._loop.cancel()
        return self._loop

    async def _connect_for_ever(self) -> None:
        pause = _FIRST_PAUSE
        while self.running:
            begun = self._reactor.seconds()
            why = await self._session()
            if not self.running:
                return
            if self._reactor.seconds() - begun > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            self._tell(why)
            await deferLater(self._reactor, pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _tell(self, why: str) -> None:
        if why != self._told:
            self._log.warn(
                "the {name} can't use the broker {host}:{port}: {why}; it is tried again for ever",
                name=self.name,
                host=self._settings.host,
                port=self._settings.port,
                why=why,
            )
        self._told = why

    async def _session(self) -> str:
        """
        Connect, serve until the connection ends, and return why it did.
        """
        protocol = self._protocol()
        try:
            await self._endpoint.connect(_Once(protocol))
        except CancelledError:
            raise
        except Exception as error:
            return str(error) or type(error).__name__
        try:
            return await self._serve(protocol)
        finally:
            self.is_open = False
            self._purpose.closed()
            await protocol.hang_up()

    async def _serve(self, protocol: Any) -> str:
        from .amqp import described

        deadline = self._reactor.callLater(self.SETUP, protocol.give_up, "it doesn't answer")
        try:
            channel = await protocol.open_channel(self._settings.exchange_name, self._settings.exchange_type)
            await self._purpose.opened(channel)
        except CancelledError:
            raise
        except Exception as error:
            return protocol.why or described(error)
        finally:
            if deadline.active():
                deadline.cancel()
        self.is_open = True
        self._told = None
        self._log.info(
            "the {name} uses the broker {host}:{port}",
            name=self.name,
            host=self._settings.host,
            port=self._settings.port,
        )
        reason = await channel.on_closed
        return protocol.why or described(reason)
