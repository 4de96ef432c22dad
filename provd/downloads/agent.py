"""
HTTP connections, directly or through the proxies that are set right now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI, Agent, BrowserLikePolicyForHTTPS, ProxyAgent
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IAgentEndpointFactory, IBodyProducer, IResponse
from zope.interface import implementer

from .passwords import basic
from .tunnel import TunnelEndpoint

__all__ = ["ProxyingAgent"]

_DEFAULT_PROXY_PORT = 3128


@implementer(IAgent, IAgentEndpointFactory)
class ProxyingAgent:
    """
    An agent for ``http``, ``https`` and, through a proxy, ``ftp``.

    :param proxies: protocol to proxy, ``http://[user:password@]host[:port]``, for ``https`` without the
        scheme; read at each request.
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

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """
        See ``IAgent``.  What comes is what is stored: no encoding is offered, and none is undone.
        """
        headers = (headers or Headers()).copy()
        headers.setRawHeaders(b"Accept-Encoding", [b"identity"])
        proxy = self._proxy(uri.partition(b":")[0].decode("latin-1"))
        if proxy is None or uri.startswith(b"https:"):
            answer: Deferred[IResponse] = self._agent.request(method, uri, headers, bodyProducer)
        else:
            if (authorization := _authorization(proxy)) is not None:
                headers.setRawHeaders(b"Proxy-Authorization", [authorization.encode()])
            answer = ProxyAgent(self._to_proxy(proxy), self._reactor).request(
                method, uri, headers, bodyProducer
            )

        def as_it_is(response: IResponse) -> IResponse:
            response.headers.removeHeader(b"Content-Encoding")
            return response

        return answer.addCallback(as_it_is)

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """
        Return how to connect to the host of a URI; see ``IAgentEndpointFactory``.
        """
        host = uri.host.decode("ascii").strip("[]")
        if uri.scheme != b"https":
            return HostnameEndpoint(self._reactor, host, uri.port, timeout=self._timeout)
        proxy = self._proxy("https")
        plain: Any = HostnameEndpoint(self._reactor, host, uri.port, timeout=self._timeout)
        if proxy is not None:
            plain = TunnelEndpoint(self._to_proxy(proxy), host, uri.port, _authorization(proxy))
        return wrapClientTLS(self._policy.creatorForNetloc(uri.host, uri.port), plain)

    def _proxy(self, scheme: str) -> SplitResult | None:
        proxy = self._proxies.get(scheme)
        if not proxy:
            return None
        return urlsplit(proxy if "://" in proxy else f"http://{proxy}")

    def _to_proxy(self, proxy: SplitResult) -> HostnameEndpoint:
        return HostnameEndpoint(
            self._reactor, proxy.hostname or "", proxy.port or _DEFAULT_PROXY_PORT, timeout=self._timeout
        )


def _authorization(proxy: SplitResult) -> str | None:
    if proxy.username is None:
        return None
    return basic(unquote(proxy.username), unquote(proxy.password or ""))
