"""
What strangers can't do: make the server flood somebody, exhaust it, or get in the way of phones.
"""

import gc
import os
import random
import tracemalloc
from collections import Counter
from typing import cast

import pytest
from twisted.logger import globalLogPublisher

from provd.tftp.limits import ALL_REFUSAL_BYTES, MAX_SOURCES
from provd.tftp.listener import Listener
from provd.tftp.requests import Response, TFTPRequest
from provd.tftp.sockets import Caller
from provd.tftp.wire import OP_RRQ, Data, Error, Packet, Request
from tests.tftp.stage import Files, Phone, Silent, Stage, error, stage

CONTENT = os.urandom(3000)
ADDRESSES = 50_000


def size(packets: list[Packet]) -> int:
    return sum(len(packet.encode()) for packet in packets)


@pytest.mark.parametrize("options", [{}, {"blksize": 65464, "windowsize": 64}, {"timeout": 1, "tsize": 0}])
def test_a_silent_address_gets_two_kilobytes_in_ten_seconds_whatever_it_asks(options: dict[str, int]) -> None:
    with stage(Files(a=bytes(1_000_000))) as running:
        phone = running.phone()
        total = size(phone.ask("a", **options))
        for _ in range(98):
            for port in range(3):
                total += size(running.phone().ask(("a", "no")[port % 2], **options if port % 2 == 0 else {}))
            phone.ask("a", **options)
            running.reactor.after(0.1)
            total += size(running.all_heard())
        assert (30 if options else 516) <= total <= 2048


def test_a_phone_may_try_many_names_before_it_finds_one() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        for number in range(200):
            assert phone.ask(f"SEP001122334455-{number}.cnf.xml") == [error(1, "File not found")]
        assert phone.fetch("a") == CONTENT


def test_large_blocks_are_not_sent_before_an_acknowledgement() -> None:
    with stage(Files(a=bytes(1_000_000))) as running:
        phone = running.phone()
        assert size(phone.ask("a", blksize=65464)) < 40
        assert size(phone.ack(0)) == 65468


def test_phones_behind_one_address_wait_for_the_first_acknowledgement_of_any() -> None:
    root = Files(a=CONTENT)
    with stage(root) as running:
        phones = [running.phone() for _ in range(250)]
        first = [phone.ask("a") for phone in phones]
        assert [bool(packets) for packets in first] == [True, True] + [False] * 248
        assert running.service.transfers == 2
        phones[1].ack(1)
        assert [len(phone.heard()) for phone in phones] == [0, 0] + [1] * 248
        for phone in phones:
            for block in range(1, 7):
                phone.ack(block)
        assert running.service.requests == 0
        assert len(root.names) == 250


def test_a_refusal_lets_the_next_phones_request_in() -> None:
    root = Files(a=CONTENT)
    with stage(root) as running:
        phones = [running.phone() for _ in range(5)]
        for phone, name in zip(phones, "aanna", strict=True):
            phone.ask(name)
        phones[0].send(Error(b"\x00\x00", b"").encode())
        phones[1].ack(1)
        assert [len(phone.heard()) for phone in phones[2:]] == [1, 1, 1]


def test_held_requests_are_dropped_after_ten_seconds() -> None:
    root = Files(a=CONTENT)
    with stage(root) as running:
        for _ in range(100):
            running.phone().ask("a")
        assert (running.service.requests, running.service.transfers) == (100, 2)
        running.reactor.after(11)
        assert running.service.requests == 0
        assert len(root.names) == 2
        running.all_heard()
        assert running.phone().fetch("a") == CONTENT


def test_a_held_phone_that_asks_anew_is_held_once() -> None:
    root = Files(a=CONTENT, b=CONTENT)
    with stage(root) as running:
        phones = [running.phone() for _ in range(3)]
        for phone in phones:
            phone.ask("a")
        for _ in range(10):
            phones[2].ask("b")
            phones[2].ask("a")
        assert running.service.requests == 3
        phones[0].ack(1)
        assert phones[2].heard() == [Data(1, CONTENT[:512])]
        assert root.names == ["a"] * 3


