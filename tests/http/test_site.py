from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from provd.http.channel import BODY_SECONDS, HEADER_SECONDS, IDLE_SECONDS
from provd.http.site import MAX_BODY, MAX_FORM, Site
from tests.http.probes import CHUNKED, Probes
from tests.http.resources import Echo, Later, Returns
from tests.http.wire import PHONE, Connection, request

PROBES = Probes("/a")


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def connection(echo: Echo, clock: Clock) -> Connection:
    return Connection(Site(echo, clock))


@pytest.mark.parametrize(
    ("name", "sent"), [*PROBES.refused().items(), ("NUL", "GET /a%00.cfg HTTP/1.1\r\nHost: x\r\n\r\n")]
)
def test_what_is_ambiguous_or_too_large_is_refused_and_nothing_after_it_is_looked_at(
    name: str, sent: str, echo: Echo, connection: Connection, logged: Any
) -> None:
    connection.send(sent.encode("latin-1"))
    assert connection.received.split(b" ")[1] == b"400"
    assert connection.received.count(b"HTTP/1.1 ") == 1
    assert echo.asked == []
    assert not logged.from_info_up()


TAKEN = {
    "chunks": b"POST /a hello",
    "a request within a chunk": b"POST /a GET /SMUGGLED HTTP/1.1\r\nHost: x",
    "a body of GET": b"GET /a hello",
    "the absolute form": b"GET /a?b=c",
    "the absolute form without a path": b"GET /?b",
    "two slashes": b"GET //a",
    "bad escapes": b"GET /%zz%4",
    "escapes that are no UTF-8": b"GET /%ff%fe",
    "an escaped slash": b"GET /a%2Fb",
    "escaped dots": b"GET /%2e%2e%2f%2e%2e%2fetc",
    "a plus": b"GET /a+b",
    **{method: method.encode() + b" /a" for method in ("DELETE", "TRACE", "BREW", "__init__", "options")},
}


@pytest.mark.parametrize(("name", "sent"), PROBES.taken().items())
def test_what_badly_written_phones_send_is_taken(name: str, sent: str, connection: Connection) -> None:
    connection.send(sent.encode("latin-1"))
    answer = connection.answer()
    assert (answer.status, answer.body.rstrip()) == (200, TAKEN.get(name, b"GET /a"))
    assert not connection.closed


def test_requests_may_come_byte_by_byte(connection: Connection) -> None:
    for byte in request("/a", Host="x"):
        connection.send(bytes([byte]))
    assert connection.answer().body == b"GET /a "


@pytest.mark.parametrize("sent", PROBES.ending().values(), ids=PROBES.ending())
def test_a_request_may_be_the_last_of_its_connection(sent: str, connection: Connection) -> None:
    connection.send(sent.encode("latin-1"))
    assert connection.answer().body == b"GET /a "
    assert connection.closed


def test_pipelined_requests_are_answered_in_their_order(clock: Clock) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    connection.send(request("/one", Host="x") + request("/two", Host="x"))
    assert [waiting.path for waiting in later.waiting] == [b"/one"]
    later.answer(b"1")
    assert [waiting.path for waiting in later.waiting] == [b"/two"]
    later.answer(b"2")
    assert [answer.body for answer in connection.answers()] == [b"1", b"2"]


# Limits.


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_above_the_limit_is_refused(framing: str, echo: Echo, clock: Clock) -> None:
    connection = Connection(Site(echo, clock, max_body=10))
    if framing == "length":
        connection.send(request("/a", "POST", Content_Length="11", Expect="100-continue") + b"x" * 11)
    else:
        connection.send(
            request("/a", "POST", Transfer_Encoding="chunked") + b"6\r\n123456\r\n5\r\n12345\r\n0\r\n\r\n"
        )
    assert connection.received.startswith(b"HTTP/1.1 413 ")
    assert connection.received.count(b"HTTP/1.1") == 1
    assert connection.closed
    assert echo.asked == []


def test_a_body_up_to_the_limit_is_taken(echo: Echo, clock: Clock) -> None:
    connection = Connection(Site(echo, clock))
    connection.send(request("/a", "POST", Content_Length=str(MAX_BODY)) + b"x" * MAX_BODY)
    assert connection.answer().body == b"POST /a " + b"x" * MAX_BODY


def test_an_expectation_is_met_before_the_body(connection: Connection) -> None:
    connection.send(request("/a", "POST", Content_Length="2", Expect="100-continue"))
    assert connection.received == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.send(b"ok")
    assert connection.received.endswith(b"POST /a ok")


@pytest.mark.parametrize(("size", "parsed"), [(100, True), (MAX_FORM + 1, False)])
def test_only_forms_of_a_sensible_size_are_parsed(size: int, parsed: bool, echo: Echo, clock: Clock) -> None:
    connection = Connection(Site(echo, clock))
    body = b"mac=1&x=".ljust(size, b"y")
    kind = "application/x-www-form-urlencoded"
    connection.send(request("/a?b=c", "POST", Content_Type=kind, Content_Length=str(size)) + body)
    assert connection.answer().status == 200
    assert (b"mac" in echo.args[0], echo.args[0][b"b"]) == (parsed, [b"c"])


