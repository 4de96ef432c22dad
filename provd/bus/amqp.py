"""
One connection to the broker, by pika's adapter for Twisted.

Imported once the daemon runs, as pika takes the global reactor.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

import pika
from pika.adapters.twisted_connection import TwistedProtocolConnection
from pika.exceptions import AMQPError
from twisted.internet.defer import Deferred
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

from provd.settings.model import Bus

#: Seconds after which each side has to say something.
HEARTBEAT = 20
_LONGEST_SILENCE = 2.5 * HEARTBEAT
_GOODBYE = 1.0
_PERSISTENT = 2


class BrokerConnection(TwistedProtocolConnection, TimeoutMixin):
    """
    Ends by itself when the broker falls silent.  All that waits for it fails then.

    :param name: as which it is listed by the broker.
    :ivar why: why it has ended, as far as that is known.
    """

    def __init__(self, settings: Bus, name: str, reactor: Any) -> None:
        # What pika logs at each retry, the connection's owner tells once.
        logger = logging.getLogger("pika")
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        self.why: str | None = None
        self._reactor = reactor
        self._lost: Deferred[None] = Deferred()
        super().__init__(
            pika.ConnectionParameters(
                credentials=pika.PlainCredentials(settings.username, settings.password.reveal()),
                heartbeat=HEARTBEAT,
                client_properties={"connection_name": name},
            ),
            custom_reactor=reactor,
        )

    def makeConnection(self, transport: Any) -> None:
        self.setTimeout(_LONGEST_SILENCE)
        super().makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:
        self.resetTimeout()
        try:
            super().dataReceived(data)
        except Exception as error:  # whatever answers on that port
            self.give_up(f"it doesn't speak AMQP as it should: {type(error).__name__}")

    def callLater(self, period: float, func: Any) -> Any:
        return self._reactor.callLater(period, func)

    def timeoutConnection(self) -> None:
        self.give_up("it has fallen silent")

    def give_up(self, why: str) -> None:
        """
        End the connection at once.
        """
        self.why = self.why or why
        if self.transport is not None:
            self.transport.abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        self.setTimeout(None)
        # What the broker said when it hung up is lost in what follows (pika 1.4).
        said = getattr(self._impl, "_error", None)
        if self.why is None:
            self.why = described(said if isinstance(said, AMQPError) else reason.value)
        super().connectionLost(reason)
        self._lost.callback(None)

    async def open_channel(self, exchange: str, exchange_type: str) -> Any:
        """
        Return a channel, once there is the exchange on the other side: declared as the other services of the
        PBX do, so that it doesn't matter which is first.

        :raises Exception: if the broker refuses, or the connection ends.
        """
        await self.ready
        channel = await self.channel()
        await channel.exchange_declare(exchange=exchange, exchange_type=exchange_type, durable=True)
        return channel

    async def hang_up(self) -> None:
        """
        Return when the connection has ended; a broker that doesn't answer isn't waited for.
        """
        if self._lost.called or self.transport is None:
            return
        timer = self._reactor.callLater(_GOODBYE, self.give_up, "it doesn't say goodbye")
        if self.is_open:
            with suppress(AMQPError):  # it is ending already
                self.close()
        else:
            self.give_up("it isn't needed any more")
        try:
            await self._lost
        finally:  # a stop doesn't even wait that long if it comes meanwhile
            if timer.active():
                timer.cancel()
            self.give_up("it isn't waited for")


def publish(channel: Any, exchange: str, headers: dict[str, str], body: bytes) -> Any:
    """
    Send a JSON message; return a Deferred that fires when the broker has it.
    """
    properties = pika.BasicProperties(
        headers=headers, content_type="application/json", delivery_mode=_PERSISTENT
    )
    return channel.basic_publish(exchange=exchange, routing_key="", body=body, properties=properties)


def described(error: BaseException | None) -> str:
    """
    Return what a log says of an error: the broker's own words, if they are.
    """
    code, text = getattr(error, "reply_code", None), getattr(error, "reply_text", None)
    return f"{code} {text}" if code is not None else str(error) or type(error).__name__
