"""
How fast a server may send, and how slowly.
"""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss

from provd.downloads.receiving import Receiver, Stalled, TooMuch
from tests.support import failed_with, result_of

DONE = Failure(ResponseDone())
BLOCK = 512 * 1024


class Transport:
    """
    Tells whether the server may send.
    """

    disconnecting = False

    def __init__(self) -> None:
        self.is_paused = False

    def pauseProducing(self) -> None:
        self.is_paused = True

    def resumeProducing(self) -> None:
        self.is_paused = False


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
def receiver(clock: Clock, transport: Transport) -> Receiver:
    receiver = Receiver(clock, 10 * BLOCK, 15.0)
    receiver.makeConnection(transport)  # type: ignore[arg-type]
    return receiver


def test_a_server_waits_while_a_block_is_not_taken(receiver: Receiver, transport: Transport) -> None:
    receiver.dataReceived(b"x" * (BLOCK - 1))
    assert not transport.is_paused
    receiver.dataReceived(b"xx")
    assert transport.is_paused
    assert len(result_of(receiver.next_block())) == BLOCK + 1
    assert not transport.is_paused


def test_what_came_waits_a_second_for_more(receiver: Receiver, clock: Clock) -> None:
    taken = Deferred.fromCoroutine(receiver.next_block())
    clock.advance(5)
    receiver.dataReceived(b"1")
    clock.advance(0.9)
    receiver.dataReceived(b"2")
    assert not taken.called
    clock.advance(0.2)
    assert result_of(taken) == b"12"
    assert clock.getDelayedCalls() == []


def test_what_came_meanwhile_waits_a_second_too(receiver: Receiver, clock: Clock) -> None:
    receiver.dataReceived(b"1")
    taken = Deferred.fromCoroutine(receiver.next_block())
    clock.advance(1)
    assert result_of(taken) == b"1"


def test_silence_is_measured_from_the_last_byte(receiver: Receiver, clock: Clock) -> None:
    for _ in range(3):
        taken = Deferred.fromCoroutine(receiver.next_block())
        clock.advance(14)
        receiver.dataReceived(b"1")
        clock.advance(1)
        assert result_of(taken) == b"1"
    silent = Deferred.fromCoroutine(receiver.next_block())
    clock.advance(15)
    failed_with(Stalled, silent)


def test_a_slow_disk_is_not_the_servers_fault(receiver: Receiver, clock: Clock) -> None:
    receiver.dataReceived(b"x" * BLOCK)
    result_of(receiver.next_block())
    clock.advance(1000)
    receiver.dataReceived(b"1")
    receiver.connectionLost(DONE)
    assert result_of(receiver.next_block()) == b"1"


def test_what_came_before_the_end_is_taken_first(receiver: Receiver) -> None:
    receiver.dataReceived(b"1")
    receiver.connectionLost(DONE)
    assert [result_of(receiver.next_block()) for _ in range(3)] == [b"1", b"", b""]
    assert receiver.is_surely_whole


def test_what_came_before_the_connection_was_lost_is_taken_first(receiver: Receiver) -> None:
    receiver.dataReceived(b"1")
    receiver.connectionLost(Failure(ConnectionLost()))
    assert result_of(receiver.next_block()) == b"1"
    failed_with(ConnectionLost, receiver.next_block())


def test_a_body_that_ends_with_its_connection_may_lack_something(receiver: Receiver) -> None:
    receiver.connectionLost(Failure(PotentialDataLoss()))
    assert result_of(receiver.next_block()) == b""
    assert not receiver.is_surely_whole


def test_too_much_is_noticed_at_its_first_byte(receiver: Receiver) -> None:
    waiting = Deferred.fromCoroutine(receiver.next_block())
    receiver.dataReceived(b"x" * (10 * BLOCK + 1))
    failed_with(TooMuch, waiting)
    receiver.dataReceived(b"x")
    failed_with(TooMuch, receiver.next_block())


def test_nothing_is_left_behind_by_who_waits_no_more(receiver: Receiver, clock: Clock) -> None:
    waiting = Deferred.fromCoroutine(receiver.next_block())
    receiver.dataReceived(b"1")
    waiting.cancel()
    waiting.addErrback(lambda failure: None)
    assert clock.getDelayedCalls() == []
