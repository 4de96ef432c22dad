"""
A TFTP server on real sockets and a clock that stands still, and phones that talk to it: datagrams on the
loopback interface arrive before ``sendto`` returns, so nothing ever waits.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure

from provd.tftp.requests import Response, TFTPRequest
from provd.tftp.service import TFTPService
from provd.tftp.wire import OP_RRQ, Ack, Data, Error, OptionAck, Packet, Request, decode
from tests.support import result_of


class PumpedReactor(Clock):
    """
    A clock with readers, which are served by :meth:`pump` alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.readers: list[IReadDescriptor] = []

    def addReader(self, reader: IReadDescriptor) -> None:
        if reader not in self.readers:
            self.readers.append(reader)

    def removeReader(self, reader: IReadDescriptor) -> None:
        if reader in self.readers:
            self.readers.remove(reader)

    def callFromThread(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.callLater(0, function, *arguments)

    def turn(self) -> bool:
        """
        One turn of the loop: due calls, then what is readable; tell whether there was anything.
        """
        due = any(call.getTime() <= self.seconds() for call in self.getDelayedCalls())
        self.advance(0)
        readable, _, _ = select.select(self.readers, [], [], 0)
        for reader in readable:
            if reader in self.readers:
                reader.doRead()
        return due or bool(readable)

    def pump(self) -> None:
        while self.turn():
            pass

    def after(self, seconds: float) -> None:
        """
        Let time pass, in steps that timers can keep up with.
        """
        for _ in range(round(seconds / 0.05)):
            self.advance(0.05)
        self.pump()


class Files:
    """
    A root service that answers with what a dictionary holds, and keeps what it was asked.
    """

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents
        self.asked: list[tuple[TFTPRequest, Response]] = []
        self.opened: list[BytesIO] = []

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        self.asked.append((request, response))
        name = request["packet"]["filename"].decode()
        if name in self.contents:
            self.opened.append(BytesIO(self.contents[name]))
            response.accept(self.opened[-1])
        else:
            response.reject(b"\x00\x01", "File not found")

    @property
    def names(self) -> list[str]:
        return [request["packet"]["filename"].decode() for request, _ in self.asked]


class Silent(Files):
    """
    A root service that doesn't answer by itself.
    """

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        self.asked.append((request, response))


class Phone:
    """
    A client on one port.

    :ivar peer: where the last packet came from.
    """

    def __init__(self, reactor: PumpedReactor, server: tuple[Any, ...], address: str = "") -> None:
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((address or ("::1" if family == socket.AF_INET6 else "127.0.0.1"), 0))
        self.socket.setblocking(False)
        self.server = server
        self.peer: tuple[Any, ...] = server
        self._reactor = reactor

    def send(self, datagram: bytes, to: tuple[Any, ...] | None = None) -> list[Packet]:
        """
        Send, let the server work, and return what it sent.
        """
        self.socket.sendto(datagram, to or self.peer)
        self._reactor.pump()
        return self.heard()

    def ask(self, name: str, mode: bytes = b"octet", **options: int | bytes) -> list[Packet]:
        pairs = tuple(
            (key.encode(), value if isinstance(value, bytes) else b"%d" % value)
            for key, value in options.items()
        )
        return self.send(Request(OP_RRQ, name.encode(), mode, pairs).encode(), self.server)

    def ack(self, block: int) -> list[Packet]:
        return self.send(Ack(block % 65536).encode())

    def heard(self) -> list[Packet]:
        packets = []
        while True:
            try:
                datagram, self.peer = self.socket.recvfrom(65536)
            except BlockingIOError:
                return packets
            packets.append(decode(datagram))

    def fetch(self, name: str, mode: bytes = b"octet", **options: int | bytes) -> bytes:
        """
        Return a whole file, or fail; a well-behaved client that loses nothing.
        """
        content, expected, size = bytearray(), 1, 512
        packets = self.ask(name, mode, **options)
        window = 1
        while True:
            for packet in packets:
                if isinstance(packet, OptionAck):
                    granted = dict(packet.options)
                    size = int(granted.get(b"blksize", b"512"))
                    window = int(granted.get(b"windowsize", b"1"))
                    expected = 0
                    continue
                assert isinstance(packet, Data), packet
                assert packet.block == expected % 65536
                content += packet.payload
                expected += 1
                if len(packet.payload) < size:
                    assert self.ack(packet.block) == []
                    return bytes(content)
            if expected == 0:
                expected = 1
                packets = self.ack(0)
            else:
                packets = self.ack(expected - 1)
            assert 1 <= len(packets) <= window


class Stage:
    """
    A running server; give it more phones with :meth:`phone`.
    """

    def __init__(self, root: Any, interface: str = "127.0.0.1", **settings: Any) -> None:
        self.reactor = PumpedReactor()
        self.service = TFTPService(self.reactor, interface, 0, root, **settings)
        self.service.privilegedStartService()
        self.service.startService()
        self.phones: list[Phone] = []

    def phone(self, address: str = "", server: str = "127.0.0.1") -> Phone:
        phone = Phone(self.reactor, (server, self.service.port), address)
        self.phones.append(phone)
        return phone

    def all_heard(self) -> list[Packet]:
        return [packet for phone in self.phones for packet in phone.heard()]

    def close(self) -> None:
        if self.service.running:
            stopped = self.service.stopService()
            self.reactor.after(6)
            result_of(stopped)
        for phone in self.phones:
            phone.socket.close()
        # Nothing may be left behind, whatever the test did.
        assert self.reactor.readers == []
        assert self.reactor.getDelayedCalls() == []
        assert (self.service.requests, self.service.transfers) == (0, 0)


@contextmanager
def stage(root: Any, interface: str = "127.0.0.1", **settings: Any) -> Iterator[Stage]:
    """
    Serve a root service for the time of a ``with`` block.
    """
    running = Stage(root, interface, **settings)
    try:
        yield running
    finally:
        running.close()


class Told:
    """
    Keeps what the server tells about one request.
    """

    def __init__(self) -> None:
        self.all: list[Any] = []

    def follow(self, response: Response) -> None:
        response.on_first(self.all.append)
        response.on_end(lambda *outcome: self.all.append(outcome))


@contextmanager
def logged_failures() -> Iterator[list[Failure]]:
    """
    Collect the failures that are logged in a ``with`` block.
    """
    failures: list[Failure] = []

    def observe(event: dict[str, Any]) -> None:
        if "log_failure" in event:
            failures.append(event["log_failure"])

    globalLogPublisher.addObserver(observe)
    try:
        yield failures
    finally:
        globalLogPublisher.removeObserver(observe)


def error(number: int, text: str) -> Error:
    """
    Return the error packet that a test expects.
    """
    return Error(number.to_bytes(2, "big"), text.encode())
