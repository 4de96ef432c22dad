from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from treq.testing import StubTreq
from twisted.internet.task import Clock
from twisted.web import static

from provd.http.site import Site
from provd.pluginkit.files import temporary_beside
from provd.servers.http import HTTPNoListingFileService
from tests.http.wire import Answer, Connection, fetch, request
from tests.support import result_of

SMALL = 1 << 20
MTIME = 1_700_000_000
DATE = formatdate(MTIME, usegmt=True)
Get = Callable[..., Answer]


@pytest.fixture
def served(tmp_path: Path) -> Path:
    folder = tmp_path / "tftpboot"
    folder.mkdir()
    return folder


@pytest.fixture
def get(served: Path) -> Get:
    service = HTTPNoListingFileService(str(served))

    def get(path: str, method: str = "GET", **headers: str) -> Answer:
        return fetch(service, path, method, **headers)

    return get


def put(path: Path, content: bytes = b"hello") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MTIME, MTIME))
    return path


# Files.


@pytest.mark.parametrize("size", [0, 1, 42_000, SMALL, SMALL + 1, 3 * SMALL])
def test_a_file_is_sent_whole(size: int, served: Path, get: Get) -> None:
    content = os.urandom(size)
    put(served / "a.rom", content)
    answer = get("/a.rom")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, content, str(size))
    assert answer.headers["last-modified"] == DATE
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers
    head = get("/a.rom", "HEAD")
    assert (head.status, head.body) == (200, b"")
    left_out = {"date"}
    assert [h for h in head.headers.items() if h[0].lower() not in left_out] == [
        h for h in answer.headers.items() if h[0].lower() not in left_out
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a.cfg", "/a.cfg"),
        ("sub/deep/a.cfg", "/sub/deep/a.cfg"),
        ("a.cfg", "//a.cfg"),
        ("sub/a.cfg", "/sub//a.cfg"),
        ("sub/a.cfg", "/sub/./a.cfg"),
        ("a b+c.cfg", "/a%20b+c.cfg"),
        ("tëst.cfg", "/t%C3%ABst.cfg"),
        ("..cfg", "/..cfg"),
        (".hidden", "/.hidden"),
        ("a%2fb", "/a%252fb"),
        ("a.cfg", "/%61.cfg?x=y"),
    ],
)
def test_names_that_phones_ask_for(name: str, path: str, served: Path, get: Get) -> None:
    put(served / name)
    assert (get(path).status, get(path).body) == (200, b"hello")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.cfg", "text/plain"),
        ("a.CFG", "text/plain"),
        ("a.boot", "text/plain"),
        ("a.conf", "text/plain"),
        ("a.ini", "text/plain"),
        ("a.txt", "text/plain"),
        ("a.html.cfg", "text/plain"),
        ("a.html", "text/html"),
        ("a.png", "image/png"),
        ("a", "application/octet-stream"),
        ("a.rom", "application/octet-stream"),
        ("a.z0z", "application/octet-stream"),
    ],
)
def test_content_types_fit(name: str, kind: str, served: Path, get: Get) -> None:
    put(served / name)
    assert get(f"/{name}").headers["content-type"] == kind


def test_a_type_that_the_plugin_sets_stays(served: Path) -> None:
    for name in ("a.cfg", "a.z0z", "a.acme"):
        put(served / name)

    class OwnTypes(HTTPNoListingFileService):
        contentTypes = {**HTTPNoListingFileService.contentTypes, ".acme": "text/x-acme"}

    by_default = OwnTypes(str(served), "text/x-default")
    assert fetch(by_default, "/a.z0z").headers["content-type"] == "text/x-default"
    assert fetch(by_default, "/a.acme").headers["content-type"] == "text/x-acme"
    assert fetch(by_default, "/a.cfg").headers["content-type"] == "text/plain"
    by_default.type = "text/html"
    assert fetch(by_default, "/a.cfg").headers["content-type"] == "text/html"


# What isn't a file for phones.


