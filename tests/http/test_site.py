from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from provd.http.channel import BODY_SECONDS, HEADER_SECONDS, IDLE_SECONDS
from provd.http.site import MAX_BODY, MAX_FORM, Site
from tests.http.resources import Echo, Later, Returns
from tests.http.wire import PHONE, Connection, request

HOST = "Host: x\r\n"
GET, POST = f"GET /a HTTP/1.1\r\n{HOST}", f"POST /a HTTP/1.1\r\n{HOST}"
CHUNKED = "Transfer-Encoding: chunked\r\n"


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def connection(echo: Echo, clock: Clock) -> Connection:
    return Connection(Site(echo, clock))


# Each of these was seen to confuse a server in front or behind, or to be taken for two requests.
REFUSED = {
    "both framings": f"{POST}Content-Length: 3\r\n{CHUNKED}\r\n5\r\nhello\r\n0\r\n\r\n",
    "request behind both framings": f"{POST}Content-Length: 43\r\n{CHUNKED}\r\n"
    f"0\r\n\r\nGET /SMUGGLED HTTP/1.1\r\n{HOST}\r\n",
    "two lengths": f"{POST}Content-Length: 5\r\nContent-Length: 3\r\n\r\nhello",
    "the same length twice": f"{POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "two transfer encodings": f"{POST}{CHUNKED}{{CHUNKED}}\r\n0\r\n\r\n",
    "negative length": f"{POST}Content-Length: -5\r\n\r\nhello",
    "signed length": f"{POST}Content-Length: +5\r\n\r\nhello",
    "length with an underscore": f"{POST}Content-Length: 1_0\r\n\r\nhellohello",
    "length of 5,000 digits": f"{POST}Content-Length: {'1' * 5000}\r\n\r\n",
    "length of 5,000 digits, and more": f"{POST}Content-Length: {'1' * 5000}\r\nX-A: a\r\n\r\n",
    "length in two lines": f"{POST}Content-Length: 5\r\n 0\r\n\r\nhello",
    "unknown transfer encoding": f"{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "bad chunk size": f"{POST}{CHUNKED}\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "space before the colon": f"{POST}Content-Length : 5\r\n\r\nhello",
    "bare line feed in a header": f"{GET}X-A: a\nX-B: b\r\n\r\n",
    "NUL in a header": f"{GET}X-A: a\0b\r\n\r\n",
    "line that is no header": f"{GET}nothing\r\n\r\n",
    "two hosts": "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "NUL in the path": f"GET /a%00.cfg HTTP/1.1\r\n{HOST}\r\n",
    "raw bytes in the path": f"GET /\xe9 HTTP/1.1\r\n{HOST}\r\n",
    "path without a slash": f"GET a.cfg HTTP/1.1\r\n{HOST}\r\n",
    "asterisk": f"OPTIONS * HTTP/1.1\r\n{HOST}\r\n",
    "tunnel": f"CONNECT www.example.org:443 HTTP/1.1\r\n{HOST}\r\n",
    "version 0.9": "GET /a\r\n\r\n",
    "version 9.9": f"GET /a HTTP/9.9\r\n{HOST}\r\n",
    "version that is a script": f"GET /a HTTP/<script>x\r\n{HOST}\r\n",
    "method that is no token": f"G(T /a HTTP/1.1\r\n{HOST}\r\n",
    "space too many": f"GET  /a HTTP/1.1\r\n{HOST}\r\n",
    "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "line of 20 KB": f"{GET}X-A: {'a' * 20000}\r\n\r\n",
    "path of 20 KB": f"GET /{'a' * 20000} HTTP/1.1\r\n{HOST}\r\n",
    "headers without end": f"{GET}" + "X-A: aaaaaaaa\r\n" * 2000,
    "600 headers": f"{GET}" + "A: a\r\n" * 600 + "\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_ambiguous_or_too_large_is_refused_and_nothing_after_it_is_looked_at(
    name: str, echo: Echo, connection: Connection, logged: Any
) -> None:
    connection.send(REFUSED[name].encode("latin-1"))
    assert connection.received.split(b" ")[1] == b"400"
    assert connection.received.count(b"HTTP/1.1 ") == 1
    assert b"SMUGGLED" not in b"".join(echo.asked)
    assert echo.asked == []
    assert not logged.from_info_up()


