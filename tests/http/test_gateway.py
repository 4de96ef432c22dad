from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from provd.app.local_addresses import first_global_address
from tests.http.stage import MAC, OWN, Stage
from tests.http.wire import HERE, PHONE, request
from tests.support import missing


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


class Shows(Resource):
    """
    Keeps the requests that it renders, with where the look-up of the path had come.
    """

    def __init__(self, is_leaf: bool = True) -> None:
        super().__init__()
        self.isLeaf = is_leaf
        self.seen: list[Any] = []
        self.ways: list[tuple[list[Any], list[Any]]] = []

    def render(self, request: Any) -> bytes:
        self.seen.append(request)
        self.ways.append((list(request.prepath), list(request.postpath)))
        return b"shown"


# Which plugin answers.


def test_a_phone_gets_its_file_from_its_plugin(stage: Stage) -> None:
    answer = stage.get(f"/{OWN}")
    assert (answer.status, answer.body.decode()) == (200, f"http://{HERE}:8667")
    assert answer.headers["server"] == "accent-provd"
    assert answer.headers["content-type"] == "text/plain"
    assert not any(name.lower().startswith("access-control") for name in answer.headers)
    device = stage.device()
    assert stage.security_log() == [
        f"New device created automatically from {PHONE}: {device['id']}",
        f"Sensitive file requested from {PHONE}: {OWN}",
    ]
    trace = stage.trace()
    assert (trace["status"], trace["bytes"], trace["plugin"]) == (200, len(answer.body), "acme")
    assert (trace["client"], trace["request"], trace["device_id"]) == (PHONE, f"/{OWN}", device["id"])


def test_who_tells_nothing_gets_404_and_a_security_line(stage: Stage) -> None:
    answer = stage.get("/wp-login.php?x=y", User_Agent="Mozilla/5.0")
    assert (answer.status, answer.body) == (404, b"Not Found\n")
    assert stage.devices() == []
    stage.get("/wp-login.php", User_Agent="Mozilla/5.0")
    assert stage.security_log() == [
        f"Probe from {PHONE}: wp-login.php",
        f"Unidentified request from {PHONE}: wp-login.php",
        f"Unidentified request from {PHONE}: wp-login.php",
    ]


def test_a_file_name_cannot_forge_a_line_of_the_security_log(stage: Stage) -> None:
    stage.get("/a%0aSensitive%20file%20requested%20from%20192.0.2.99:%20x", User_Agent="Mozilla/5.0")
    assert [line.split()[0] for line in stage.security_log()] == ["Probe", "Unidentified"]


def test_a_candidate_is_answered_by_the_plugin_that_its_vendor_suggests(stage: Stage) -> None:
    (stage.acme.served / "common.bin").write_bytes(b"common")
    assert stage.get("/common.bin", User_Agent="Acme X1").body == b"common"
    assert stage.devices() == []
    assert stage.security_log() == []


def test_without_a_service_there_is_nothing(stage: Stage) -> None:
    stage.acme.http_service = None
    assert stage.get(f"/{OWN}").status == 404


def test_a_plugin_that_cannot_judge_a_name_has_it_taken_for_sensitive(
    stage: Stage, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.acme, "is_sensitive_filename", lambda name: 1 / 0)
    assert stage.get(f"/{OWN}").status == 200
    assert stage.security_log()[-1] == f"Sensitive file requested from {PHONE}: {OWN}"
    (line,) = logged.warnings()
    assert line.startswith("the is_sensitive_filename of acme failed: ZeroDivisionError at ")


def test_a_plugin_without_that_method_has_no_sensitive_files(stage: Stage) -> None:
    class Bare:
        id = "acme"
        http_service = stage.acme.http_service

    stage.get(f"/{OWN}")
    stage.parts.manager.remove("acme")
    stage.parts.manager.add(Bare())
    assert stage.get(f"/{OWN}", User_Agent="x").status == 200


# What a plugin's resource is handed.


