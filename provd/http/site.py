"""
twisted.web with the limits that a server for strangers needs, and an orderly end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.web import http, server
from twisted.web.error import UnsupportedMethod
from twisted.web.http import NO_BODY_CODES
from twisted.web.resource import IResource
from twisted.web.server import NOT_DONE_YET

from provd.addresses import plain_address
from provd.app.fetches import Fetch
from provd.guard import Misbehavior, dropped, kind_of

from .answers import refuse
from .arguments import Arguments
from .channel import IDLE_SECONDS, Channel

__all__ = ["Request", "Site"]

MAX_BODY = 1 << 20
# Larger bodies go to a file; and no phone sends a form of this size, which would take long to parse.
MAX_FORM = 1 << 16

_ABSOLUTE = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)


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
    accel: tuple[str, str] | None = None

    #: The file that answers, or a part of it; None if it's no file of a folder.
    served_path: str | None = None
    #: What follows the answer, if somebody wants to know whether the phone has got it.
    fetch: Fetch | None = None

    #: Who is told of an error in answering, if it's a plugin that answers.
    blame: Callable[[BaseException], object] | None = None

    #: Whether a NUL in the path is taken, which some plugin would make a file's name of.
    takes_nul = False

    #: Whether the phone has hung up: nothing can be written any more.
    gone = False

    _received = 0
    _refused = False
    _done: Callable[[Request], object] | None = None

    def getClientIP(self) -> str | None:
        """
        Return the address of the other end of the connection, which may be a proxy's.
        """
        peer = getattr(self.client, "host", None)
        return None if peer is None else plain_address(peer)

    # What the channel calls while the request comes in.

    def gotLength(self, length: int | None) -> None:
        if length is not None and length > self.channel.factory.max_body:
            self._refuse(http.REQUEST_ENTITY_TOO_LARGE)
            length = 0
        if length is not None and length < MAX_FORM:
            self.content = BytesIO()
        else:
            self.content = SpooledTemporaryFile(MAX_FORM)  # noqa: SIM115

    def handleContentChunk(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > self.channel.factory.max_body:
            self._refuse(http.REQUEST_ENTITY_TOO_LARGE)
        elif not self._refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self._received > MAX_FORM:
            self._parsePOSTFormSubmission = False
        if not self._refused:
            super().requestReceived(command, path, version)

    def _refuse(self, code: int) -> None:
        if not self._refused:
            self._refused = True
            self.requestHeaders.removeHeader(b"expect")  # or "100 Continue" would follow
            self.refuse_unread(code)

    def refuse_unread(self, code: int) -> None:
        """
        Refuse a request whose body isn't read to its end, and with it the connection.
        """
        transport: Any = self.channel.transport
        transport.write(
            b"HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % (code, http.RESPONSES[code])
        )
        self.channel.loseConnection()

    def refuse(self, code: int) -> None:
        """
        Refuse a request that nobody looks at.
        """
        refuse(self, code)

    def process(self) -> None:
        if not self.path.startswith(b"/"):
            self._strip_authority()
        hosts = self.requestHeaders.getRawHeaders(b"host", ())
        has_nul = b"%00" in self.path and not self.takes_nul
        if len(hosts) > 1 or has_nul or not self.path.startswith(b"/"):
            self.refuse(http.BAD_REQUEST)
        else:
            self.args = Arguments(self.args)
            super().process()

    def _strip_authority(self) -> None:
        # The absolute form, as sent to proxies, must be taken too (RFC 9112, 3.2.2).
        match = _ABSOLUTE.match(self.uri)
        if match:
            self.uri = self.uri[match.end() :]
            if not self.uri.startswith(b"/"):
                self.uri = b"/" + self.uri
            self.path = self.uri.partition(b"?")[0]

    # The answer.

    def render(self, resrc: Any) -> None:
        """
        Have a resource answer.

        Text counts as UTF-8 (one plugin's resource returns it); a refused method names those that aren't; no
        page quotes the request.
        """
        if not hasattr(resrc, "render"):
            dropped(resrc)
            raise Misbehavior(f"has {kind_of(resrc)} where a resource is meant")
        try:
            body = resrc.render(self)
        except UnsupportedMethod as error:
            self.setHeader(b"allow", b", ".join(error.allowedMethods))
            self.refuse(http.NOT_ALLOWED)
            return
        if body is NOT_DONE_YET:
            return
        if isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            dropped(body)
            raise Misbehavior(f"rendered {kind_of(body)} where bytes are meant")
        # The answer to HEAD and "not modified" tell of the length that another would have (RFC 9110, 8.6).
        if self.code not in NO_BODY_CODES and (body or self.method != b"HEAD"):
            self.responseHeaders.setRawHeaders(b"content-length", [b"%d" % len(body)])
        self.write(body)
        self.finish()

    def processingFailed(self, reason: Any) -> Any:
        """
        End a request that failed: with a short page, or if the answer had begun, with the connection.
        """
        if self.blame is not None:
            self.blame(reason.value)
        else:
            self._log.failure("a request failed", reason, stranger=self.client_address or self.getClientIP())
        if self.gone or self.finished:
            pass
        elif self.startedWriting:
            self.channel.loseConnection()
        else:
            self.responseHeaders.removeHeader(b"content-encoding")
            self.refuse(http.INTERNAL_SERVER_ERROR)
        return reason

    def copy_to(self, take: Callable[[bytes], object]) -> None:
        """
        Have ``take`` called with each piece of the body from now on, as it is written.
        """
        write = self.write

        def both(piece: bytes) -> None:
            take(piece)
            write(piece)

        self.write = both  # type: ignore[method-assign]  # of this one: hardly any is copied

    def when_done(self, callback: Callable[[Request], object]) -> None:
        """
        Have ``callback(request)`` called once, when the answer is written or the phone has hung up.
        """
        self._done = callback

    def finish(self) -> None:
        if not self.gone:  # which plugins that answer later seldom look at
            super().finish()
            self._ended()

    def connectionLost(self, reason: Any) -> None:
        self.gone = True
        super().connectionLost(reason)
        self._ended()

    def _ended(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(self)


class Site(server.Site):
    """
    A twisted.web site that refuses what is too large, too slow or ambiguous, and can be drained.

    :param most_connections: further ones are closed at once; None is no limit.
    :param max_body: bytes of a request's body.
    """

    protocol: Any = Channel
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
        #: The open connections.
        self.channels: set[Channel] = set()
        self._most = most_connections
        self._drained: Deferred[None] | None = None

    def buildProtocol(self, addr: Any) -> Any:
        full = self._most is not None and len(self.channels) >= self._most
        return None if full or self._drained is not None else super().buildProtocol(addr)

    def bad_request(self) -> bytes:
        """
        Return what is answered to what can't be read as a request.
        """
        return b"HTTP/1.1 400 Bad Request\r\n\r\n"

    def log(self, request: Any) -> None:
        """
        Requests are logged by who answers them, without keys and without a line for each file.
        """

    def lost(self, channel: Channel) -> None:
        """
        Note that a connection is gone.
        """
        self.channels.discard(channel)
        if self._drained is not None and not self.channels and not self._drained.called:
            self._drained.callback(None)

    def drain(self, seconds: float) -> Deferred[None]:
        """
        Answer the requests that have come, no others: idle connections are closed at once, the others after
        their answer, or cut when the time is over.  Fires when there is none left.
        """
        drained: Deferred[None] = Deferred()
        self._drained = drained
        cut = self.clock.callLater(seconds, self._cut)
        drained.addBoth(lambda _: cut.cancel() if cut.active() else None)
        for channel in list(self.channels):
            channel.end()
        if not self.channels and not drained.called:
            drained.callback(None)
        return drained

    def _cut(self) -> None:
        for channel in list(self.channels):
            channel.abort()
