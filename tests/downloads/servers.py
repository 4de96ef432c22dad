"""
Servers that misbehave in one way each, on loopback.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web import resource, server, static
from twisted.web.guard import BasicCredentialFactory, DigestCredentialFactory, HTTPAuthSessionWrapper


class Ports:
    """
    What listens during a test.
    """

    def __init__(self) -> None:
        self._ports: list[IListeningPort] = []

    def serve(self, root: Any, tls: Any = None) -> str:
        """
        Serve a resource; return its URL, without a slash at its end.
        """
        port = self.listen(server.Site(root), tls)
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def listen(self, factory: Any, tls: Any = None) -> int:
        if tls is None:
            port = reactor.listenTCP(0, factory, interface="127.0.0.1")  # type: ignore[attr-defined]
        else:
            port = reactor.listenSSL(0, factory, tls, interface="127.0.0.1")  # type: ignore[attr-defined]
        self._ports.append(port)
        return int(port.getHost().port)

    def stop(self) -> Any:
        return gatherResults([Deferred.fromCoroutine(_stop(port)) for port in self._ports])


async def _stop(port: IListeningPort) -> None:
    stopping = port.stopListening()
    if stopping is not None:
        await stopping


class Raw(Protocol):
    """
    Answers each request with the next of the factory's answers, then hangs up if it is of that kind.
    """

    def __init__(self, scripted: Scripted) -> None:
        self._scripted = scripted
        self._received = b""

    def dataReceived(self, data: bytes) -> None:
        self._received += data
        if b"\r\n\r\n" in self._received:
            self._scripted.requests.append(self._received)
            self._received = b""
            answer = self._scripted.answers.pop(0)
            if answer is not None:
                assert self.transport is not None
                self.transport.write(answer)
                if not self._scripted.stays_open:
                    self.transport.loseConnection()
            self._scripted.answered.callback(None)
            self._scripted.answered = Deferred()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._scripted.lost.callback(None)
        self._scripted.lost = Deferred()


class Scripted(Factory):
    """
    :param answers: what is sent for each request, None to say nothing.
    :ivar stays_open: whether it leaves the connection open after an answer.
    :ivar requests: as they came.
    :ivar last: the last conversation.
    :ivar answered, lost: fire at the next answer, and when the next connection is lost.
    """

    def __init__(self, *answers: bytes | None, stays_open: bool = False) -> None:
        self.answers = list(answers)
        self.stays_open = stays_open
        self.requests: list[bytes] = []
        self.last: Any = None
        self.answered: Deferred[None] = Deferred()
        self.lost: Deferred[None] = Deferred()

    def buildProtocol(self, addr: Any) -> Raw:
        self.last = Raw(self)
        return self.last


def part(content: bytes, start: int, end: int, tag: bytes = b'"1"') -> bytes:
    """
    Return an answer that promises the rest of a content from ``start`` on and stops at ``end``.
    """
    size = len(content)
    head = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d" % (start, size - 1, size)
    if not start:
        head = b"HTTP/1.1 200 OK"
    rest = b"\r\nContent-Length: %d\r\nETag: %s\r\n\r\n" % (size - start, tag)
    return head + rest + content[start:end]


def locked(content: bytes, scheme: str, algorithm: str = "md5") -> Any:
    """
    Return a resource for user ``me`` with the password ``se:cret``.
    """
    from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
    from twisted.cred.portal import IRealm, Portal
    from zope.interface import implementer

    @implementer(IRealm)
    class Realm:
        def requestAvatar(self, avatar: Any, mind: Any, *interfaces: Any) -> Any:
            leaf = static.Data(content, "application/zip")
            leaf.isLeaf = True
            return resource.IResource, leaf, lambda: None

    checker = InMemoryUsernamePasswordDatabaseDontUse(me=b"se:cret")
    factory: Any = BasicCredentialFactory(b"firmware")
    if scheme == "digest":
        factory = DigestCredentialFactory(algorithm.encode(), b"firmware")
    return HTTPAuthSessionWrapper(Portal(Realm(), [checker]), [factory])


class Proxy(Protocol):
    """
    An HTTP proxy: absolute URIs and CONNECT.
    """

    factory: ProxyFactory

    def connectionMade(self) -> None:
        self._received = b""
        self._other: Any = None

    def dataReceived(self, data: bytes) -> None:
        if self._other is not None:
            self._other.write(data)
            return
        self._received += data
        if b"\r\n\r\n" not in self._received:
            return
        line, _, headers = self._received.partition(b"\r\n")
        self.factory.requests.append(self._received)
        if self.factory.authorization and self.factory.authorization not in headers:
            self._answer(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        method, uri, _version = line.split(b" ")
        if method == b"CONNECT":
            self._connect(uri, b"", b"HTTP/1.1 200 Connection established\r\n\r\n")
            return
        match = re.fullmatch(rb"(\w+)://([^/]*)(/.*)", uri)
        assert match is not None
        if match[1] == b"ftp":
            self._answer(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nover ftp")
            return
        self._connect(match[2], b"GET %s HTTP/1.1\r\n%s" % (match[3], headers), b"")

    def _answer(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)
        self.transport.loseConnection()

    def _connect(self, authority: bytes, first: bytes, answer: bytes) -> None:
        host, _, port = authority.decode().partition(":")
        proxy = self

        class Other(Protocol):
            def connectionMade(self) -> None:
                assert self.transport is not None
                assert proxy.transport is not None
                proxy._other = self.transport
                self.transport.write(first)
                proxy.transport.write(answer)

            def dataReceived(self, data: bytes) -> None:
                assert proxy.transport is not None
                proxy.transport.write(data)

            def connectionLost(self, reason: Failure = connectionDone) -> None:
                assert proxy.transport is not None
                proxy.transport.loseConnection()

        from twisted.internet.protocol import ClientFactory

        factory = ClientFactory()
        factory.buildProtocol = lambda addr: Other()  # type: ignore[method-assign]
        reactor.connectTCP(host, int(port), factory)  # type: ignore[attr-defined]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._other is not None:
            self._other.loseConnection()


class ProxyFactory(Factory):
    """
    :param authorization: what each request must have in its headers.
    :ivar requests: as they came.
    """

    protocol = Proxy  # type: ignore[assignment]

    def __init__(self, authorization: bytes = b"") -> None:
        self.authorization = authorization
        self.requests: list[bytes] = []


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