def test_an_address_has_so_many_requests_at_a_time() -> None:
    with stage(Files(a=CONTENT), transfers_per_address=4) as running:
        phones = [running.phone() for _ in range(5)]
        for phone in phones[:4]:
            phone.ask("a")
        assert phones[4].ask("a") == [error(0, "too many transfers")]
        phones[0].ack(1)
        assert phones[4].ask("a") == [error(0, "too many transfers")]
        other = running.phone("127.0.0.9")
        assert other.ask("a") == [Data(1, CONTENT[:512])]
        phones[0].send(error(0, "enough").encode())
        assert phones[4].ask("a") == [Data(1, CONTENT[:512])]

        running.service.transfers_per_address = 5
        assert running.phone().ask("a") == [Data(1, CONTENT[:512])]
        assert running.phone().ask("a") == [error(0, "too many transfers")]


def test_descriptors_are_limited_and_come_back() -> None:
    with stage(Files(a=CONTENT), descriptors=4) as running:
        phones = [running.phone(f"127.0.0.{number}") for number in range(1, 5)]
        for phone in phones[:3]:
            assert phone.ask("a") == [Data(1, CONTENT[:512])]
        assert phones[3].ask("a") == [error(0, "too many transfers")]
        assert phones[0].ack(1) == [Data(2, CONTENT[512:1024])]
        running.reactor.after(10.1)
        for phone in phones:
            phone.heard()
        assert running.service.transfers == 1
        assert phones[3].fetch("a") == CONTENT


def test_strangers_leave_descriptors_to_phones_that_were_heard_of() -> None:
    with stage(Files(a=CONTENT, b=b""), descriptors=4) as running:
        known = running.phone("127.0.0.9")
        assert known.fetch("b") == b""
        for number in range(1, 4):
            assert running.phone(f"127.0.0.{number}").ask("a") == [Data(1, CONTENT[:512])]
        assert running.phone("127.0.0.4").ask("a") == [error(0, "too many transfers")]
        assert known.ask("a") == [Data(1, CONTENT[:512])]
        assert running.phone("127.0.0.9").ask("a") == [error(0, "too many transfers")]


def test_an_open_file_counts_as_a_descriptor(tmp_path) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    root = Silent()
    with stage(root, descriptors=1) as running:
        phone = running.phone()
        phone.ask("a")
        fobj = (tmp_path / "a").open("rb")
        root.asked[0][1].accept(fobj)
        assert phone.heard() == [error(0, "too many transfers")]
        assert fobj.closed


def test_refusals_are_rationed() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        refused = [
            packet for _ in range(1000) for packet in phone.send(b"\x00\x02a\x00octet\x00", phone.server)
        ]
        assert len(refused) == 27
        running.reactor.after(1)
        assert running.phone().fetch("a") == CONTENT
        refused = [
            packet for _ in range(1000) for packet in phone.send(b"\x00\x02a\x00octet\x00", phone.server)
        ]
        assert len(refused) == 250


def test_without_descriptors_the_phone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*arguments: object) -> None:
        raise OSError(24, "Too many open files")

    root = Files(a=CONTENT)
    with stage(root) as running:
        phone = running.phone()
        with monkeypatch.context() as patched:
            patched.setattr("provd.tftp.exchange.transfer_socket", none_left)
            assert phone.ask("a") == [error(0, "too many transfers")]
        assert root.opened[0].closed
        assert phone.fetch("a") == CONTENT


class Nobody:
    """
    A root service that has no file, and only counts.
    """

    asked = 0

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        self.asked += 1
        response.reject(b"\x00\x01", "File not found")


class Nowhere:
    """
    A listener that counts what is sent to each address.
    """

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()

    def send(self, datagram: bytes, caller: Caller) -> None:
        self.sent[caller.address] += len(datagram)