TAKEN = {
    "chunks": (
        f"{POST}{CHUNKED}\r\n5\r\nhello\r\n0\r\n\r\n",
        b"POST /a hello",
    ),
    "a request within a chunk": (
        f"{POST}{CHUNKED}\r\n1a\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n0\r\n\r\n",
        b"POST /a GET /b HTTP/1.1\r\nHost: x",
    ),
    "a body of GET": (f"{GET}Content-Length: 5\r\n\r\nhello", b"GET /a hello"),
    "a header in two lines": (f"{GET}X-A: a\r\n b\r\n\r\n", b"GET /a "),
    "no Host": ("GET /a HTTP/1.1\r\n\r\n", b"GET /a "),
    "the absolute form": (f"GET http://192.0.2.1:8667/a?b=c HTTP/1.1\r\n{HOST}\r\n", b"GET /a?b=c "),
    "the absolute form without a path": (f"GET http://x?b HTTP/1.1\r\n{HOST}\r\n", b"GET /?b "),
    "bad escapes": (f"GET /%zz%4 HTTP/1.1\r\n{HOST}\r\n", b"GET /%zz%4 "),
    "bytes in a header": (f"{GET}User-Agent: \xff\xfe\r\n\r\n", b"GET /a "),
    "an empty line before": (f"\r\nGET /a HTTP/1.1\r\n{HOST}\r\n", b"GET /a "),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_badly_written_phones_send_is_taken(name: str, connection: Connection) -> None:
    sent, expected = TAKEN[name]
    connection.send(sent.encode("latin-1"))
    answer = connection.answer()
    assert (answer.status, answer.body.rstrip()) == (200, expected.rstrip())
    assert not connection.closed


def test_requests_may_come_byte_by_byte(connection: Connection) -> None:
    for byte in request("/a", Host="x"):
        connection.send(bytes([byte]))
    assert connection.answer().body == b"GET /a "


def test_a_request_of_version_1_0_ends_the_connection(connection: Connection) -> None:
    connection.send(request("/a", version="1.0"))
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


@pytest.mark.parametrize(
    ("sent", "drip", "seconds"),
    [
        (b"", b"", IDLE_SECONDS),
        (b"GET /a HTTP/1.1\r\nHost: x\r\n", b"", HEADER_SECONDS),
        (b"GET /a HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n", HEADER_SECONDS),
        (b"GET /a HTTP/1.1\r\nHost: x\r\nX-A: ", b"a", HEADER_SECONDS),
        (request("/a", "POST", Content_Length="100") + b"a", b"", BODY_SECONDS),
        (request("/a", "POST", Content_Length="100") + b"a", b"a", BODY_SECONDS),
        (request("/a", "POST", Transfer_Encoding="chunked"), b"1\r\na\r\n", BODY_SECONDS),
        (request("/a"), b"", IDLE_SECONDS),
        (request("/a") + b"GET /b", b"a", HEADER_SECONDS + 1),
        (b"GET /a HTTP/1.1\nHost: x\n\n", b"", HEADER_SECONDS),
    ],
)
def test_slow_clients_are_dropped(
    sent: bytes, drip: bytes, seconds: int, connection: Connection, clock: Clock, logged: Any
) -> None:
    connection.send(sent)
    assert seconds_until_closed(connection, clock, drip) == seconds
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


def test_an_answer_may_take_its_time(clock: Clock) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    connection.send(request("/a"))
    clock.advance(1000)
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