def test_what_a_resource_sees_of_a_request(stage: Stage) -> None:
    stage.acme.http_service = shows = Shows()
    assert stage.get("/a/b%20c?mac=1&x=", phone="::ffff:192.0.2.9").body == b"shown"
    (seen,) = shows.seen
    assert (seen.path, seen.uri, seen.method) == (b"/a/b%20c", b"/a/b%20c?mac=1&x=", b"GET")
    assert seen.args == {b"mac": [b"1"], b"x": [b""]}
    assert seen.prov_dev == stage.device()
    assert seen.prov_dev["mac"] == MAC
    assert (seen.tenant_uuid, seen.num_http_proxies) == (None, 0)
    assert (seen.getClientIP(), seen.client_address) == ("192.0.2.9", "192.0.2.9")


def test_a_leaf_has_the_whole_path_before_it(stage: Stage) -> None:
    stage.acme.http_service = shows = Shows()
    stage.get("/a/b%20c/")
    assert shows.ways == [([], [b"a", b"b c", b""])]


def test_a_resource_with_children_is_walked_through(stage: Stage) -> None:
    stage.acme.http_service = root = Shows(is_leaf=False)
    folder, leaf = Shows(is_leaf=False), Shows()
    root.putChild(b"folder", folder)
    folder.putChild(b"leaf", leaf)
    assert stage.get("/folder/leaf/rest").body == b"shown"
    assert leaf.ways == [([b"folder", b"leaf"], [b"rest"])]
    assert stage.get("/folder/nothing").status == 404


def test_a_candidate_has_no_device(stage: Stage) -> None:
    stage.acme.http_service = shows = Shows()
    stage.get("/a", User_Agent="Acme X1")
    assert shows.seen[0].prov_dev is None


def test_form_fields_are_among_the_arguments(stage: Stage) -> None:
    stage.acme.http_service = shows = Shows()
    connection = stage.connect()
    form = b"serial=42"
    kind = "application/x-www-form-urlencoded"
    connection.send(
        request("/a?x=y", "POST", User_Agent="Acme X1", Content_Type=kind, Content_Length=str(len(form)))
        + form
    )
    assert shows.seen[0].args == {b"x": [b"y"], b"serial": [b"42"]}


@pytest.mark.parametrize("kind", ["text", "bytes"])
def test_a_service_may_rewrite_the_path(kind: str, stage: Stage) -> None:
    (stage.acme.served / "sub").mkdir()
    (stage.acme.served / "sub" / "a b.bin").write_bytes(b"found")
    seen = []

    class Rewriting(type(stage.acme.http_service)):  # type: ignore[misc]
        def path_preprocess(self, request: Any) -> None:
            seen.append((request.path, list(request.prepath), list(request.postpath)))
            request.path = request.path.replace(b"//", b"/")
            segments = ["sub", "a b.bin"]
            request.postpath = segments if kind == "text" else [segment.encode() for segment in segments]

    stage.acme.http_service = Rewriting(str(stage.acme.served))
    assert stage.get("//sub/a%20b.bin").body == b"found"
    assert seen == [(b"//sub/a%20b.bin", [], [b"", b"sub", b"a b.bin"])]


# A plugin that fails.


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("render", "failed: ValueError at "),
        ("preprocess", "failed: ValueError at "),
        ("lookup", "failed: ValueError at "),
        ("not bytes", "rendered object where bytes are meant"),
    ],
)
def test_a_plugin_that_fails_gives_a_short_page(where: str, told: str, stage: Stage, logged: Any) -> None:
    class Failing(Shows):
        def path_preprocess(self, request: Any) -> None:
            if where == "preprocess":
                raise ValueError("secret")

        def getChild(self, path: Any, request: Any) -> Any:
            raise ValueError("secret")

        def render(self, request: Any) -> Any:
            if where == "not bytes":
                return object()
            raise ValueError("secret")

    stage.acme.http_service = Failing(is_leaf=where != "lookup")
    connection = stage.connect()
    for _ in range(2):
        stage.ask(connection, f"/{OWN}")
    for answer in connection.answers():
        assert (answer.status, answer.body) == (500, b"Internal Server Error\n")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert not connection.closed
    assert stage.trace()["status"] == 500
    assert not logged.failures()
    (line,) = logged.warnings()
    assert line.startswith(f"the HTTP service of acme {told}")
    assert "secret" not in line


