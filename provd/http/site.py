"""
twisted.web with the deadlines and limits that a server for strangers needs.
"""

from __future__ import annotations

import re
import socket
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.internet.task import deferLater
from twisted.web import http, server
from twisted.web.resource import IResource

__all__ = ["Request", "Site"]

# A phone on a bad line sends its few headers within this; a slow attacker would hold its connection for ever.
HEADER_SECONDS = 20
BODY_SECONDS = 30
IDLE_SECONDS = 60
# The kernel gives up a connection whose peer takes nothing for this long (RFC 5482), as when a phone is
# unplugged in the middle of its firmware.
STALLED_MILLISECONDS = 60_000
MAX_BODY = 1 << 20

_ABSOLUTE = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)


class _Channel(http.HTTPChannel):
    """
    One connection, with a deadline for the headers and one for the body of each request.

    A request that comes in one piece, as nearly all do, costs no timer.
    """

    _deadline: Any = None
    _complete = False
    _in_body = False
    _host: Any = None

    def getHost(self) -> Any:
        """
        Return this end of the connection, asking the kernel once: Twisted asks for every request.
        """
        if self._host is None:
            self._host = super().getHost()
        return self._host

    def connectionMade(self) -> None:
        super().connectionMade()
        self.factory.connected += 1
        handle = getattr(self.transport, "getHandle", lambda: None)()
        if isinstance(handle, socket.socket) and handle.family != socket.AF_UNIX:
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MILLISECONDS)

    def dataReceived(self, data: bytes) -> None:
        self._complete = False
        super().dataReceived(data)
        if self._complete or self._handlingRequest:
            self._disarm()
        elif self._deadline is None:
            seconds = BODY_SECONDS if self._in_body else HEADER_SECONDS
            self._deadline = self.factory.clock.callLater(seconds, self._late)

    def allHeadersReceived(self) -> None:
        self._disarm()
        self._in_body = True
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        self._complete = True
        self._in_body = False
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        super().requestDone(request)
        if self.factory.draining:
            self.loseConnection()

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._disarm()
        self.factory.connected -= 1
        super().connectionLost(reason)

    def _late(self) -> None:
        self._deadline = None
        transport: Any = self.transport
        transport.abortConnection()

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Request(server.Request):
    """
    A request of a phone, with what provd learned of it for its plugin.
    """

    #: The phone's address, trusted proxies taken into account.
    client_address: str | None = None
    #: The device on record, or None.
    prov_dev: dict[str, Any] | None = None
    #: The tenant of the URL's provisioning key, with that strategy.
    tenant_uuid: str | None = None
    num_http_proxies = 0
    #: Where a trusted proxy may fetch large files itself, or None.
    accel_prefix: str | None = None

    #: Whether the phone has hung up: nothing can be written any more.
    gone = False

    _in_flight: set[Any] = set()

    _received = 0
    _refused = False
    _done: Any = None

    def _refuse(self, code: int) -> None:
        if not self._refused:
            self._refused = True
            transport: Any = self.channel.transport
            transport.write(
                b"HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                % (code, http.RESPONSES[code])
            )
            self.channel.loseConnection()

    def gotLength(self, length: int | None) -> None:
        if length is not None and length > self.channel.factory.max_body:
            self._refuse(http.REQUEST_ENTITY_TOO_LARGE)
            length = 0
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > self.channel.factory.max_body:
            self._refuse(http.REQUEST_ENTITY_TOO_LARGE)
        elif not self._refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if not self._refused:
            super().requestReceived(command, path, version)

    def process(self) -> None:
        if not self.path.startswith(b"/"):
            self._strip_authority()
        hosts = self.requestHeaders.getRawHeaders(b"host", ())
        if len(hosts) > 1 or b"%00" in self.path or not self.path.startswith(b"/"):
            self.setResponseCode(http.BAD_REQUEST)
            self.setHeader(b"content-length", b"0")
            self.finish()
            return
        channel: Any = self.channel
        self._in_flight = channel.site.in_flight
        self._in_flight.add(self)
        super().process()

    def _strip_authority(self) -> None:
        # The absolute form, as sent to proxies, must be taken too (RFC 9112, 3.2.2).
        match = _ABSOLUTE.match(self.uri)
        if match:
            self.uri = self.uri[match.end() :]
            if not self.uri.startswith(b"/"):
                self.uri = b"/" + self.uri
            self.path = self.uri.partition(b"?")[0]

    def when_done(self, callback: Any) -> None:
        """
        Have ``callback(request)`` called once, when the answer is written or the phone has hung up.
        """
        self._done = callback

    def finish(self) -> None:
        super().finish()
        self._ended()

    def connectionLost(self, reason: Any) -> None:
        self.gone = True
        super().connectionLost(reason)
        self._ended()

    def _ended(self) -> None:
        self._in_flight.discard(self)
        done, self._done = self._done, None
        if done is not None:
            done(self)


class Site(server.Site):
    """
    A twisted.web site that refuses what is too large, too slow or ambiguous, and can be drained.

    :param most_connections: further ones are closed at once; None is no limit.
    :param max_body: bytes of a request's body.
    """

    protocol: Any = _Channel
    requestFactory = Request
    displayTracebacks = False
    noisy = False

    def __init__(
        self,
        resource: IResource,
        reactor: IReactorTime,
        most_connections: int | None = None,
        max_body: int = MAX_BODY,
        request_factory: type[Request] = Request,
    ) -> None:
        super().__init__(resource, requestFactory=request_factory, timeout=IDLE_SECONDS, reactor=reactor)
        self.clock = reactor
        self.max_body = max_body
        self.draining = False
        self.connected = 0
        self.in_flight: set[Any] = set()
        self._most = most_connections

    def buildProtocol(self, addr: Any) -> Any:
        if self.draining or (self._most is not None and self.connected >= self._most):
            return None
        return super().buildProtocol(addr)

    def log(self, request: Any) -> None:
        """
        Requests are logged by who answers them, without keys and without a line for each file.
        """

    def drain(self, seconds: float) -> Deferred[None]:
        """
        Answer the requests that have come, no others; fires when they are answered or the time is over.
        """
        return Deferred.fromCoroutine(self._drain(seconds))

    async def _drain(self, seconds: float) -> None:
        self.draining = True
        end = self.clock.seconds() + seconds
        while self.in_flight and self.clock.seconds() < end:
            await deferLater(self.clock, 0.05)
