"""
A transfer whose socket fails, as no loopback interface does.
"""

import errno
from io import BytesIO

import pytest

from provd.tftp.counts import Counts
from provd.tftp.limits import Source
from provd.tftp.protocol import Transfer
from provd.tftp.roundtrip import Patience
from provd.tftp.sockets import SocketAddress
from provd.tftp.transfer import Sender
from provd.tftp.wire import Ack, Data, decode

PEER = ("192.0.2.7", 1024)


class FakeSocket:
    """
    Delivers what a test puts into ``coming``, keeps what is sent, fails with ``error``.
    """

    def __init__(self) -> None:
        self.coming: list[tuple[bytes, SocketAddress]] = []
        self.sent: list[bytes] = []
        self.error = 0
        self.closed = False

    def recvfrom(self, size: int) -> tuple[bytes, SocketAddress]:
        if not self.coming:
            raise BlockingIOError(errno.EAGAIN, "nothing")
        return self.coming.pop(0)

    def sendto(self, datagram: bytes, peer: SocketAddress) -> None:
        if self.error:
            raise OSError(self.error, "failing")
        self.sent.append(datagram)

    def close(self) -> None:
        self.closed = True


class Stand:
    """
    A transfer of 2,000 bytes, started at time 0.
    """

    def __init__(self, block_size: int = 512, window: int = 1) -> None:
        self.socket = FakeSocket()
        self.ends: list[bool] = []
        self.proofs = 0
        self.counts = Counts()
        self.transfer = Transfer(
            self.socket,  # type: ignore[arg-type]
            PEER,
            Sender(BytesIO(bytes(2000)).read, block_size, window),
            Patience(),
            Source(),
            self.proved,
            lambda ok, failure: self.ends.append(ok),
            self.counts,
        )
        self.transfer.start(0.0)

    def proved(self) -> None:
        self.proofs += 1

    def ack(self, block: int, now: float) -> list[int]:
        """
        Deliver an acknowledgement and return the numbers of the blocks sent.
        """
        self.socket.coming.append((Ack(block).encode(), PEER))
        self.socket.sent.clear()
        self.transfer.readable(now)
        return self.blocks()

    def blocks(self) -> list[int]:
        packets = [decode(datagram) for datagram in self.socket.sent]
        return [packet.block for packet in packets if isinstance(packet, Data)]


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOBUFS, errno.EPERM, errno.ECONNREFUSED])
def test_what_cannot_be_sent_now_is_sent_later(number: int) -> None:
    stand = Stand()
    stand.socket.error = number
    assert stand.ack(1, 0.1) == []
    stand.socket.error = 0
    stand.transfer.expired(stand.transfer.deadline)
    assert stand.blocks() == [2]
    assert stand.ends == []


@pytest.mark.parametrize("number", [errno.EMSGSIZE, errno.EINVAL, errno.EBADF])
def test_what_can_never_be_sent_ends_the_transfer(number: int) -> None:
    stand = Stand()
    stand.socket.error = number
    assert stand.ack(1, 0.1) == []
    assert (stand.ends, stand.socket.closed) == ([False], True)
    stand.transfer.end(True)
    assert stand.ends == [False]


def test_a_wakeup_without_a_datagram_does_nothing() -> None:
    stand = Stand()
    stand.transfer.readable(0.1)
    assert (stand.blocks(), stand.ends) == ([1], [])


def test_the_first_acknowledgement_proves_the_phone_once() -> None:
    stand = Stand()
    for block in (1, 2, 2, 3, 4):
        stand.ack(block, 0.1)
    assert (stand.proofs, stand.ends) == (1, [True])


def test_a_single_block_proves_the_phone_too() -> None:
    stand = Stand(block_size=2001)
    assert stand.ack(1, 0.1) == []
    assert (stand.proofs, stand.ends) == (1, [True])


def test_a_round_trip_of_a_block_sent_twice_isnt_measured() -> None:
    stand = Stand()
    stand.ack(1, 0.01)
    before = stand.transfer.deadline - 0.01
    stand.transfer.expired(1.0)
    stand.ack(2, 3.0)
    assert stand.transfer.deadline - 3.0 == pytest.approx(2 * before)
    stand.ack(3, 3.01)
    assert stand.transfer.deadline - 3.01 == pytest.approx(before)


def test_a_gap_is_filled_once_each_round_trip() -> None:
    stand = Stand(block_size=8, window=8)
    stand.ack(8, 0.1)
    assert stand.ack(10, 0.2) == [11, 12, 13, 14, 15, 16, 17, 18]
    assert stand.ack(11, 0.21) == []
    assert stand.ack(12, 0.35) == [13, 14, 15, 16, 17, 18, 19, 20]
