from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.tftp.transfer import Sender, Verdict
from provd.tftp.wire import Data, decode


def block(datagram: bytes) -> Data:
    packet = decode(datagram)
    assert isinstance(packet, Data)
    return packet


def numbers(datagrams: list[bytes] | Verdict) -> list[int]:
    assert isinstance(datagrams, list)
    return [block(datagram).block for datagram in datagrams]


def received(sender: Sender) -> tuple[bytes, int]:
    """
    What a receiver that loses nothing gets: the content, and in how many blocks.
    """
    content, blocks = bytearray(), 0
    datagrams: list[bytes] | Verdict = sender.in_flight
    while datagrams is not Verdict.DONE:
        assert isinstance(datagrams, list)
        for datagram in datagrams:
            data = block(datagram)
            blocks += 1
            assert data.block == blocks % 65536
            content += data.payload
        datagrams = sender.acknowledged(data.block)
    return bytes(content), blocks


@pytest.mark.parametrize(
    ("size", "blocks"), [(0, 1), (1, 1), (511, 1), (512, 2), (513, 2), (1024, 3), (1025, 3)]
)
@pytest.mark.parametrize("window", [1, 2, 8])
def test_a_short_block_ends_the_transfer(size: int, blocks: int, window: int) -> None:
    sender = Sender(BytesIO(b"x" * size).read, 512, window)
    assert received(sender) == (b"x" * size, blocks)
    assert sender.bytes_acknowledged == size


@pytest.mark.parametrize("window", [1, 7])
def test_block_numbers_wrap_to_0(window: int) -> None:
    content = bytes(range(256)) * 2304
    assert received(Sender(BytesIO(content).read, 8, window)) == (content, 73729)


@pytest.mark.parametrize("window", [1, 8])
def test_nothing_but_block_0_acknowledges_options(window: int) -> None:
    sender = Sender(BytesIO(b"x" * 600).read, 512, window, b"oack")
    for block in (1, 2, 8, 65534, 65535):
        assert sender.acknowledged(block) is Verdict.IGNORE
        assert sender.in_flight == [b"oack"]


def test_the_option_acknowledgement_goes_first() -> None:
    sender = Sender(BytesIO(b"x" * 600).read, option_ack=b"oack")
    assert sender.in_flight == [b"oack"]
    assert numbers(sender.acknowledged(0)) == [1]
    assert sender.bytes_acknowledged == 0
    assert sender.acknowledged(0) is Verdict.IGNORE
    assert numbers(sender.acknowledged(1)) == [2]
    assert sender.bytes_acknowledged == 512
    assert sender.acknowledged(2) is Verdict.DONE


@pytest.mark.parametrize("number", [0, 1, 3, 4, 65535])
def test_a_repeated_old_or_future_acknowledgement_causes_nothing(number: int) -> None:
    sender = Sender(BytesIO(b"x" * 5000).read)
    sender.acknowledged(1)
    before = list(sender.in_flight)
    assert sender.acknowledged(number) is Verdict.IGNORE
    assert sender.in_flight == before


def test_a_window_is_resumed_after_the_acknowledged_block() -> None:
    sender = Sender(BytesIO(b"x" * 51200).read, window=8)
    assert numbers(sender.in_flight) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert sender.acknowledged(3) is Verdict.GAP
    assert numbers(sender.in_flight) == [4, 5, 6, 7, 8]
    assert numbers(sender.resume()) == [4, 5, 6, 7, 8, 9, 10, 11]
    assert numbers(sender.acknowledged(11)) == [12, 13, 14, 15, 16, 17, 18, 19]


def test_a_window_whose_first_block_is_lost_is_sent_again() -> None:
    sender = Sender(BytesIO(b"x" * 51200).read, window=4)
    sender.acknowledged(4)
    assert sender.acknowledged(4) is Verdict.GAP
    assert numbers(sender.resume()) == [5, 6, 7, 8]


@pytest.mark.parametrize("number", [3, 9, 10, 65535])
def test_old_and_future_acknowledgements_of_windows_cause_nothing(number: int) -> None:
    sender = Sender(BytesIO(b"x" * 51200).read, window=4)
    sender.acknowledged(4)
    assert sender.acknowledged(number) is Verdict.IGNORE
    assert numbers(sender.in_flight) == [5, 6, 7, 8]


def test_the_last_window_may_be_short() -> None:
    sender = Sender(BytesIO(b"x" * 1000).read, window=8)
    assert numbers(sender.in_flight) == [1, 2]
    assert sender.acknowledged(1) is Verdict.GAP
    assert numbers(sender.resume()) == [2]
    assert sender.acknowledged(2) is Verdict.DONE


@given(st.lists(st.integers(0, 65535)), st.integers(1, 64), st.integers(0, 3000), st.booleans())
def test_any_acknowledgements_keep_the_window_in_order(
    acks: list[int], window: int, size: int, confirmed: bool
) -> None:
    content = bytes(i % 251 for i in range(size))
    sender = Sender(BytesIO(content).read, 8, window, b"oack" if confirmed else b"")
    for number in acks:
        outcome = sender.acknowledged(number % (2 * window + 3))
        if outcome is Verdict.DONE:
            assert sender.bytes_acknowledged == size
            return
        if outcome is Verdict.GAP:
            sender.resume()
        assert 1 <= len(sender.in_flight) <= window
        for datagram in sender.in_flight:
            if datagram != b"oack":
                data = block(datagram)
                assert data.payload == content[(data.block - 1) * 8 : data.block * 8]


class Receiver:
    """
    A client of RFC 7440: acknowledges the end of each window, and at once the block before a gap.
    """

    def __init__(self, window: int) -> None:
        self.content = b""
        self.done = False
        self._window = window
        self._expected = 1
        self._unacknowledged = 0

    def takes(self, datagram: bytes) -> int | None:
        data = block(datagram)
        if data.block != self._expected % 65536:
            self._unacknowledged = 0
            return (self._expected - 1) % 65536
        self.content += data.payload
        self._expected += 1
        self._unacknowledged += 1
        self.done = self.done or len(data.payload) < 8
        if self.done or self._unacknowledged == self._window:
            self._unacknowledged = 0
            return data.block
        return None


@given(st.data(), st.integers(1, 9), st.integers(0, 500))
def test_whatever_is_lost_or_repeated_the_file_arrives_whole(
    data: st.DataObject, window: int, size: int
) -> None:
    content = bytes(i % 251 for i in range(size))
    sender, receiver = Sender(BytesIO(content).read, 8, window), Receiver(window)
    fates = iter(data.draw(st.lists(st.sampled_from(["lost", "twice", "once"]), max_size=200)))
    on_the_way = list(sender.in_flight)
    for _ in range(2000):
        if not on_the_way:
            on_the_way = list(sender.in_flight)  # the timer
        arriving = {"lost": 0, "twice": 2, "once": 1}[next(fates, "once")]
        datagram = on_the_way.pop(0)
        for _ in range(arriving):
            acknowledged = receiver.takes(datagram)
            if acknowledged is None or next(fates, "once") == "lost":
                continue
            outcome = sender.acknowledged(acknowledged)
            if outcome is Verdict.DONE:
                assert receiver.content == content
                return
            if outcome is Verdict.GAP:
                on_the_way = list(sender.resume())
            elif isinstance(outcome, list):
                on_the_way = list(outcome)
    pytest.fail("the transfer didn't end")