def test_a_request_that_breaks_the_parser_is_logged_within_limits(
    connection: Connection, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twisted.web.http._parseRequestLine", None)
    connection.send(request("/a"))
    assert connection.aborted
    assert [event["stranger"] for event in logged.failures()] == [PHONE]


def test_connections_above_the_limit_are_closed_at_once(echo: Echo, clock: Clock) -> None:
    site = Site(echo, clock, most_connections=2)
    first, _second = Connection(site), Connection(site)
    assert site.buildProtocol(None) is None
    first.hang_up()
    assert Connection(site)


def test_a_phone_that_takes_no_answers_has_only_one_made(clock: Clock, echo: Echo) -> None:
    class Large(Echo):
        def render(self, request: Any) -> bytes:
            super().render(request)
            return bytes(500_000)

    root = Large()
    connection = Connection(Site(root, clock), reads=False)
    connection.send(request("/a", Host="x") * 3000)
    assert len(root.asked) == 1
    connection.send(request("/b", Host="x"))
    assert not connection.is_read
    for answered in range(2, 5):
        connection.take()
        assert len(root.asked) == answered
        assert connection.held < 600_000


def test_it_has_them_all_once_it_takes_them(clock: Clock) -> None:
    connection = Connection(Site(Returns(bytes(100_000)), clock), reads=False)
    connection.send(request(Host="x") * 3 + request(Host="x")[:-10])
    for _ in range(4):
        connection.take()
    assert [len(answer.body) for answer in connection.answers()] == [100_000] * 3
    connection.send(request(Host="x")[-10:])
    assert len(connection.answers()) == 4


# Deadlines.


def seconds_until_closed(connection: Connection, clock: Clock, drip: bytes = b"") -> int:
    for second in range(1, 200):
        clock.advance(1)
        if connection.closed:
            return second
        if drip:
            connection.send(drip)
    raise AssertionError("still open")


@pytest.mark.parametrize(("sent", "drip", "seconds"), PROBES.slow().values(), ids=PROBES.slow())
def test_slow_clients_are_dropped(
    sent: str, drip: str, seconds: int, connection: Connection, clock: Clock, logged: Any
) -> None:
    connection.send(sent.encode())
    assert seconds_until_closed(connection, clock, drip.encode()) == seconds
    assert not clock.getDelayedCalls()
    assert not logged.from_info_up()


def test_a_body_has_a_deadline_of_its_own(connection: Connection, clock: Clock) -> None:
    head = request("/a", "POST", Content_Length="3")
    connection.send(head[:10])
    clock.advance(HEADER_SECONDS - 1)
    connection.send(head[10:] + b"a")
    clock.advance(BODY_SECONDS - 1)
    connection.send(b"bc")
    assert connection.answer().body == b"POST /a abc"


@pytest.mark.parametrize("seconds", [1, IDLE_SECONDS - 1, IDLE_SECONDS, 1000])
def test_an_answer_may_take_its_time(seconds: int, clock: Clock) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    connection.send(request("/a"))
    clock.advance(seconds)
    later.answer()
    assert connection.answer().body == b"late"
    assert seconds_until_closed(connection, clock) == IDLE_SECONDS


def test_a_slow_line_may_take_its_time_for_the_answer(clock: Clock) -> None:
    connection = Connection(Site(Returns(bytes(1_000_000)), clock), reads=False)
    connection.send(request("/a"))
    clock.pump([IDLE_SECONDS] * 5)
    assert not connection.closed
    connection.take()
    assert seconds_until_closed(connection, clock) <= IDLE_SECONDS


# Anything.

PIECES = st.one_of(
    st.sampled_from(
        [b"\r\n", b"\r\n\r\n", b"GET / HTTP/1.1\r\n", b"Content-Length: 3\r\n", CHUNKED.encode()]
    ),
    st.sampled_from([b"POST /a?b HTTP/1.1\r\n", b"Host: x\r\n", b"3\r\nabc\r\n", b"0\r\n\r\n", b" ", b":"]),
    st.sampled_from(
        [b"Content-Type: multipart/form-data; boundary=b\r\n", b"Expect: 100-continue\r\n", b"--b"]
    ),
    st.binary(max_size=20),
)


@given(st.lists(PIECES, max_size=12), st.booleans())
def test_any_bytes_are_answered_or_refused_and_leave_nothing_behind(
    pieces: list[bytes], at_once: bool
) -> None:
    clock = Clock()
    site = Site(Echo(), clock)
    connection = Connection(site)
    for piece in [b"".join(pieces)] if at_once else pieces:
        connection.send(piece)
    clock.pump([1] * (IDLE_SECONDS + BODY_SECONDS))
    assert connection.closed
    assert not site.channels
    assert not clock.getDelayedCalls()
    assert not connection.received or connection.received.startswith(b"HTTP/1.")