@pytest.mark.parametrize("path", ["/", "//", "/.", "/sub", "/sub/", "/sub/."])
def test_a_folder_is_never_listed(path: str, served: Path, get: Get) -> None:
    put(served / "sub" / "secret.cfg")
    put(served / "index.html")
    answer = get(path)
    assert (answer.status, answer.body) == (403, b"Forbidden\n")


@pytest.mark.parametrize(
    "path",
    [
        "/none.cfg",
        "/none/",
        "/a.cfg/",
        "/a.cfg/b",
        "/sub/none.cfg",
        "/" + "a" * 300,
        "/" + "a/" * 3000,
        "/%ff",
        "/a%0a.cfg",
        "/%ed%a0%80",
    ],
)
def test_what_is_missing_is_not_found(path: str, served: Path, get: Get) -> None:
    put(served / "a.cfg")
    (served / "sub").mkdir()
    answer = get(path)
    assert (answer.status, answer.body) == (404, b"Not Found\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/../tftpboot-old/x.cfg",
        "/%2e%2e/tftpboot-old/x.cfg",
        "/..%2ftftpboot-old%2fx.cfg",
        "/%2e%2e%2ftftpboot-old/x.cfg",
        "/sub/../../tftpboot-old/x.cfg",
        "/./../tftpboot-old/x.cfg",
        "//../tftpboot-old/x.cfg",
        "/..//tftpboot-old/x.cfg",
        "/%2fetc%2fpasswd",
        "//etc/passwd",
        "/..\\tftpboot-old\\x.cfg",
        "/out.cfg",
        "/out/x.cfg",
        "/sub/out/x.cfg",
        "/chain.cfg",
        "/loop",
        "/parent/tftpboot-old/x.cfg",
    ],
)
def test_nothing_leads_out_of_the_folder(path: str, served: Path, get: Get) -> None:
    old = put(served.parent / "tftpboot-old" / "x.cfg")
    put(served / "sub" / "a.cfg")
    (served / "out.cfg").symlink_to(old)
    (served / "out").symlink_to(old.parent)
    (served / "sub" / "out").symlink_to("../../tftpboot-old")
    (served / "chain.cfg").symlink_to("out.cfg")
    (served / "loop").symlink_to("loop")
    (served / "parent").symlink_to("..")
    assert get(path).status == 404


