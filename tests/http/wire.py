"""
Connections to a site without a socket: bytes in, bytes out, on a clock that stands still.
"""

from __future__ import annotations

import http.client
from io import BytesIO
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource

from provd.http.site import Site

PHONE, HERE = "192.0.2.7", "192.0.2.1"


class _Transport(StringTransport):
    """
    Tells the protocol when the connection is gone, and its producer when more is buffered than Twisted does.
    """

    def __init__(self, phone: str, here: str) -> None:
        super().__init__(IPv4Address("TCP", here, 8667), IPv4Address("TCP", phone, 50000), lenient=True)
        self.protocol: Any = None
        self.aborted = False
        self.taken = 0
        self.reads = True
        self.is_shut = False

    def resumeProducing(self) -> None:
        super().resumeProducing()
        if self.is_shut:
            self.protocol.factory.clock.callLater(0, self.tell_shut)

    def tell_shut(self) -> None:
        if not self.disconnecting:
            self.protocol.readConnectionLost()

    def write(self, data: bytes) -> None:
        if not self.disconnecting:
            super().write(data)
            self._pause_if_full()

    def writeSequence(self, data: Any) -> None:
        self.write(b"".join(data))

    def _pause_if_full(self) -> None:
        if not self.reads and self.producer is not None and self.held > 65536:
            self.producer.pauseProducing()

    @property
    def held(self) -> int:
        return len(self.value()) - self.taken

    def take(self) -> None:
        """
        The phone takes what was written.
        """
        self.taken = len(self.value())
        if self.producer is not None and not self.disconnecting:
            self.producer.resumeProducing()

    def unregisterProducer(self) -> None:
        self.producer = None

    def loseConnection(self) -> None:
        if not self.disconnecting:
            self.disconnecting = True
            if self.producer is not None:
                self.producer.stopProducing()
            self.protocol.connectionLost(Failure(ConnectionDone()))

    def abortConnection(self) -> None:
        self.aborted = True
        self.loseConnection()


class Answer:
    """
    One response.
    """

    def __init__(self, response: http.client.HTTPResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = body


class Connection:
    """
    A phone's connection.

    :param reads: whether the phone takes what is sent at once; if not, only by :meth:`take`.
    """

    def __init__(self, site: Site, phone: str = PHONE, here: str = HERE, reads: bool = True) -> None:
        self._transport = _Transport(phone, here)
        self._transport.reads = reads
        self.take = self._transport.take
        self.protocol = site.buildProtocol(IPv4Address("TCP", phone, 50000))
        self._transport.protocol = self.protocol
        self.protocol.makeConnection(self._transport)

    def send(self, data: bytes) -> None:
        if data and not self.closed:
            self.protocol.dataReceived(data)

    def hang_up(self) -> None:
        self._transport.loseConnection()

    def shut(self) -> None:
        """
        The phone says that it sends no more; it still reads.
        """
        self._transport.is_shut = True
        self._transport.tell_shut()

    @property
    def closed(self) -> bool:
        return self._transport.disconnecting

    @property
    def aborted(self) -> bool:
        return self._transport.aborted

    @property
    def is_read(self) -> bool:
        """
        Whether the server reads what the phone sends.
        """
        return self._transport.producerState == "producing"

    @property
    def received(self) -> bytes:
        return self._transport.value()

    @property
    def held(self) -> int:
        """
        Bytes that were written and that the phone hasn't taken.
        """
        return self._transport.held

    def answers(self, method: str = "GET") -> list[Answer]:
        """
        Return what was received, as responses to requests of that method.
        """
        stream = BytesIO(self.received)
        found = []
        while stream.tell() < len(self.received):
            response = http.client.HTTPResponse(_Socket(stream), method=method)  # type: ignore[arg-type]
            response.begin()
            found.append(Answer(response, response.read()))
        return found

    def answer(self, method: str = "GET") -> Answer:
        (answer,) = self.answers(method)
        return answer


class _Socket:
    def __init__(self, stream: BytesIO) -> None:
        self._stream = stream

    def makefile(self, mode: str) -> Any:
        stream = self._stream

        class Kept:
            read, readline, readinto = stream.read, stream.readline, stream.readinto

            def close(self) -> None:
                pass

            def flush(self) -> None:
                pass

        return Kept()


def request(path: str = "/", method: str = "GET", version: str = "1.1", **headers: str) -> bytes:
    """
    Return a request; underscores in the names of headers become hyphens.
    """
    lines = [f"{method} {path} HTTP/{version}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def fetch(root: Resource, path: str = "/", method: str = "GET", **headers: str) -> Answer:
    """
    Return the answer of a resource that needs no time.
    """
    connection = Connection(Site(root, Clock()))
    connection.send(request(path, method, **{"Host": HERE, **headers}))
    return connection.answer(method)
