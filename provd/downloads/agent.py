"""
HTTP connections, directly or through the proxies that are set right now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IProtocolFactory, IStreamClientEndpoint
from twisted.web.client import URI, Agent, BrowserLikePolicyForHTTPS, ProxyAgent
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IAgentEndpointFactory, IBodyProducer, IResponse
from zope.interface import implementer

from .proxies import BadProxy, Proxy, proxy_for
from .tunnel import TunnelEndpoint

__all__ = ["SENT_ENCODING", "ProxyingAgent"]

SENT_ENCODING = "X-Sent-Content-Encoding"
"""Where an answer has its ``Content-Encoding``, out of the sight of treq, which would undo it."""


@implementer(IAgent, IAgentEndpointFactory)
class ProxyingAgent:
    """
    An agent for ``http``, ``https`` and, through a proxy, ``ftp``.  Its connections last until it is closed.

    :param proxies: see :func:`provd.downloads.proxies.proxy_for`; read at each request.
    :param policy: which certificates are trusted, None for those that the system trusts.
    """

    def __init__(
        self, reactor: Any, proxies: Mapping[str, str], timeout: float, policy: Any | None = None
    ) -> None:
        self._reactor = reactor
        self._proxies = proxies
        self._timeout = timeout
        self._policy = policy or BrowserLikePolicyForHTTPS()
        self._agent = Agent.usingEndpointFactory(reactor, self)
        self._transports: list[Any] = []

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """
        See ``IAgent``.  No encoding is offered, and none is undone.
        """
        headers = (headers or Headers()).copy()
        headers.setRawHeaders(b"Accept-Encoding", [b"identity"])
        scheme = uri.partition(b":")[0].decode("latin-1")
        try:
            proxy = proxy_for(scheme, self._proxies)
        except BadProxy:
            return fail()
        if proxy is None or scheme == "https":
            answer: Deferred[IResponse] = self._agent.request(method, uri, headers, bodyProducer)
        else:
            if proxy.authorization is not None:
                headers.setRawHeaders(b"Proxy-Authorization", [proxy.authorization.encode()])
            endpoint = _Noting(self._to(proxy.host, proxy.port), self._transports)
            answer = ProxyAgent(endpoint, self._reactor).request(method, uri, headers, bodyProducer)
        return answer.addCallback(_without_encoding)

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """
        Return how to connect to the host of a URI; see ``IAgentEndpointFactory``.
        """
        host = uri.host.decode("ascii").strip("[]")
        endpoint: Any = self._to(host, uri.port)
        if uri.scheme == b"https":
            proxy = proxy_for("https", self._proxies)
            if proxy is not None:
                endpoint = self._tunnel(proxy, host, uri.port)
            endpoint = wrapClientTLS(self._policy.creatorForNetloc(uri.host, uri.port), endpoint)
        return _Noting(endpoint, self._transports)

    def _tunnel(self, proxy: Proxy, host: str, port: int) -> TunnelEndpoint:
        return TunnelEndpoint(self._to(proxy.host, proxy.port), host, port, proxy.authorization)

    def _to(self, host: str, port: int) -> HostnameEndpoint:
        return HostnameEndpoint(self._reactor, host, port, timeout=self._timeout)

    def close(self) -> None:
        """
        End all connections at once: whatever a server still sends isn't waited for, nor its farewell.
        """
        while self._transports:
            transport = self._transports.pop()
            if transport.connected:
                transport.abortConnection()


@implementer(IStreamClientEndpoint)
class _Noting:
    """
    Connects as another endpoint does, and notes the connection.
    """

    def __init__(self, endpoint: Any, transports: list[Any]) -> None:
        self._endpoint = endpoint
        self._transports = transports

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[Any]:
        def note(protocol: Any) -> Any:
            self._transports.append(protocol.transport)
            return protocol

        connecting: Deferred[Any] = self._endpoint.connect(protocolFactory)
        return connecting.addCallback(note)


def _without_encoding(response: IResponse) -> IResponse:
    encodings = response.headers.getRawHeaders(b"Content-Encoding", [])
    if encodings:
        response.headers.setRawHeaders(SENT_ENCODING.encode(), encodings)
        response.headers.removeHeader(b"Content-Encoding")
    return response
