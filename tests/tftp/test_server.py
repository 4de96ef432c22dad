"""
Requests and answers through real sockets; what strangers may cause is in test_strangers.py.
"""

import os
from io import BytesIO

import pytest

from provd.tftp.readservices import TFTPStringService
from provd.tftp.requests import Response, TFTPRequest
from provd.tftp.wire import OP_WRQ, Ack, Data, OptionAck, Request
from tests.tftp.stage import Files, Silent, Told, error, logged_failures, stage

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


def test_an_exception_of_a_plugin_is_answered_and_logged() -> None:
    class Broken:
        def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
            raise KeyError("secret")

    with stage(Broken()) as running, logged_failures() as failures:
        assert running.phone().ask("a") == [error(0, "server error")]
        assert [failure.type for failure in failures] == [KeyError]


def test_strangers_cannot_fill_the_log_with_a_plugins_bug() -> None:
    class Broken:
        def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
            raise KeyError("secret")

    with stage(Broken()) as running, logged_failures() as failures:
        for _ in range(50):
            running.phone().ask("a")
        assert len(failures) == 10


def test_a_second_answer_is_a_value_error() -> None:
    root = Silent()
    with stage(root) as running:
        phone = running.phone()
        phone.ask("a")
        response = root.asked[0][1]
        response.accept(BytesIO(b"x"))
        for again in (
            lambda: response.accept(BytesIO()),
            lambda: response.reject(b"\0\0", ""),
            response.ignore,
        ):
            with pytest.raises(ValueError, match="answered already"):
                again()
        assert phone.heard() == [Data(1, b"x")]


def test_a_service_may_answer_later() -> None:
    root = Silent()
    with stage(root) as running:
        phone = running.phone()
        assert phone.ask("a") == []
        running.reactor.after(20)
        root.asked[0][1].reject(b"\x00\x02", "later")
        assert phone.heard() == [error(2, "later")]


def test_a_request_nobody_answers_is_forgotten() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        running.reactor.after(32)
        assert running.service.requests == 0
        assert told.all == ["ignored", (0, pytest.approx(30, abs=1.1), False)]
        late = BytesIO(b"x")
        root.asked[0][1].accept(late)
        assert late.closed
        assert phone.heard() == []


def test_ignored_requests_get_no_answer() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        root.asked[0][1].ignore()
        assert phone.heard() == []
        assert told.all == ["ignored", (0, 0.0, False)]
        assert running.service.requests == 0


def test_whoever_routes_requests_learns_how_they_end() -> None:
    root = Silent()
    with stage(root) as running:
        phone, told = running.phone(), Told()
        phone.ask("a")
        told.follow(root.asked[0][1])
        root.asked[0][1].accept(fobj := BytesIO(CONTENT))
        assert told.all == ["ok"]
        running.reactor.after(0.5)
        phone.heard()
        for block in range(1, 6):
            phone.ack(block)
        assert told.all == ["ok"]
        assert not fobj.closed
        phone.ack(6)
        assert told.all == ["ok", (3000, pytest.approx(0.5), True)]
        assert fobj.closed

        phone.ask("b")
        told = Told()
        told.follow(root.asked[1][1])
        root.asked[1][1].reject(b"\x00\x02", "no")
        assert told.all == [2, (0, 0.0, False)]

        told = Told()
        told.follow(root.asked[0][1])
        assert told.all == ["ok", (3000, pytest.approx(0.5), True)]


def test_an_exception_of_whoever_is_told_breaks_nothing() -> None:
    root = Silent()
    with stage(root) as running, logged_failures() as failures:
        phone = running.phone()
        phone.ask("a")
        root.asked[0][1].on_first(lambda status: 1 / 0)
        root.asked[0][1].on_end(lambda count, seconds, ok: 1 / 0)
        root.asked[0][1].accept(BytesIO(b"x"))
        assert phone.heard() == [Data(1, b"x")]
        phone.ack(1)
        assert running.service.transfers == 0
        assert [failure.type for failure in failures] == [ZeroDivisionError] * 2


def test_a_file_that_cannot_be_read_ends_its_transfer_with_an_error() -> None:
    class Failing(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 65536:
                raise OSError(5, "input/output error")
            return super().read(size)

    root = Silent()
    with stage(root) as running, logged_failures() as failures:
        phone = running.phone()
        phone.ask("a", blksize=65464)
        root.asked[0][1].accept(fobj := Failing(bytes(200_000)))
        phone.heard()
        phone.ack(0)
        assert phone.ack(1) == [error(0, "the file can't be read")]
        assert fobj.closed
        assert running.service.transfers == 0

        phone.ask("b")
        fobj = Failing(bytes(200_000))
        fobj.seek(70_000)
        root.asked[1][1].accept(fobj)
        assert phone.heard() == [error(0, "the file can't be read")]
        assert fobj.closed
        assert [failure.type for failure in failures] == [OSError, OSError]


def test_a_request_said_again_is_not_a_second_transfer() -> None:
    root = Files(a=CONTENT)
    with stage(root) as running:
        phone = running.phone()
        assert len(phone.ask("a")) == 1
        assert phone.ask("a") == []
        assert (root.names, running.service.transfers) == (["a"], 1)


def test_another_request_from_the_same_port_ends_the_former_one() -> None:
    root = Files(a=CONTENT, b=b"b")
    with stage(root) as running:
        phone = running.phone()
        phone.ask("a")
        assert phone.ask("b") == [Data(1, b"b")]
        assert running.service.transfers == 1
        assert root.opened[0].closed


def test_a_phone_that_restarts_amid_a_transfer_gets_the_file_anew() -> None:
    with stage(Files(a=CONTENT)) as running:
        phone = running.phone()
        phone.ask("a")
        phone.ack(1)
        assert phone.fetch("a") == CONTENT
        assert running.service.transfers == 0


def test_a_text_is_served() -> None:
    with stage(TFTPStringService("tëxt")) as running:
        assert running.phone().fetch("anything") == "tëxt".encode()
