"""
Files, options and errors through real sockets; what strangers may cause is in test_strangers.py.
"""

import os

import pytest

from provd.tftp.wire import OP_WRQ, Ack, Data, OptionAck, Request
from tests.tftp.stage import Files, error, stage

CONTENT = os.urandom(3000)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1024, 100_000])
def test_a_file_is_sent_in_blocks_of_512_bytes(size: int) -> None:
    content = os.urandom(size)
    with stage(Files(a=content)) as running:
        assert running.phone().fetch("a") == content


@pytest.mark.parametrize(
    "options", [{}, {"windowsize": 8}, {"windowsize": 65535}, {"tsize": 0, "timeout": 2}]
)
@pytest.mark.parametrize("size", [0, 1427, 1428, 1429, 14280, 200_000])
def test_a_file_is_sent_on_the_terms_negotiated(size: int, options: dict[str, int]) -> None:
    content = os.urandom(size)
    with stage(Files(a=content)) as running:
        assert running.phone().fetch("a", blksize=1428, **options) == content


def test_every_granted_option_is_confirmed_and_others_are_not() -> None:
    with stage(Files(a=CONTENT)) as running:
        assert running.phone().ask("a", BLKSIZE=70000, tsize=0, timeout=300, windowsize=4, x=1) == [
            OptionAck(((b"BLKSIZE", b"65464"), (b"tsize", b"3000"), (b"windowsize", b"1")))
        ]


def test_senseless_options_alone_are_answered_with_the_file() -> None:
    with stage(Files(a=b"x")) as running:
        assert running.phone().ask("a", blksize=b"huge", windowsize=0, tsize=b"", timeout=-1) == [
            Data(1, b"x")
        ]


def test_netascii_translates_line_ends() -> None:
    with stage(Files(a=b"a\nb\r" * 500)) as running:
        assert running.phone().fetch("a", b"NetASCII") == b"a\r\nb\r\x00" * 500


def test_more_than_65535_blocks_are_sent() -> None:
    content = os.urandom(8 * 65536 + 5)
    with stage(Files(a=content)) as running:
        assert running.phone().fetch("a", blksize=8, windowsize=64) == content


def test_each_transfer_has_a_port_of_its_own() -> None:
    with stage(Files(a=CONTENT)) as running:
        first, second = running.phone(), running.phone()
        first.ask("a")
        second.ask("a")
        assert len({first.peer[1], second.peer[1], running.service.port}) == 3


def test_plugins_see_the_request_as_they_always_did() -> None:
    root = Files()
    with stage(root) as running:
        phone = running.phone()
        phone.ask("/a\\B.cfg", b"OCTET", BLKSIZE=1428, grandstream_MODEL=b"GXV-3000", tsize=0)
        assert root.asked[0][0] == {
            "address": ("127.0.0.1", phone.socket.getsockname()[1]),
            "local_address": "127.0.0.1",
            "packet": {
                "opcode": b"\x00\x01",
                "filename": b"/a\\B.cfg",
                "mode": b"octet",
                "options": {b"blksize": 1428, b"grandstream_model": b"GXV-3000", b"tsize": b"0"},
            },
            "prov_dev": None,
        }


def test_a_refusal_is_sent_and_ends_the_request() -> None:
    with stage(Files()) as running:
        assert running.phone().ask("a") == [error(1, "File not found")]
        assert running.service.requests == 0


def test_refused_kinds_of_requests_get_an_error_packet() -> None:
    root = Files(a=CONTENT)
    with stage(root) as running:
        phone = running.phone()
        assert phone.send(Request(OP_WRQ, b"a", b"octet").encode()) == [error(0, "not supported")]
        assert phone.ask("a", b"mail") == [error(0, "mode not supported")]
        assert phone.ask("a", b"") == [error(0, "mode not supported")]
        assert phone.send(b"\x00\x01no mode") == [error(4, "illegal operation")]
        assert phone.send(b"\x00\x09\x00\x00") == [error(4, "illegal operation")]
        assert phone.send(Ack(1).encode()) == [error(4, "illegal operation")]
        assert root.asked == []


def test_error_packets_are_never_answered() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        assert phone.send(error(0, "no").encode()) == []
        phone.ask("a")
        assert phone.send(error(8, "terms refused").encode()) == []
        assert running.service.transfers == 0


def test_a_stranger_on_a_transfers_port_gets_error_5_and_the_transfer_goes_on() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone, stranger = running.phone(), running.phone()
        phone.ask("a")
        for _ in range(30):
            stranger.socket.sendto(Ack(1).encode(), phone.peer)
        running.reactor.pump()
        assert stranger.heard() == [error(5, "unknown transfer ID")] * 20
        assert phone.heard() == []
        assert phone.ack(1) == [Data(2, CONTENT[512:1024])]


def test_junk_on_a_transfers_port_changes_nothing() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        for junk in (
            b"",
            b"\x00",
            b"\x00\x04\x00",
            b"\x00\x03\x00\x01x",
            b"\x09\x09",
            b"\x00\x01a\x00octet\x00",
        ):
            assert phone.send(junk) == []
        assert phone.ack(1) == [Data(2, CONTENT[512:1024])]


@pytest.mark.parametrize("blocks", [[1], [0], [5], [1, 1, 1], [65535]])
def test_repeated_old_and_future_acknowledgements_are_passed_over(blocks: list[int]) -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        assert phone.ack(1) == [Data(2, CONTENT[512:1024])]
        for block in blocks:
            assert phone.ack(block) == []
        assert phone.ack(2) == [Data(3, CONTENT[1024:1536])]


def test_a_lost_block_of_a_window_is_sent_again_with_those_behind_it() -> None:
    with stage(Files(a=CONTENT * 10)) as running:
        phone = running.phone()
        phone.ask("a", windowsize=4)
        assert [packet.block for packet in phone.ack(0)] == [1, 2, 3, 4]  # type: ignore[union-attr]
        assert [packet.block for packet in phone.ack(2)] == [3, 4, 5, 6]  # type: ignore[union-attr]
        assert [packet.block for packet in phone.ack(6)] == [7, 8, 9, 10]  # type: ignore[union-attr]


def test_a_phone_that_acknowledges_every_block_of_a_window_doesnt_multiply_them() -> None:
    with stage(Files(a=CONTENT * 100)) as running:
        phone = running.phone()
        phone.ask("a", windowsize=8)
        running.reactor.after(0.05)
        blocks = [packet.block for packet in phone.ack(0)]  # type: ignore[union-attr]
        sent = len(blocks)
        for block in range(1, 200):
            sent += len(phone.ack(block))
        assert sent < 2 * 208


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
@pytest.mark.parametrize("interface", ["0.0.0.0", "::"])
def test_answers_come_from_the_address_that_was_asked(address: str, interface: str) -> None:
    root = Files(a=CONTENT)
    with stage(root, interface) as running:
        phone = running.phone(server=address)
        phone.ask("none")
        assert phone.peer == (address, running.service.port)
        phone.ask("a")
        assert phone.peer[0] == address
        assert [request["local_address"] for request, _ in root.asked] == [address, address]
        assert {request["address"][0] for request, _ in root.asked} == {"127.0.0.1"}


@pytest.mark.parametrize("interface", ["::", "::1"])
def test_ipv6_phones_are_served(interface: str) -> None:
    root = Files(a=CONTENT)
    with stage(root, interface) as running:
        assert running.phone(server="::1").fetch("a", blksize=1428) == CONTENT
        assert running.phone(server="::1").ask("none") == [error(1, "File not found")]
        assert root.asked[0][0]["address"][0] == root.asked[0][0]["local_address"] == "::1"
