from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.python.compat import nativeString
from twisted.web.resource import Resource

from provd.http.channel import IDLE_SECONDS
from provd.http.site import Request, Site
from tests.http.resources import Echo, Later, Returns
from tests.http.wire import HERE, PHONE, Connection, fetch, request


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


def test_idle_connections_are_closed_at_once_when_the_site_is_drained(clock: Clock) -> None:
    site = Site(Echo(), clock)
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


def test_draining_a_site_without_connections_takes_no_time(clock: Clock) -> None:
    assert Site(Echo(), clock).drain(5).called
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


# A phone that has closed its half.


def test_it_still_gets_the_answer_that_is_under_way(clock: Clock) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    connection.send(request("/a") + request("/b"))
    connection.shut()
    later.answer(b"one")
    clock.advance(0)
    assert not connection.closed
    later.answer(b"two")
    clock.advance(0)
    assert [answer.body for answer in connection.answers()] == [b"one", b"two"]
    assert connection.closed
    assert not clock.getDelayedCalls()


def test_nobody_waits_for_ever_for_a_plugin_and_a_phone_that_may_be_gone(clock: Clock) -> None:
    later = Later()
    connection = Connection(Site(later, clock))
    connection.send(request("/a"))
    connection.shut()
    clock.advance(IDLE_SECONDS)
    assert connection.aborted
    later.answer()


def test_it_may_take_a_long_answer_slowly(clock: Clock) -> None:
    class Begun(Later):
        def render(self, request: Any) -> int:
            request.write(bytes(100_000))
            return super().render(request)

    later = Begun()
    connection = Connection(Site(later, clock), reads=False)
    connection.send(request("/a"))
    connection.shut()
    clock.pump([IDLE_SECONDS] * 3)
    assert not connection.closed
    connection.take()
    later.waiting[0].finish()
    clock.advance(0)
    assert connection.closed


@pytest.mark.parametrize("sent", [b"", b"GET /a", request("/a")])
def test_without_a_request_the_connection_ends(sent: bytes, clock: Clock) -> None:
    connection = Connection(Site(Echo(), clock))
    connection.send(sent)
    connection.shut()
    assert connection.closed
    assert not connection.aborted
    assert not clock.getDelayedCalls()
