from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.python.compat import nativeString
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from provd.http.channel import BODY_SECONDS, HEADER_SECONDS, IDLE_SECONDS
from provd.http.site import MAX_BODY, MAX_FORM, Request, Site
from tests.http.wire import HERE, PHONE, Connection, fetch, request

HOST = "Host: x\r\n"
GET, POST = f"GET /a HTTP/1.1\r\n{HOST}", f"POST /a HTTP/1.1\r\n{HOST}"
CHUNKED = "Transfer-Encoding: chunked\r\n"


class Echo(Resource):
    """
    Answers with what it was asked, and keeps it.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[bytes] = []
        self.args: list[dict[bytes, list[bytes]]] = []

    def render(self, request: Any) -> bytes:
        self.asked.append(request.path)
        self.args.append(request.args)
        return request.method + b" " + request.uri + b" " + request.content.read()


class Later(Resource):
    """
    Answers when the test does.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Any] = []

    def render(self, request: Any) -> int:
        self.waiting.append(request)
        return NOT_DONE_YET

    def answer(self, body: bytes = b"late") -> None:
        request = self.waiting.pop(0)
        request.setHeader(b"content-length", b"%d" % len(body))
        request.write(body)
        request.finish()


class Returns(Resource):
    """
    Renders one value, or raises it.
    """

    isLeaf = True

    def __init__(self, value: Any, code: int = 200) -> None:
        super().__init__()
        self._value = value
        self._code = code

    def render(self, request: Any) -> Any:
        request.setResponseCode(self._code)
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


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


# Answers.


@pytest.mark.parametrize(("body", "expected"), [(b"bytes", b"bytes"), ("tëxt", "tëxt".encode()), (b"", b"")])
def test_a_resource_may_return_text(body: Any, expected: bytes) -> None:
    answer = fetch(Returns(body))
    assert (answer.status, answer.body, answer.headers["content-length"]) == (
        200,
        expected,
        str(len(expected)),
    )


@pytest.mark.parametrize("value", [None, 7, ["list"], ValueError("secret"), KeyError("secret")])
def test_a_resource_that_fails_gives_a_short_page_and_the_connection_survives(
    value: Any, logged: Any
) -> None:
    connection = Connection(Site(Returns(value), Clock()))
    connection.send(request("/a", Host="x"))
    answer = connection.answer()
    assert (answer.status, answer.body) == (500, b"Internal Server Error\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"secret" not in connection.received
    connection.send(request("/a", Host="x"))
    assert [answer.status for answer in connection.answers()] == [500, 500]
    assert [event["stranger"] for event in logged.failures()] == [PHONE, PHONE]


def test_an_answer_that_fails_half_way_ends_the_connection(clock: Clock, logged: Any) -> None:
    class Half(Resource):
        isLeaf = True

        def render(self, request: Any) -> bytes:
            request.setHeader(b"content-length", b"10")
            request.write(b"half")
            raise ValueError

    connection = Connection(Site(Half(), clock))
    connection.send(request("/a"))
    assert connection.closed
    assert connection.received.endswith(b"half")
    assert len(logged.failures()) == 1


def test_a_refused_method_names_those_that_are_not(logged: Any) -> None:
    class OnlyPost(Resource):
        isLeaf = True
        render_GET = render_HEAD = None

        def render_POST(self, request: Any) -> bytes:
            return b""

    del OnlyPost.render_GET, OnlyPost.render_HEAD
    answer = fetch(OnlyPost(), "/<script>", "DELETE")
    assert (answer.status, answer.body) == (405, b"Method Not Allowed\n")
    assert set(answer.headers["allow"].split(", ")) == {"HEAD", "POST"}
    assert not logged.from_info_up()


def test_the_answer_to_head_has_no_body_and_its_length(logged: Any) -> None:
    class Page(Resource):
        isLeaf = True

        def render_GET(self, request: Any) -> bytes:
            return b"hello"

    answer = fetch(Page(), "/", "HEAD")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "5", b"")
    assert not logged.from_info_up()


@pytest.mark.parametrize("code", [204, 304])
def test_an_answer_without_a_body_has_no_length(code: int) -> None:
    answer = fetch(Returns(b"", code))
    assert (answer.status, answer.headers["content-length"], answer.headers["content-type"]) == (
        code,
        None,
        None,
    )


def test_a_plugin_that_answers_a_phone_that_hung_up_does_no_harm(clock: Clock, logged: Any) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    told: list[Request] = []
    connection.send(request("/a"))
    later.waiting[0].when_done(told.append)
    connection.hang_up()
    assert len(told) == 1
    assert told[0].gone
    later.answer()
    assert len(told) == 1
    assert connection.received == b""
    assert not logged.from_info_up()


def test_who_waits_for_the_end_is_told_once(clock: Clock) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    told: list[Request] = []
    connection.send(request("/a"))
    later.waiting[0].when_done(told.append)
    later.answer()
    connection.hang_up()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("peer", "told"),
    [("192.0.2.9", "192.0.2.9"), ("::ffff:192.0.2.9", "192.0.2.9"), ("fe80::1%eth0", "fe80::1")],
)
def test_plugins_see_the_plain_address_of_the_peer(peer: str, told: str, clock: Clock) -> None:
    class Address(Resource):
        isLeaf = True

        def render(self, request: Any) -> str:
            return str(request.getClientIP())

    connection = Connection(Site(Address(), clock), phone=peer)
    connection.send(request("/"))
    assert connection.answer().body.decode() == told


@pytest.mark.parametrize("name", ["User-Agent", b"User-Agent", "USER-AGENT", b"user-agent"])
def test_headers_are_found_by_bytes_and_text_in_any_case(name: Any, clock: Clock) -> None:
    class Header(Resource):
        isLeaf = True

        def render(self, request: Any) -> str:
            header = request.getHeader(name)
            assert type(header) is type(name)
            return nativeString(header)

    assert fetch(Header(), User_Agent="Phone/1").body == b"Phone/1"


# The end.


def test_idle_connections_are_closed_at_once_when_the_site_is_drained(echo: Echo, clock: Clock) -> None:
    site = Site(echo, clock)
    idle, used, half = Connection(site), Connection(site), Connection(site)
    used.send(request("/a"))
    half.send(b"GET /b")
    drained = site.drain(5)
    assert idle.closed
    assert used.closed
    assert half.closed
    assert drained.called
    assert not clock.getDelayedCalls()
    assert site.buildProtocol(None) is None


def test_draining_a_site_without_connections_takes_no_time(echo: Echo, clock: Clock) -> None:
    assert Site(echo, clock).drain(5).called
    assert not clock.getDelayedCalls()


def test_what_is_under_way_is_answered_and_nothing_that_is_pipelined_after_it(clock: Clock) -> None:
    later = Later()
    site = Site(later, clock)
    connection = Connection(site)
    connection.send(request("/a", Host=HERE) + request("/b", Host=HERE))
    drained = site.drain(5)
    clock.advance(4)
    assert not connection.closed
    assert not drained.called
    later.answer()
    answer = connection.answer()
    assert (answer.body, answer.headers["connection"]) == (b"late", "close")
    assert connection.closed
    assert drained.called
    assert later.waiting == []


def test_what_is_not_answered_in_time_is_cut(clock: Clock) -> None:
    later = Later()
    site = Site(later, clock)
    connection = Connection(site)
    connection.send(request("/a"))
    drained = site.drain(5)
    clock.advance(5)
    assert connection.aborted
    assert drained.called
    later.answer()
