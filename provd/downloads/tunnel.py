"""
A connection through an HTTP proxy to another host (``CONNECT``, RFC 9110, section 9.3.6).
"""

from __future__ import annotations

import re
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

__all__ = ["TunnelEndpoint", "TunnelRefused"]

_LONGEST_ANSWER = 16 * 1024
_GOES_AHEAD = re.compile(rb"2\d\d", re.ASCII)


class TunnelRefused(Exception):
    """
    The proxy doesn't let us through.
    """


@implementer(IStreamClientEndpoint)
class TunnelEndpoint:
    """
    Connects to a host and port by way of a proxy.

    :param proxy: connects to the proxy.
    :param authorization: the value of ``Proxy-Authorization``, None to send none.
    """

    def __init__(self, proxy: Any, host: str, port: int, authorization: str | None) -> None:
        self._proxy = proxy
        self._authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._authorization = authorization

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[Any]:
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: IProtocolFactory) -> Any:
        headers = [f"CONNECT {self._authority} HTTP/1.1", f"Host: {self._authority}"]
        if self._authorization is not None:
            headers.append(f"Proxy-Authorization: {self._authorization}")
        request = "\r\n".join([*headers, "", ""]).encode("latin-1")
        opening = await self._proxy.connect(Factory.forProtocol(lambda: _Opening(request, factory)))
        try:
            return await opening.opened
        except BaseException:
            opening.transport.abortConnection()
            raise


class _Opening(Protocol):
    """
    Speaks with the proxy until it opens the tunnel, then makes way for whoever speaks through it.
    """

    def __init__(self, request: bytes, factory: IProtocolFactory) -> None:
        self.opened: Deferred[Any] = Deferred()
        self._request = request
        self._factory = factory
        self._received = b""

    def connectionMade(self) -> None:
        assert self.transport is not None
        self.transport.write(self._request)

    def dataReceived(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            if len(self._received) > _LONGEST_ANSWER:
                self._refuse("its answer is too long")
            return
        status = head.partition(b"\r\n")[0].split(b" ", 2)
        if len(status) < 2 or not status[0].startswith(b"HTTP/1.") or not _GOES_AHEAD.fullmatch(status[1]):
            self._refuse(f"it answers {b' '.join(status[1:]).decode('latin-1')[:100]!r}")
            return
        assert self.transport is not None
        protocol = self._factory.buildProtocol(self.transport.getPeer())
        assert protocol is not None
        self.transport.protocol = protocol  # type: ignore[attr-defined]  # of all Twisted's connections
        protocol.makeConnection(self.transport)
        if rest:
            protocol.dataReceived(rest)
        self._fire(protocol)

    def _refuse(self, why: str) -> None:
        self._fire(Failure(TunnelRefused(f"the proxy refuses: {why}")))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._refuse("it hangs up")

    def _fire(self, result: Any) -> None:
        if not self.opened.called:
            self.opened.callback(result)
