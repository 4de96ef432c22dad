"""
One connection of Asterisk, honest or not.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from provd.agi.protocol import AGIConnection
from provd.agi.wire import Environment
from tests.agi.test_wire import CALL
from tests.logged import logged

GOOD = b"200 result=1\n"


class Talk:
    """
    A connection over no network.

    :ivar asked: the requests that were read.
    :ivar answers: what the next of them give.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.asked: list[Environment] = []
        self.answer: Deferred[Mapping[str, str]] = Deferred()
        self.gone: list[AGIConnection] = []
        self.connection = AGIConnection(self._answered, self.clock, self.gone.append)
        self.transport = StringTransport()
        self.transport.abortConnection = self._abort  # type: ignore[method-assign]
        self.connection.makeConnection(self.transport)

    async def _answered(self, environment: Environment) -> Mapping[str, str]:
        self.asked.append(environment)
        return await self.answer

    def _abort(self) -> None:
        self.transport.disconnecting = True
        self.hang_up()

    def hang_up(self) -> None:
        if not self.gone:
            self.connection.connectionLost(Failure(ConnectionDone()))

    def says(self, data: bytes) -> None:
        self.connection.dataReceived(data)

    def heard(self) -> bytes:
        data: bytes = self.transport.value()
        self.transport.clear()
        return data

    @property
    def is_over(self) -> bool:
        """
        Whether it was ended and holds nothing any more.
        """
        return bool(self.transport.disconnecting and self.connection.ended.called)


REQUEST = CALL.encode() + b"\n"


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_variables_are_set_one_after_the_other_and_the_connection_ends(size: int) -> None:
    talk = Talk()
    for start in range(0, len(REQUEST), size):
        talk.says(REQUEST[start : start + size])
    assert [environment.script for environment in talk.asked] == ["provision"]
    talk.answer.callback({"ONE": "1", "TWO": 'a "b" \\'})
    assert talk.heard() == b'SET VARIABLE "ONE" "1"\n'
    talk.says(GOOD)
    assert talk.heard() == b'SET VARIABLE "TWO" "a \\"b\\" \\\\"\n'
    talk.says(GOOD)
    assert talk.is_over
    talk.hang_up()
    assert len(talk.gone) == 1
    assert not talk.clock.getDelayedCalls()


def test_lines_may_end_as_elsewhere() -> None:
    talk = Talk()
    talk.says(REQUEST.replace(b"\n", b"\r\n"))
    assert talk.asked[0].arguments[0] == "1234"


def test_what_was_begun_goes_on_when_the_caller_hangs_up() -> None:
    talk = Talk()
    talk.says(REQUEST)
    talk.hang_up()
    assert not talk.connection.ended.called
    talk.answer.callback({"ONE": "1"})
    assert talk.connection.ended.called
    assert talk.heard() == b""
    assert not talk.clock.getDelayedCalls()


def test_a_hangup_in_the_middle_changes_nothing() -> None:
    talk = Talk()
    talk.says(REQUEST + b"HANGUP\n")
    talk.answer.callback({"ONE": "1", "TWO": "2"})
    talk.says(b"511 Command Not Permitted on a dead channel\n")
    talk.says(GOOD)
    assert talk.heard().count(b"SET VARIABLE") == 2
    assert talk.is_over


def test_the_caller_may_go_before_the_reply() -> None:
    talk = Talk()
    talk.says(REQUEST)
    talk.answer.callback({"ONE": "1"})
    talk.hang_up()
    assert talk.connection.ended.called
    assert not talk.clock.getDelayedCalls()


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"\n",
        b"\xff\xfe\n",
        b"agi_request: x\n" * 151,
        b"x" * 9000,
        b"agi_request: " + b"x" * 9000 + b"\n\n",
        REQUEST + b"200 result=1\n",
        REQUEST + b"hello\n",
    ],
)
def test_anything_but_agi_is_cut(data: bytes) -> None:
    talk = Talk()
    with logged() as events:
        talk.says(data)
    assert talk.transport.disconnecting
    assert ["is cut" in text for text in events.texts()] == [True]
    if talk.asked:
        talk.answer.callback({})
    assert talk.is_over


def test_silence_has_an_end() -> None:
    for said, expected in ((b"", 0), (CALL.encode(), 0), (REQUEST, 1)):
        talk = Talk()
        talk.says(said)
        if expected:
            talk.answer.callback({"ONE": "1"})
        talk.clock.advance(AGIConnection.SECONDS - 1)
        assert not talk.transport.disconnecting
        talk.clock.advance(1)
        assert talk.is_over
        assert not talk.clock.getDelayedCalls()


def test_a_line_now_and_then_wins_no_more_time() -> None:
    talk = Talk()
    for _ in range(5):
        talk.says(b"agi_request: agi://h/x\n")
        talk.clock.advance(3)
    assert talk.is_over


def test_who_reads_nothing_is_cut_in_the_end() -> None:
    talk = Talk()
    talk.says(REQUEST)
    talk.answer.callback({})
    assert talk.transport.disconnecting
    talk.clock.advance(AGIConnection.SECONDS)
    assert talk.gone


def test_a_mistake_of_the_daemon_is_logged_and_ends_the_connection() -> None:
    talk = Talk()
    talk.says(REQUEST)
    with logged() as events:
        talk.answer.errback(Failure(KeyError("x")))
    assert talk.is_over
    assert events[-1]["log_failure"].check(KeyError)


def test_at_the_daemons_end_only_idle_connections_are_cut() -> None:
    idle, busy = Talk(), Talk()
    busy.says(REQUEST)
    for talk in (idle, busy):
        talk.connection.abort()
    assert idle.is_over
    assert not busy.transport.disconnecting