def test_identification_that_fails_gives_a_short_page(
    stage: Stage, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.parts.pipeline, "process", lambda *_: 1 / 0)
    answer = stage.get(f"/{OWN}")
    assert (answer.status, answer.body) == (500, b"Internal Server Error\n")
    assert len(logged.failures()) == 1


def test_an_extractor_that_fails_harms_nobody(stage: Stage) -> None:
    stage.get(f"/{OWN}")
    stage.acme.http_dev_info_extractor.extract = None
    assert stage.get(f"/{OWN}", User_Agent="odd \xff").status == 200  # known by its address


# A plugin that answers later, a phone that doesn't wait.


class Later(Resource):
    isLeaf = True

    def render(self, request: Any) -> int:
        self.request = request
        return NOT_DONE_YET


def test_a_resource_may_answer_later(stage: Stage) -> None:
    stage.acme.http_service = later = Later()
    connection = stage.connect()
    stage.ask(connection, "/a")
    assert connection.received == b""
    later.request.write(b"one")
    later.request.finish()
    assert connection.answer().body == b"one"
    assert stage.trace()["status"] == 200


def test_a_phone_that_hangs_up_before_a_late_answer(stage: Stage, logged: Any) -> None:
    stage.acme.http_service = later = Later()
    connection = stage.connect()
    stage.ask(connection, "/a")
    connection.hang_up()
    later.request.write(b"one")
    later.request.finish()
    assert stage.trace()["status"] is None
    assert not logged.failures()


def test_a_phone_that_hangs_up_while_it_is_configured(stage: Stage, logged: Any) -> None:
    connection = stage.connect()
    connection.send(request(f"/{OWN}", User_Agent=f"Acme X1 {MAC}"))
    assert connection.received == b""  # configured in the next turn of the reactor
    connection.hang_up()
    stage.clock.pump([0] * 10)
    assert stage.device()["configured"]
    assert not logged.failures()
    assert stage.get(f"/{OWN}").status == 200


def test_a_phone_that_hangs_up_while_a_plugin_thinks(stage: Stage, logged: Any) -> None:
    extractor = stage.acme.http_dev_info_extractor
    extractor.held = Deferred()
    connection = stage.connect()
    stage.ask(connection, f"/{OWN}")
    connection.hang_up()
    extractor.held.callback(None)
    stage.clock.pump([0] * 10)
    assert stage.trace()["status"] is None
    assert not logged.failures()


def test_other_phones_are_answered_while_a_plugin_thinks(stage: Stage) -> None:
    extractor = stage.acme.http_dev_info_extractor
    extractor.held = Deferred()
    waiting = stage.connect()
    stage.ask(waiting, f"/{OWN}")
    extractor.held, held = None, extractor.held
    other = "02:00:00:00:00:02"
    answer = stage.get("/020000000002.cfg", phone="192.0.2.8", User_Agent=f"Acme X1 {other}")
    assert answer.status == 200
    held.callback(None)
    stage.clock.pump([0] * 10)
    assert waiting.answer().status == 200


# Proxies.


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        (0, "198.51.100.1", PHONE),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.1, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.1, 198.51.100.1", "203.0.113.1"),
        (3, "203.0.113.1, 198.51.100.1", "203.0.113.1"),
    ],
)
def test_the_address_of_a_phone_behind_proxies(
    trusted: int, forwarded: str, client: str, tmp_path: Path
) -> None:
    stage = Stage(tmp_path, {"http_proxied_trusted_proxies_count": trusted})
    stage.acme.http_service = shows = Shows()
    stage.get("/x.cfg", X_Forwarded_For=forwarded)
    assert stage.device()["ip"] == client
    assert stage.security_log()[-1] == f"Sensitive file requested from {client}: x.cfg"
    assert (shows.seen[0].num_http_proxies, shows.seen[0].getClientIP()) == (trusted, PHONE)
    assert stage.trace()["client"] == client


