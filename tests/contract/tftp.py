"""
A phone that speaks TFTP, in a thread beside the daemon's.
"""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread

from provd.tftp.wire import OP_RRQ, Ack, Data, Error, OptionAck, Options, Request, decode
from tests.contract.kit import ContractTest


class Phone:
    """
    A client on one port.

    :param port: the server's.
    :ivar granted: what the server granted of the options, by lower-case name.
    """

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self.granted: dict[bytes, bytes] = {}

    def __enter__(self) -> Phone:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @property
    def address(self) -> tuple[str, int]:
        address: tuple[str, int] = self._socket.getsockname()
        return address

    def send(
        self, name: bytes, mode: bytes = b"octet", options: Options = (), opcode: bytes = OP_RRQ
    ) -> None:
        """
        Ask, without waiting for the answer.
        """
        self._socket.sendto(Request(opcode, name, mode, options).encode(), self._server)

    def is_answered(self) -> bool:
        """
        Tell whether something has come by now.
        """
        self._socket.setblocking(False)
        try:
            self._socket.recvfrom(2048)
        except BlockingIOError:
            return False
        return True

    def ask(
        self, name: bytes, mode: bytes = b"octet", options: Options = (), opcode: bytes = OP_RRQ
    ) -> Deferred[bytes | Error]:
        """
        Fetch a file; fires with its content, or with the server's refusal.
        """
        self.send(name, mode, options, opcode)
        return deferToThread(self._received)

    def _received(self) -> bytes | Error:
        content, size = b"", 512
        while True:
            datagram, peer = self._socket.recvfrom(65536)
            packet = decode(datagram)
            if isinstance(packet, OptionAck):
                self.granted = {name.lower(): value for name, value in packet.options}
                size = int(self.granted.get(b"blksize", b"512"))
                self._socket.sendto(Ack(0).encode(), peer)
            elif isinstance(packet, Data):
                content += packet.payload
                self._socket.sendto(Ack(packet.block).encode(), peer)
                if len(packet.payload) < size:
                    return content
            else:
                assert isinstance(packet, Error), packet
                return packet


class TFTPContractTest(ContractTest):
    """
    A phone of the brand asks for names that begin with its own.
    """

    def phone(self) -> Phone:
        phone = Phone(self.site.settings.general.tftp_port)
        self.addCleanup(phone.__exit__, None, None, None)
        return phone

    async def ask(self, name: str | bytes, **how: Any) -> bytes | Error:
        raw = name.encode("latin-1") if isinstance(name, str) else name
        return await self.phone().ask(raw, **how)
