from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from treq.testing import StubTreq
from twisted.web import static

from provd.pluginkit.files import temporary_beside
from provd.servers.http import HTTPNoListingFileService
from tests.http.wire import fetch
from tests.pluginkit.served import DATE, SMALL, Get, put
from tests.support import result_of

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