@pytest.mark.parametrize("headers", [{}, {"X_Forwarded_For": "unknown"}, {"X_Forwarded_For": ""}])
def test_without_a_usable_address_from_the_proxy_a_request_is_refused(
    headers: dict[str, str], tmp_path: Path
) -> None:
    stage = Stage(tmp_path, {"http_proxied_trusted_proxies_count": 1})
    connection = stage.connect()
    stage.ask(connection, f"/{OWN}", **headers)
    assert connection.answer().status == 400
    assert not connection.closed
    assert stage.devices() == []


LARGE = (1 << 20) + 1


@pytest.mark.parametrize(
    ("trusted", "size", "modes", "handed_over"),
    [
        (1, LARGE, (0o711, 0o644), True),
        (0, LARGE, (0o711, 0o644), False),
        (1, LARGE - 1, (0o711, 0o644), False),
        (1, LARGE, (0o711, 0o640), False),
        (1, LARGE, (0o750, 0o644), False),
    ],
)
def test_only_large_files_that_all_may_read_and_only_trusted_proxies_are_told_where_a_file_is(
    trusted: int, size: int, modes: tuple[int, int], handed_over: bool, open_folder: Path
) -> None:
    general = {"http_proxied_trusted_proxies_count": trusted, "x_accel_redirect": "/provd-files"}
    stage = Stage(open_folder, general)
    firmware = stage.acme.served / "firmware"
    firmware.mkdir()
    (firmware / "v 1.rom").write_bytes(bytes(size))
    for path, mode in zip((firmware, firmware / "v 1.rom"), modes, strict=True):
        path.chmod(mode)
    answer = stage.get("/firmware/v%201.rom", X_Forwarded_For="198.51.100.1")
    assert answer.status == 200
    if handed_over:
        assert answer.headers["x-accel-redirect"] == "/provd-files/acme/firmware/v%201.rom"
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.body == b""
    else:
        assert "x-accel-redirect" not in answer.headers
        assert len(answer.body) == size


# The URL that a phone is told.


@pytest.mark.parametrize(
    ("host", "here", "told"),
    [
        ("provd.example.org", HERE, f"http://{HERE}:8667"),
        ("198.51.100.9:8667", HERE, f"http://{HERE}:8667"),
        ("127.0.0.1:8667", HERE, f"http://{HERE}:8667"),
        ("127.0.0.2:8667", "127.0.0.1", "http://127.0.0.2:8667"),
        ("x", "::ffff:192.0.2.1", f"http://{HERE}:8667"),
        ("x", "2001:db8::1", "http://[2001:db8::1]:8667"),
    ],
)
def test_a_phone_is_told_the_address_that_it_reached(host: str, here: str, told: str, stage: Stage) -> None:
    assert stage.get(f"/{OWN}", Host=host, here=here).body.decode() == told


@pytest.mark.parametrize(
    ("scheme", "told"), [("http", "http://{}:9443"), ("https", "https://{}:9443"), (None, "http://{}:9443")]
)
def test_behind_a_proxy_it_is_told_the_address_of_the_proxy_on_this_machine(
    scheme: str | None, told: str, tmp_path: Path
) -> None:
    stage = Stage(tmp_path, {"http_proxied_trusted_proxies_count": 1})
    own = first_global_address()
    if own.startswith("127."):
        missing("an address beside the loopback one")
    headers = {"X_Forwarded_Proto": scheme} if scheme else {}
    answer = stage.get(f"/{OWN}", Host=f"{own}:9443", X_Forwarded_For="198.51.100.1", **headers)
    assert answer.body.decode() == told.format(own)


def test_strangers_cannot_fill_the_memory_with_hosts(stage: Stage) -> None:
    connection = stage.connect()
    for number in range(1500):
        connection.send(request("/x", Host=f"host{number}"))
    assert len(stage.parts.gateway._ways) <= 1000
