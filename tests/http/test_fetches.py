"""
How far a phone that was asked to fetch its files again is, by what it fetches over HTTP and TFTP.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from provd.app.syncstates import Synchronization
from provd.tftp.readservices import TFTPFileService
from provd.tftp.wire import Data, Packet
from tests.http.stage import OWN, Stage
from tests.http.wire import PHONE
from tests.tftp.stage import stage as tftp_stage

HERE = "127.0.0.1"
LARGE = bytes(range(256)) * 8192  # 2 MiB: sent bit by bit, and too large to be compared
LONG = LARGE[:150_000]  # over TFTP from an open file


class Notified(Stage):
    """
    A phone that has booted once and was just notified.
    """

    def __init__(self, folder: Path, content: bytes = b"content of its file", **general: Any) -> None:
        super().__init__(folder, general)
        self.acme.get_remote_state_trigger_filename = lambda device: OWN  # type: ignore[method-assign]
        self.acme.tftp_service = TFTPFileService(self.acme.served)
        self.get("/common.cfg", phone=HERE, X_Forwarded_For=HERE)
        self.own = self.acme.served / OWN
        self.own.write_bytes(content)
        (self.acme.served / "other.cfg").write_bytes(content)
        self.synchronization: Synchronization = self.parts.sync_states.begun(self.device()["id"])
        self.synchronization.ended(None)

    @property
    def state(self) -> str:
        return str(self.synchronization.shown()["state"])

    def fetch(self, path: str = f"/{OWN}", method: str = "GET", **headers: str) -> Any:
        return self.get(path, method, phone=HERE, X_Forwarded_For=HERE, **headers)


@pytest.fixture
def notified(tmp_path: Path) -> Notified:
    return Notified(tmp_path)


def test_all_of_the_file_that_counts_is_the_whole_story(notified: Notified) -> None:
    assert notified.state == "notified"
    for path, method in (
        ("/other.cfg", "GET"),
        (f"/{OWN}", "HEAD"),
        (f"/{OWN}", "POST"),
        ("/missing", "GET"),
    ):
        notified.fetch(path, method)
        assert notified.state == "notified"
    assert notified.fetch(f"//{OWN}?again=1").body == b"content of its file"
    assert notified.state == "applied"
    notified.own.write_bytes(b"changed since")
    assert notified.state == "fetched"
    notified.fetch()
    assert notified.state == "applied"
    notified.own.unlink()
    assert notified.state == "fetched"
    assert notified.fetch().status == 404
    assert notified.state == "fetched"


def test_a_file_that_is_not_there_is_not_fetched(notified: Notified) -> None:
    notified.own.unlink()
    assert notified.fetch().status == 404
    assert notified.state == "notified"


def test_the_request_of_another_phone_says_nothing(notified: Notified) -> None:
    agent = "Acme X1 02:00:00:00:00:09"
    assert notified.get(f"/{OWN}", phone=PHONE, User_Agent=agent).status == 200
    assert notified.state == "notified"


def test_a_phone_that_has_the_file_already_is_up_to_date(notified: Notified) -> None:
    tag = notified.fetch(method="HEAD").headers["etag"]
    assert notified.state == "notified"
    assert notified.fetch(If_None_Match=tag).status == 304
    assert notified.state == "applied"
    notified.own.write_bytes(b"changed since")
    assert notified.state == "fetched"


@pytest.mark.parametrize(
    ("asked", "status", "state"),
    [
        ("bytes=0-", 206, "applied"),
        ("bytes=0-3", 206, "fetched"),
        ("bytes=3-", 206, "fetched"),
        ("bytes=0-3,4-", 206, "fetched"),
        ("bytes=999-", 416, "notified"),
    ],
)
def test_a_part_of_the_file_is_not_all_of_it(asked: str, status: int, state: str, notified: Notified) -> None:
    assert notified.fetch(Range=asked).status == status
    assert notified.state == state


def test_a_phone_that_hangs_up_has_not_got_the_file(tmp_path: Path) -> None:
    notified = Notified(tmp_path, LARGE)
    connection = notified.connect(HERE)
    connection.take = lambda: None
    connection.protocol.transport.reads = False
    notified.ask(connection, f"/{OWN}")
    assert (0 < connection.held < len(LARGE), notified.state) == (True, "notified")
    connection.hang_up()
    assert notified.state == "fetched"


def test_an_answer_that_was_not_ended_is_not_complete(notified: Notified) -> None:
    class Unended(Resource):
        isLeaf = True

        def render(self, request: Any) -> int:
            request.served_path = str(notified.own)
            request.write(notified.own.read_bytes())
            return NOT_DONE_YET

    notified.acme.http_service = Unended()
    connection = notified.connect(HERE)
    notified.ask(connection, f"/{OWN}")
    connection.hang_up()
    assert notified.state == "fetched"


def test_a_file_that_a_proxy_sends_or_that_is_too_large_is_fetched_and_no_more(open_folder: Path) -> None:
    for name, general in (
        ("a", {}),
        ("b", {"http_proxied_trusted_proxies_count": 1, "x_accel_redirect": "/x"}),
    ):
        (open_folder / name).mkdir()
        notified = Notified(open_folder / name, LARGE, **general)
        assert len(notified.fetch().body) == (0 if general else len(LARGE))
        assert notified.state == "fetched"


def test_what_is_no_file_is_fetched_and_no_more(notified: Notified) -> None:
    class Made(Resource):
        isLeaf = True

        def render(self, request: Any) -> bytes:
            return b"made for you"

    notified.acme.http_service = Made()
    assert notified.fetch().body == b"made for you"
    assert notified.state == "fetched"


# Over TFTP.


def blocks(packets: list[Packet]) -> bytes:
    return b"".join(packet.payload for packet in packets if isinstance(packet, Data))


@pytest.mark.parametrize("content", [b"", b"x" * 511, b"x" * 1024, LONG], ids=len)
@pytest.mark.parametrize("mode", [b"octet", b"netascii"])
def test_the_last_acknowledgement_counts(tmp_path: Path, content: bytes, mode: bytes) -> None:
    notified = Notified(tmp_path, content)
    with tftp_stage(notified.parts.tftp_root) as server:
        phone = server.phone()
        heard = phone.ask(OWN, mode)
        number, received = 1, blocks(heard)
        assert notified.state == "fetched"
        while len(blocks(heard)) == 512:
            heard = phone.ack(number)
            number += 1
            received += blocks(heard)
            assert notified.state == "fetched"
        phone.ack(number)
        assert notified.state == "applied"
    assert mode != b"octet" or received == content


def test_a_transfer_that_breaks_has_not_got_there(tmp_path: Path) -> None:
    notified = Notified(tmp_path, b"x" * 1024)
    with tftp_stage(notified.parts.tftp_root) as server:
        phone = server.phone()
        phone.ask(OWN)
        phone.ack(1)
        phone.send(b"\x00\x05\x00\x00gave up\x00")
        assert notified.state == "fetched"


def test_a_refusal_is_no_file(tmp_path: Path) -> None:
    notified = Notified(tmp_path)
    notified.own.unlink()
    notified.parts.tftp_root.hide_sensitive = True
    with tftp_stage(notified.parts.tftp_root) as server:
        server.phone().ask("other.cfg")
        server.phone().ask(OWN)
        notified.own.write_bytes(b"sensitive")
        server.phone().ask(OWN)
        assert notified.state == "notified"
        assert "remote_state_sip_username" not in notified.device()
        notified.parts.tftp_root.hide_sensitive = False
        server.phone().ask(OWN)
        assert notified.state == "fetched"
        assert notified.device()["remote_state_sip_username"].startswith("ap")
