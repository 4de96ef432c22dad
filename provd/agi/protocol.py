"""
One connection of Asterisk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from .wire import Environment, NotAGI, Replies, Reply, command

__all__ = ["AGIConnection", "Answer"]

Answer = Callable[[Environment], Awaitable[Mapping[str, str]]]
"""Does what a request asks; returns the channel variables to set."""


class AGIConnection(LineOnlyReceiver):
    """
    Reads one request, answers it by setting channel variables, and ends.

    What Asterisk owes has a deadline, ``SECONDS``; a connection that says too much, or anything but AGI, is
    cut. What was begun goes on when the caller hangs up: a phone isn't left half provisioned.

    :param reactor: for the deadlines.
    :param gone: called with this connection at its end.
    """

    SECONDS = 10.0
    MAX_LENGTH = 8192
    """Bytes of a line; Asterisk itself reads and writes up to 2,048 and 8,192."""

    delimiter = b"\n"
    transport: Any
    _log = Logger()

    def __init__(self, answer: Answer, reactor: Any, gone: Callable[[AGIConnection], None]) -> None:
        self._answer = answer
        self._reactor = reactor
        self._gone = gone
        self._environment: Environment | None = Environment()
        self._replies = Replies()
        self._awaited: Deferred[Reply] | None = None
        self._deadline: Any = None
        self._is_connected = False
        self._is_cut = False
        #: Fires when the request is dealt with, or there was none.
        self.ended: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self._is_connected = True
        self._arm()

    def lineReceived(self, line: bytes) -> None:
        if self._is_cut:  # what came with the line that was wrong
            return
        text = line.removesuffix(b"\r").decode("utf-8", "backslashreplace")
        try:
            if self._environment is not None:
                self._told(text, self._environment)
            else:
                self._replied(text)
        except NotAGI as error:
            self._cut(str(error))

    def lineLengthExceeded(self, line: bytes) -> None:
        self._cut("too long a line")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._is_connected = False
        self._disarm()
        if self._awaited is not None:
            awaited, self._awaited = self._awaited, None
            awaited.errback(ConnectionLost())
        if self._environment is not None:
            self.ended.callback(None)
        self._gone(self)

    def abort(self) -> None:
        """
        End it now, unless a request is being dealt with.
        """
        if self._environment is not None and self._is_connected:
            self._is_cut = True
            self.transport.abortConnection()

    def _told(self, text: str, environment: Environment) -> None:
        if environment.line(text):
            self._environment = None
            self._disarm()
            Deferred.fromCoroutine(self._serve(environment)).addBoth(self.ended.callback)

    def _replied(self, text: str) -> None:
        reply = self._replies.line(text)
        if reply is None:
            return
        if self._awaited is None:
            raise NotAGI("a reply to nothing")
        awaited, self._awaited = self._awaited, None
        self._disarm()
        awaited.callback(reply)

    async def _serve(self, environment: Environment) -> None:
        try:
            for name, value in (await self._answer(environment)).items():
                reply = await self._send(command("SET VARIABLE", name, value))
                if not reply.is_good:
                    self._log.warn("{name} isn't set: Asterisk says {code}", name=name, code=reply.code)
        except ConnectionLost:
            self._log.info("the caller hung up before they could be told what became of their call")
        except Exception:
            self._log.failure("answering a call")
        finally:
            if self._is_connected:
                self.transport.loseConnection()
                self._arm()  # for a peer that reads nothing

    def _send(self, line: str) -> Deferred[Reply]:
        self._awaited = Deferred()
        if not self._is_connected:
            awaited, self._awaited = self._awaited, None
            awaited.errback(ConnectionLost())
            return awaited
        self.sendLine(line.encode())
        self._arm()
        return self._awaited

    def _arm(self) -> None:
        self._disarm()
        self._deadline = self._reactor.callLater(self.SECONDS, self._cut, "it is silent")

    def _disarm(self) -> None:
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None

    def _cut(self, why: str) -> None:
        if not self._is_connected or self._is_cut:
            return
        self._is_cut = True
        peer = self.transport.getPeer().host
        self._log.warn(
            "a connection from {peer} to the FastAGI port is cut: {why}", peer=peer, why=why, stranger=peer
        )
        self.transport.abortConnection()
