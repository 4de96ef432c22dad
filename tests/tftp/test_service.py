import os
import socket

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import DatagramProtocol
from twisted.trial.unittest import TestCase

from provd.tftp.service import TFTPService
from provd.tftp.sockets import bind_listening
from provd.tftp.wire import OP_RRQ, Ack, Data, Error, Packet, Request, decode
from tests.tftp.stage import Files, PumpedReactor, stage

CONTENT = os.urandom(3000)


def test_a_socket_bound_by_somebody_else_is_used() -> None:
    given = bind_listening("127.0.0.1", 0)
    port = given.getsockname()[1]
    with stage(Files(a=CONTENT), sockets=[given]) as running:
        assert running.service.port == port
        assert running.phone().fetch("a") == CONTENT
    assert given.fileno() == -1


def test_several_sockets_are_served() -> None:
    given = [bind_listening("127.0.0.2", 0), bind_listening("::1", 0)]
    ports = [listening.getsockname()[1] for listening in given]
    with stage(Files(a=CONTENT), sockets=given) as running:
        for address, port in zip(("127.0.0.2", "::1"), ports, strict=True):
            phone = running.phone(server=address)
            phone.server = (address, port)
            assert phone.fetch("a") == CONTENT


def test_a_port_in_use_is_an_error_at_once() -> None:
    with bind_listening("127.0.0.1", 0) as taken:
        service = TFTPService(PumpedReactor(), "127.0.0.1", taken.getsockname()[1], Files())
        with pytest.raises(OSError, match="in use"):
            service.privilegedStartService()


def test_it_binds_early_and_answers_once_it_is_started() -> None:
    clock = PumpedReactor()
    service = TFTPService(clock, "127.0.0.1", 0, Files(a=b"x"))
    assert service.port == 0
    service.privilegedStartService()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.setblocking(False)
        phone.sendto(Request(OP_RRQ, b"a", b"octet").encode(), ("127.0.0.1", service.port))
        clock.pump()
        with pytest.raises(BlockingIOError):
            phone.recv(600)
        service.startService()
        clock.pump()
        assert decode(phone.recv(600)) == Data(1, b"x")
        clock.advance(0)
    service.stopService()
    clock.after(6)


class _Client(DatagramProtocol):
    """
    Fetches a file.
    """

    def __init__(self, port: int, name: str) -> None:
        self._server = "127.0.0.1", port
        self._request = Request(OP_RRQ, name.encode(), b"octet").encode()
        self._content = b""
        self.done: Deferred[bytes | Packet] = Deferred()

    def startProtocol(self) -> None:
        assert self.transport is not None
        self.transport.write(self._request, self._server)

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        packet = decode(datagram)
        if isinstance(packet, Error):
            self.done.callback(packet)
            return
        assert isinstance(packet, Data)
        assert self.transport is not None
        self._content += packet.payload
        self.transport.write(Ack(packet.block).encode(), addr)
        if len(packet.payload) < 512:
            self.done.callback(self._content)


class RealReactor(TestCase):
    """
    The service beside others in a reactor that runs.
    """

    def setUp(self) -> None:
        self.service = TFTPService(reactor, "127.0.0.1", 0, Files(a=CONTENT))
        self.service.privilegedStartService()
        self.service.startService()
        self.addCleanup(self.service.stopService)

    async def fetch(self, name: str) -> bytes | Packet:
        client = _Client(self.service.port, name)
        port = reactor.listenUDP(0, client, interface="127.0.0.1")
        try:
            return await client.done
        finally:
            await port.stopListening()

    async def test_a_file_and_a_refusal(self) -> None:
        assert await self.fetch("a") == CONTENT
        assert await self.fetch("b") == Error(b"\x00\x01", b"File not found")
        assert await self.fetch("a") == CONTENT

    def test_an_idle_service_stops_at_once(self) -> None:
        self.successResultOf(self.service.stopService())
