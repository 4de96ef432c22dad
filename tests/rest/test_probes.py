"""
What strangers send to web servers, sent to the administrators' site.
"""

from __future__ import annotations

import json
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock

from provd.http.channel import BODY_SECONDS, IDLE_SECONDS
from provd.rest.site import MAX_BODY
from tests.http.probes import BEHIND, Probes
from tests.http.wire import Connection, request
from tests.rest.desk import LEASE, TOKEN, Desk

STATUS, LEASES, CONFIGS = "/0.2/status", "/0.2/dev_mgr/dhcpinfo", "/0.2/cfg_mgr/configs"
JSON = "Content-Type: application/json\r\n"
OF_STATUS, OF_LEASES = Probes(STATUS, TOKEN), Probes(LEASES, TOKEN + JSON, LEASE)
WITH_TOKEN = {"X-Auth-Token": "good"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    return Desk(clock)


@pytest.fixture
def connection(desk: Desk) -> Connection:
    return desk.connect()


@pytest.mark.parametrize("probes", [OF_STATUS, OF_LEASES])
@pytest.mark.parametrize("name", OF_STATUS.refused())
def test_what_is_ambiguous_or_too_large_is_refused_and_nothing_after_it_is_looked_at(
    name: str, probes: Probes, connection: Connection
) -> None:
    connection.send(probes.refused()[name].encode("latin-1"))
    assert connection.received.startswith(b"HTTP/1.1 400 ")
    assert connection.received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "sent",
    [
        OF_STATUS.refused()["two hosts"],
        "GET /0.2/cfg_mgr/configs/a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /0.2/cfg_mgr/configs/\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /0.2/status HTTP/1.1\r\nHost a\r\n\r\n",
        "GET /0.2/" + "a" * 70_000,
    ],
)
def test_a_page_can_read_what_is_refused(sent: str, connection: Connection) -> None:
    connection.send(sent.encode("latin-1"))
    answer = connection.answer()
    assert answer.status == 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.body)["error_id"] == "invalid-request"


ANSWERED = {
    "chunks": 405,
    "a request within a chunk": 405,
    "the absolute form without a path": 404,
    "two slashes": 404,
    "bad escapes": 404,
    "escapes that are no UTF-8": 404,
    "an escaped slash": 404,
    "escaped dots": 404,
    "a plus": 404,
    **dict.fromkeys(("DELETE", "TRACE", "BREW", "__init__", "options"), 405),
}


@pytest.mark.parametrize(("name", "sent"), OF_STATUS.taken().items())
def test_what_is_only_strange_has_its_answer(name: str, sent: str, connection: Connection) -> None:
    connection.send(sent.encode("latin-1"))
    answer = connection.answer()
    assert answer.status == ANSWERED.get(name, 200)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert isinstance(json.loads(answer.body), dict)
    assert not connection.closed


@pytest.mark.parametrize("name", ANSWERED)
def test_without_a_token_there_is_nothing_else_to_be_told(name: str, connection: Connection) -> None:
    connection.send(Probes(STATUS).taken()[name].encode("latin-1"))
    assert connection.answer().status == 401


@pytest.mark.parametrize(("name", "status"), [("chunks", 204), ("a request within a chunk", 400)])
def test_a_body_may_come_in_chunks(name: str, status: int, desk: Desk) -> None:
    connection = desk.connect()
    connection.send(OF_LEASES.taken()[name].encode())
    assert connection.answer().status == status
    assert len(desk.leases) == (status == 204)


@pytest.mark.parametrize("sent", OF_STATUS.ending().values(), ids=OF_STATUS.ending())
def test_a_request_may_be_the_last_of_its_connection(sent: str, connection: Connection) -> None:
    connection.send(sent.encode())
    assert connection.answer().status == 200
    assert connection.closed


@pytest.mark.parametrize(
    ("segment", "config_id"),
    [
        ("%zz%4", "%zz%4"),
        ("a%2Fb", "a/b"),
        ("%2e%2e%2f%2e%2e%2fetc", "../../etc"),
        ("a+b", "a+b"),
        ("a%00b", "a\0b"),
        ("%C3%A9", "é"),
        ("%F0%9F%93%9E", "📞"),
        ("%7Bconfig_id%7D", "{config_id}"),
        ("%25", "%"),
    ],
)
def test_an_id_is_decoded_once(segment: str, config_id: str, desk: Desk) -> None:
    connection = desk.connect()
    connection.send(request(f"{CONFIGS}/{segment}", **WITH_TOKEN))
    answer = connection.answer()
    assert (answer.status, json.loads(answer.body)["details"]) == (404, {"config": config_id})
    assert desk.looked_up == [config_id]


def test_pipelined_requests_are_answered_in_their_order(desk: Desk) -> None:
    connection = desk.connect()
    slow = request("/0.2/pg_mgr/install/installed", **WITH_TOKEN)
    connection.send(slow + slow + request(STATUS, **WITH_TOKEN))
    assert len(desk.waiting) == 1
    desk.waiting[0].callback({"first": {}})
    desk.waiting[1].callback({"second": {}})
    bodies = [json.loads(answer.body) for answer in connection.answers()]
    assert bodies == [{"pkgs": {"first": {}}}, {"pkgs": {"second": {}}}, {"rest_api": "ok"}]