def forge(running: Stage, listener: Nowhere, name: bytes, count: int, per_second: int = 0) -> None:
    """
    Let a request come from each of many addresses, all at once or so many a second.
    """
    server = running.service._server
    datagram = Request(OP_RRQ, name, b"octet").encode()
    for number in range(count):
        address = f"127.{100 + number // 65536}.{number // 256 % 256}.{number % 256}"
        server.received(datagram, Caller((address, 9), "127.0.0.1"), cast(Listener, listener))
        if per_second and number % (per_second // 20) == 0:
            running.reactor.advance(0.05)


@pytest.mark.parametrize("count", [5000, ADDRESSES])
@pytest.mark.parametrize("per_second", [0, 5000])
def test_a_request_from_each_of_many_addresses_silences_nobody(count: int, per_second: int) -> None:
    listener = Nowhere()
    with stage(Files(a=CONTENT)) as running:
        known, midway = running.phone("127.0.0.2"), running.phone("127.0.0.3")
        assert known.fetch("a") == CONTENT
        midway.ask("a")
        midway.ack(1)
        forge(running, listener, b"001565aabb01.cfg", count, per_second)
        assert len(listener.sent) == count
        assert running.phone("127.0.0.4").fetch("a") == CONTENT
        assert known.fetch("a") == CONTENT
        midway.heard()
        assert midway.ack(2) == [Data(3, CONTENT[1024:1536])]
        assert len(running.service._server._sources) <= 2 * MAX_SOURCES
        running.reactor.after(90)
        assert len(running.service._server._sources) == 0


@pytest.mark.parametrize("count", [5000, ADDRESSES])
def test_transfers_to_many_silent_addresses_leave_the_rest_to_others(count: int) -> None:
    listener = Nowhere()
    with stage(Files(a=CONTENT), descriptors=40) as running:
        known = running.phone("127.0.0.2")
        assert known.fetch("a") == CONTENT
        forge(running, listener, b"a", count)
        assert sum(listener.sent.values()) <= ALL_REFUSAL_BYTES
        assert known.fetch("a") == CONTENT
        running.reactor.after(10.1)
        assert running.phone("127.0.0.4").fetch("a") == CONTENT


def test_many_addresses_take_bounded_memory() -> None:
    listener = Nowhere()
    with stage(Files(a=CONTENT)) as running:
        forge(running, listener, b"no", 2 * MAX_SOURCES)
        root = running.service._server.root = Nobody()
        gc.collect()
        tracemalloc.start()
        try:
            forge(running, Nowhere(), b"no", ADDRESSES)
            gc.collect()
            taken = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert root.asked == ADDRESSES
        assert taken < 2000 * MAX_SOURCES


def junk(count: int, seed: int) -> list[bytes]:
    chance = random.Random(seed)
    starts = [b"", b"\x00\x01", b"\x00\x02", b"\x00\x03", b"\x00\x04", b"\x00\x05", b"\x00\x06"]
    return [chance.choice(starts) + chance.randbytes(chance.randrange(0, 60)) for _ in range(count)]


def bombard(running: Stage, phones: list[Phone], datagrams: list[bytes]) -> None:
    for start in range(0, len(datagrams), 100):
        for number, datagram in enumerate(datagrams[start : start + 100]):
            phones[number % len(phones)].socket.sendto(datagram, phones[0].server)
        running.reactor.pump()
        running.reactor.advance(0.05)
        running.all_heard()


def test_a_hundred_thousand_random_datagrams_leave_nothing_behind() -> None:
    lines = 0

    def count(event: object) -> None:
        nonlocal lines
        lines += 1

    with stage(Files(a=CONTENT)) as running:
        phones = [running.phone(f"127.0.1.{number}") for number in range(1, 50)]
        bombard(running, phones, junk(2000, 1))
        running.reactor.after(70)
        descriptors = len(os.listdir("/proc/self/fd"))
        globalLogPublisher.addObserver(count)
        datagrams = junk(100_000, 2)
        gc.collect()
        tracemalloc.start()
        try:
            bombard(running, phones, datagrams)
            running.reactor.after(70)
            gc.collect()
            left = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
            globalLogPublisher.removeObserver(count)
        assert left < 100_000
        assert len(os.listdir("/proc/self/fd")) == descriptors
        assert lines == 0
        assert running.service.requests == 0
        assert running.phone().fetch("a") == CONTENT
