from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.web.resource import Resource

from provd.http.hooks import BaseHTTPHookService, HTTPAsyncHookService, HTTPHookService, HTTPLogService
from provd.servers.http import HTTPNoListingFileService
from tests.http.stage import OWN, Stage
from tests.http.wire import PHONE


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def files(stage: Stage) -> HTTPNoListingFileService:
    (stage.acme.served / "sub").mkdir()
    (stage.acme.served / "sub" / "a.bin").write_bytes(b"found")
    return HTTPNoListingFileService(str(stage.acme.served))


class Seen(HTTPHookService):
    def __init__(self, service: Any) -> None:
        super().__init__(service)
        self.seen: list[tuple[Any, list[Any], list[Any]]] = []

    def _pre_handle(self, path: Any, request: Any) -> None:
        self.seen.append((path, list(request.prepath), list(request.postpath)))


class Leaf(Resource):
    isLeaf = True

    def render(self, request: Any) -> bytes:
        return b"/".join(request.postpath)


def test_a_bare_hook_passes_everything_on(stage: Stage, files: Any) -> None:
    stage.acme.http_service = BaseHTTPHookService(BaseHTTPHookService(files))
    assert stage.get("/sub/a.bin").body == b"found"
    assert stage.get("/sub/b.bin").status == 404
    assert stage.get("/sub/").status == 403


def test_a_hook_sees_each_request_before_it_is_looked_up(stage: Stage, files: Any) -> None:
    stage.acme.http_service = outer = Seen(inner := Seen(files))
    assert stage.get("/sub/a.bin").body == b"found"
    assert outer.seen == inner.seen == [(b"sub", [], [b"sub", b"a.bin"])]


def test_a_leaf_behind_a_hook_has_the_whole_path(stage: Stage) -> None:
    stage.acme.http_service = Seen(Leaf())
    assert stage.get("/a/b").body == b"a/b"


def test_a_hook_below_another_resource_sees_its_part_of_the_path(stage: Stage, files: Any) -> None:
    stage.acme.http_service = root = Resource()
    root.putChild(b"here", hook := Seen(files))
    assert stage.get("/here/sub/a.bin").body == b"found"
    assert stage.get("/here").status == 403
    assert [path for path, _, _ in hook.seen] == [b"sub", b""]


def test_a_service_behind_a_hook_may_rewrite_the_path(stage: Stage, files: Any) -> None:
    class Rewriting(HTTPNoListingFileService):
        def path_preprocess(self, request: Any) -> None:
            request.postpath = ["sub", "a.bin"]

    stage.acme.http_service = hook = Seen(Rewriting(str(stage.acme.served)))
    assert stage.get("/whatever").body == b"found"
    assert hook.seen[0][0] == "sub"


@pytest.mark.parametrize("result", [None, "value", succeed(None)])
def test_an_async_hook_need_not_wait(result: Any, stage: Stage, files: Any) -> None:
    class Hook(HTTPAsyncHookService):
        def _pre_handle(self, path: Any, request: Any) -> Any:
            return result

    stage.acme.http_service = Hook(files)
    assert stage.get("/sub/a.bin").body == b"found"


class Waits(HTTPAsyncHookService):
    def __init__(self, service: Any) -> None:
        super().__init__(service)
        self.held: Deferred[None] = Deferred()

    def _pre_handle(self, path: Any, request: Any) -> Deferred[None]:
        return self.held


def test_an_async_hook_is_waited_for(stage: Stage, files: Any) -> None:
    stage.acme.http_service = hook = Waits(Seen(files))
    connection = stage.connect()
    stage.ask(connection, "/sub/a.bin")
    assert connection.received == b""
    hook.held.callback(None)
    assert connection.answer().body == b"found"


def test_an_async_hook_that_fails_gives_a_short_page(stage: Stage, files: Any, logged: Any) -> None:
    stage.acme.http_service = hook = Waits(files)
    connection = stage.connect()
    stage.ask(connection, "/sub/a.bin")
    hook.held.errback(ValueError("secret"))
    answer = connection.answer()
    assert (answer.status, answer.body) == (500, b"Internal Server Error\n")
    assert not logged.failures()
    (line,) = logged.warnings()
    assert line.startswith("the HTTP service of acme failed: ValueError at ")


def test_a_phone_that_hangs_up_meanwhile(stage: Stage, files: Any, logged: Any) -> None:
    stage.acme.http_service = hook = Waits(files)
    connection = stage.connect()
    stage.ask(connection, "/sub/a.bin")
    connection.hang_up()
    hook.held.callback(None)
    assert connection.received == b""
    assert not logged.failures()


def test_a_log_has_one_line_a_request(stage: Stage, files: Any, caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    stage.acme.http_service = HTTPLogService(
        lines.append, HTTPLogService(logging.getLogger("plugin.x"), files)
    )
    with caplog.at_level(logging.INFO):
        stage.get(f"/{OWN}%0aforged?secret=1")
    assert lines == [f"HTTP request from {PHONE}: b'GET' b'/{OWN}%0aforged'"]
    assert [record.getMessage() for record in caplog.records if record.name == "plugin.x"] == lines