def test_a_body_of_get_is_passed_over_and_what_follows_is_answered(connection: Connection) -> None:
    connection.send((OF_STATUS.taken()["a body of GET"] + BEHIND).encode())
    assert [answer.status for answer in connection.answers()] == [200, 401]


def test_head_and_options_have_no_body(connection: Connection) -> None:
    connection.send(request(STATUS, "HEAD", **WITH_TOKEN))
    answer = connection.answer("HEAD")
    assert (answer.status, answer.headers["Content-Length"]) == (200, str(len('{"rest_api":"ok"}')))
    connection.send(request("/nowhere", "OPTIONS"))
    assert [(answer.status, answer.body) for answer in connection.answers("HEAD")] == [(200, b"")] * 2


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_form_is_a_body_of_the_wrong_kind(kind: str, connection: Connection) -> None:
    headers = {**WITH_TOKEN, "Content-Type": kind, "Content-Length": "5"}
    connection.send(request(LEASES, "POST", **headers) + b"--b\r\n")
    assert connection.answer().status == 415


PATHS = st.sampled_from(
    [STATUS, LEASES, CONFIGS, f"{CONFIGS}/", "/0.2", "/", "/0.2/nowhere", "/0.2/api/api.yml"]
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "X"])
ESCAPED = st.binary(max_size=12).map(quote_from_bytes) | st.sampled_from(
    ["", "/", "..", "%", "%2", "+", "&", ";"]
)
NAMES = ("q", "q64", "fields", "skip", "limit", "sort", "sort_ord", "x", "")
QUERIES = st.dictionaries(st.sampled_from(NAMES), ESCAPED | st.just("{}"), max_size=4).map(
    lambda query: "?" + "&".join(f"{name}={value}" for name, value in query.items())
)
VISIBLE = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20).map(str.strip)
HEADERS = st.fixed_dictionaries(
    {"X-Auth-Token": st.just("good")},
    optional={
        name: VISIBLE
        | st.sampled_from(["*/*", "application/json", "a;q=0", ",;q=nan", "multipart/form-data"])
        for name in ("Accept", "Content-Type", "Accent-Tenant", "Wazo-Tenant", "Cookie", "Host", "Range")
    },
)


@settings(deadline=None)
@given(PATHS, ESCAPED, METHODS, QUERIES, HEADERS, st.binary(max_size=20) | st.just(LEASE.encode()))
def test_any_request_is_answered_and_none_is_a_fault(
    path: str, more: str, method: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    clock = Clock()
    connection = Desk(clock).connect()
    head = request(f"{path}{more}{query}", method, **headers, **{"Content-Length": str(len(body))})
    connection.send(head + body)
    clock.pump([0] * 5)
    answer = connection.answer(method)
    assert answer.status in (200, 204, 400, 404, 405, 406, 409, 415)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if answer.status >= 400 and method != "HEAD":
        assert json.loads(answer.body).keys() == {"message", "error_id", "details", "timestamp"}


# Bodies.


def test_an_expectation_is_met_before_the_body(connection: Connection) -> None:
    headers = {**WITH_TOKEN, "Content-Type": "application/json", "Content-Length": str(len(LEASE))}
    connection.send(request(LEASES, "POST", Expect="100-continue", **headers))
    assert connection.received == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.send(LEASE.encode())
    assert b"\r\n\r\nHTTP/1.1 204 " in connection.received


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_above_the_limit_is_refused_and_taken_in_until_the_answer_is_read(
    framing: str, connection: Connection, clock: Clock
) -> None:
    headers = {**WITH_TOKEN, "Content-Type": "application/json", "Expect": "100-continue"}
    part = bytes(1 << 20)
    if framing == "length":
        length = {"Content-Length": str(MAX_BODY + 1)}
        connection.send(request(LEASES, "POST", **headers, **length) + bytes(MAX_BODY + 1))
    else:
        connection.send(request(LEASES, "POST", **headers, **{"Transfer-Encoding": "chunked"}))
        for _ in range(MAX_BODY >> 20):
            connection.send(b"%x\r\n%s\r\n" % (len(part), part))
        connection.send(b"1\r\nx\r\n")
    answers = connection.received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert answers.startswith(b"HTTP/1.1 413 ")
    head, body = answers.split(b"\r\n\r\n")
    assert b"Access-Control-Allow-Origin: *" in head
    assert b"Connection: close" in head
    assert json.loads(body)["error_id"] == "too-large"
    connection.send(part + BEHIND.encode())
    assert connection.received.count(b"HTTP/1.1 4") == 1
    clock.advance(BODY_SECONDS - 1)
    assert not connection.closed
    clock.advance(1)
    assert connection.aborted


# Deadlines.


@pytest.mark.parametrize(("sent", "drip", "seconds"), OF_LEASES.slow().values(), ids=OF_LEASES.slow())
def test_slow_clients_are_dropped(
    sent: str, drip: str, seconds: int, connection: Connection, clock: Clock
) -> None:
    connection.send(sent.encode())
    for _ in range(seconds):
        assert not connection.closed
        clock.advance(1)
        connection.send(drip.encode())
    assert connection.closed
    assert not clock.getDelayedCalls()


def test_an_answer_may_take_its_time(desk: Desk, clock: Clock) -> None:
    connection = desk.connect()
    connection.send(request("/0.2/pg_mgr/install/installed", **WITH_TOKEN))
    clock.advance(IDLE_SECONDS * 20)
    desk.waiting[0].callback({})
    assert connection.answer().status == 200