@given(
    segments=st.lists(
        st.sampled_from(
            ["..", ".", "", "sub", "out", "%2e%2e", "%2E.", "..%2f", "%5c..", "tftpboot-old", "x.cfg"]
        ),
        max_size=8,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_combination_of_segments_leads_out(segments: list[str], served: Path, get: Get) -> None:
    old = served.parent / "tftpboot-old" / "x.cfg"
    if not old.exists():
        put(old, b"secret")
        put(served / "sub" / "a.cfg")
        (served / "out").symlink_to(old.parent)
    answer = get("/" + "/".join(segments))
    assert answer.status in (403, 404)
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    "path", ["/link.cfg", "/folder/a.cfg", "/absolute.cfg", "/chain.cfg", "/up/sub/a.cfg"]
)
def test_links_within_the_folder_are_followed(path: str, served: Path, get: Get) -> None:
    put(served / "sub" / "a.cfg")
    (served / "link.cfg").symlink_to("sub/a.cfg")
    (served / "chain.cfg").symlink_to("link.cfg")
    (served / "folder").symlink_to("sub")
    (served / "sub" / "up").symlink_to("..")
    (served / "up").symlink_to("sub/up")
    (served / "absolute.cfg").symlink_to(served / "sub" / "a.cfg")
    assert get(path).body == b"hello"


def test_the_folder_itself_may_be_a_link(served: Path, tmp_path: Path) -> None:
    put(served / "sub" / "a.cfg")
    (tmp_path / "here").symlink_to(served)
    assert fetch(HTTPNoListingFileService(str(tmp_path / "here")), "/sub/a.cfg").body == b"hello"


def test_a_file_that_is_being_written_is_never_served(served: Path, get: Get) -> None:
    temporary = put(Path(temporary_beside(served / "a.cfg")))
    assert get(f"/{temporary.name}").status == 404
    assert get(f"/{temporary.name}".replace("provd", "%70rovd")).status == 404
    assert get(f"//{temporary.name}").status == 404


def test_what_is_not_a_regular_file_is_not_found_and_nobody_waits_for_it(served: Path, get: Get) -> None:
    os.mkfifo(served / "fifo")
    (served / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(served / "socket"))
        assert [get(path).status for path in ("/fifo", "/zero", "/socket")] == [404] * 3


def test_a_file_that_cannot_be_read_is_a_fault_of_the_server(
    served: Path, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(served / "a.cfg")

    def refused(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.open", refused)
    assert get("/a.cfg").status == 500


def test_no_descriptor_stays_open(served: Path, get: Get) -> None:
    put(served / "a.cfg")
    put(served / "large.rom", bytes(SMALL + 1))
    before = len(os.listdir("/proc/self/fd"))
    for path in ("/a.cfg", "/large.rom", "/none", "/"):
        get(path)
        get(path, "HEAD")
        get(path, Range="bytes=1-2")
        get(path, Range="bytes=9999999-")
        get(path, If_None_Match="*")
    assert len(os.listdir("/proc/self/fd")) == before


# Methods.


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW", "__init__"]
)
def test_other_methods_are_refused(method: str, served: Path, get: Get) -> None:
    put(served / "a.cfg")
    answer = get("/a.cfg", method)
    assert (answer.status, answer.body) == (405, b"Method Not Allowed\n")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize("path", ["/", "/none"])
def test_the_answer_to_head_is_that_to_get_without_its_body(path: str, get: Get) -> None:
    full, head = get(path), get(path, "HEAD")
    assert (head.status, head.body) == (full.status, b"")
    assert head.headers["content-length"] == full.headers["content-length"]


def test_a_plugin_may_take_other_methods(served: Path) -> None:
    put(served / "a.cfg")

    class Uploads(HTTPNoListingFileService):
        def render_PUT(self, request: Any) -> bytes:
            return b"taken"

    assert fetch(Uploads(str(served)), "/a.cfg", "PUT").body == b"taken"
    assert set(fetch(Uploads(str(served)), "/a.cfg", "POST").headers["allow"].split(", ")) == {
        "GET",
        "HEAD",
        "PUT",
    }


def test_a_plugin_may_build_on_it(served: Path) -> None:
    put(served / "a.cfg")

    class Picky(HTTPNoListingFileService):
        def __init__(self, path: str, *, forbidden_name: str) -> None:
            super().__init__(path)
            self.forbidden_name = forbidden_name

        def getChild(self, path: Any, request: Any) -> Any:
            if path == self.forbidden_name.encode():
                return self.childNotFound
            return super().getChild(path, request)

    put(served / "sub" / "b.cfg")
    service = Picky(str(served), forbidden_name="b.cfg")
    assert isinstance(service, static.File)
    assert fetch(service, "/a.cfg").status == 200
    assert fetch(service, "/sub/b.cfg").status == 404


def test_resources_put_below_it_answer_before_files(served: Path) -> None:
    service = HTTPNoListingFileService(str(served))
    service.putChild(b"data", static.Data(b"data", "text/plain"))
    put(served / "sub" / "data", b"file")
    assert fetch(service, "/data").body == b"data"
    assert fetch(service, "/sub/data").body == b"file"


def test_it_works_on_a_plain_twisted_site(served: Path) -> None:
    put(served / "a.cfg")
    client: Any = StubTreq(HTTPNoListingFileService(str(served)))
    response = result_of(client.get("http://provd/a.cfg"))
    assert (response.code, result_of(response.content())) == (200, b"hello")


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
def test_a_header_that_makes_no_sense_is_ignored(header: str, served: Path, get: Get, caplog: Any) -> None:
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
