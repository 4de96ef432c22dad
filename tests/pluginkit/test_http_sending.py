from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.utils import formatdate
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from provd.http.site import Site
from provd.servers.http import HTTPNoListingFileService
from tests.http.wire import Connection, request
from tests.pluginkit.served import DATE, MTIME, SMALL, Get, put

# Conditions.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_Modified_Since": DATE}, 304),
        ({"If_Modified_Since": formatdate(MTIME + 1, usegmt=True)}, 304),
        ({"If_Modified_Since": formatdate(MTIME - 1, usegmt=True)}, 200),
        ({"If_Modified_Since": "Tuesday, 14-Nov-23 22:13:20 GMT"}, 304),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_Modified_Since": ""}, 200),
        ({"If_Modified_Since": "\xff"}, 200),
        ({"If_Modified_Since": "Mon, 01 Jan 99999 00:00:00 GMT"}, 200),
        ({"If_None_Match": "TAG"}, 304),
        ({"If_None_Match": '"x", TAG'}, 304),
        ({"If_None_Match": "W/TAG"}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"x"'}, 200),
        ({"If_None_Match": '"x"', "If_Modified_Since": DATE}, 200),
        ({"If_None_Match": "TAG", "Range": "bytes=0-1"}, 304),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditional_requests(
    headers: dict[str, str], status: int, method: str, served: Path, get: Get
) -> None:
    put(served / "a.cfg")
    tag = get("/a.cfg").headers["etag"]
    answer = get("/a.cfg", method, **{name: value.replace("TAG", tag) for name, value in headers.items()})
    assert answer.status == status
    assert (answer.headers["etag"], answer.headers["last-modified"]) == (tag, DATE)
    if status == 304:
        assert answer.body == b""
        assert answer.headers["content-length"] is answer.headers["content-type"] is None


def test_a_file_of_the_same_size_and_second_has_another_tag(served: Path, get: Get) -> None:
    put(served / "a.cfg", b"one")
    tag = get("/a.cfg").headers["etag"]
    put(served / "a.cfg", b"two")
    os.utime(served / "a.cfg", ns=(MTIME * 10**9, MTIME * 10**9 + 1000))
    assert get("/a.cfg").headers["last-modified"] == DATE
    assert get("/a.cfg", If_None_Match=tag).body == b"two"


# Ranges; what a header means is told by test_ranges.py.


@pytest.mark.parametrize("size", [10, SMALL + 10])
def test_a_part_of_a_file(size: int, served: Path, get: Get) -> None:
    content = os.urandom(size)
    put(served / "a.rom", content)
    answer = get("/a.rom", Range="bytes=3-5")
    assert (answer.status, answer.body) == (206, content[3:6])
    assert answer.headers["content-range"] == f"bytes 3-5/{size}"
    assert answer.headers["content-length"] == "3"
    rest = get("/a.rom", Range="bytes=4-")
    assert (rest.status, rest.body) == (206, content[4:])
    assert get("/a.rom", Range=f"bytes=-{size + 1}").body == content


def test_several_parts_of_a_file(served: Path, get: Get) -> None:
    put(served / "a.cfg", b"0123456789")
    answer = get("/a.cfg", Range="bytes=0-1,4-5,-1")
    assert (answer.status, answer.headers["content-length"]) == (206, str(len(answer.body)))
    message: Message = BytesParser().parsebytes(
        b"Content-Type: %b\r\n\r\n" % answer.headers["content-type"].encode() + answer.body
    )
    assert message.get_content_type() == "multipart/byteranges"
    parts = [
        (part["content-type"], part["content-range"], part.get_payload()) for part in message.get_payload()
    ]  # type: ignore[union-attr]
    assert parts == [
        ("text/plain", "bytes 0-1/10", "01"),
        ("text/plain", "bytes 4-5/10", "45"),
        ("text/plain", "bytes 9-9/10", "9"),
    ]


@pytest.mark.parametrize("size", [0, 10])
def test_parts_that_a_file_does_not_have(size: int, served: Path, get: Get) -> None:
    put(served / "a.cfg", bytes(size))
    answer = get("/a.cfg", Range=f"bytes={size}-")
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize("header", ["bytes=5-3", "lines=1-2", "\xff", "bytes=" + ",".join(["0-"] * 1000)])
def test_a_header_that_makes_no_sense_is_ignored(header: str, served: Path, get: Get) -> None:
    put(served / "a.cfg")
    answer = get("/a.cfg", Range=header)
    assert (answer.status, answer.body) == (200, b"hello")
    assert "content-range" not in answer.headers


def test_head_knows_no_parts(served: Path, get: Get) -> None:
    put(served / "a.cfg")
    answer = get("/a.cfg", "HEAD", Range="bytes=0-1")
    assert (answer.status, answer.headers["content-length"]) == (200, "5")


@pytest.mark.parametrize(
    ("condition", "status"),
    [("TAG", 206), (DATE, 206), ('"other"', 200), ("W/TAG", 200), (formatdate(MTIME + 1, usegmt=True), 200)],
)
def test_a_part_only_if_the_file_is_still_the_same(
    condition: str, status: int, served: Path, get: Get
) -> None:
    put(served / "a.cfg")
    tag = get("/a.cfg").headers["etag"]
    assert get("/a.cfg", Range="bytes=0-1", If_Range=condition.replace("TAG", tag)).status == status


# While it is being sent.


@pytest.fixture
def slow(served: Path) -> Iterator[Connection]:
    """
    A phone that takes nothing until the test says so.
    """
    connection = Connection(Site(HTTPNoListingFileService(str(served)), Clock()), reads=False)
    yield connection
    connection.hang_up()


def take_all(connection: Connection) -> None:
    for _ in range(200):
        connection.take()
        if connection.closed:
            return


def test_a_large_file_is_read_at_the_pace_of_the_phone(served: Path, slow: Connection) -> None:
    content = os.urandom(3 * SMALL)
    put(served / "a.rom", content)
    slow.send(request("/a.rom", Host="x"))
    most = 0
    for _ in range(200):
        most = max(most, slow.held)
        slow.take()
    assert most < 300_000
    assert slow.answer().body == content


def test_a_file_that_is_replaced_while_it_is_sent_is_sent_as_it_was(served: Path, slow: Connection) -> None:
    content = os.urandom(3 * SMALL)
    put(served / "a.rom", content)
    slow.send(request("/a.rom", Host="x"))
    os.rename(put(served / "new", b"new"), served / "a.rom")
    take_all(slow)
    assert slow.answer().body == content
    slow.send(request("/a.rom", Host="x"))
    assert slow.answers()[1].body == b"new"


@pytest.mark.parametrize("header", [None, "bytes=1-", "bytes=1-2000000,2000001-3000000"])
def test_a_file_that_is_cut_short_while_it_is_sent_ends_the_connection(
    header: str | None, served: Path, slow: Connection
) -> None:
    put(served / "a.rom", bytes(3 * SMALL))
    slow.send(request("/a.rom", **({} if header is None else {"Range": header})))
    os.truncate(served / "a.rom", 200_000)
    before = len(os.listdir("/proc/self/fd"))
    take_all(slow)
    assert slow.closed
    assert len(slow.received) < 400_000
    assert len(os.listdir("/proc/self/fd")) == before - 1


def test_a_folder_that_vanishes_while_its_file_is_sent(served: Path, slow: Connection) -> None:
    put(served / "a.rom", bytes(3 * SMALL))
    slow.send(request("/a.rom", Host="x"))
    shutil.rmtree(served)
    take_all(slow)
    assert len(slow.answer().body) == 3 * SMALL


def test_a_phone_that_hangs_up_in_the_middle_leaves_nothing_open(served: Path, slow: Connection) -> None:
    put(served / "a.rom", bytes(3 * SMALL))
    before = len(os.listdir("/proc/self/fd"))
    slow.send(request("/a.rom", Host="x"))
    assert len(os.listdir("/proc/self/fd")) == before + 1
    slow.hang_up()
    assert len(os.listdir("/proc/self/fd")) == before
