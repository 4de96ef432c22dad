"""
When a request is sent again (RFC 3261, 17.1.2).
"""

from __future__ import annotations

import pytest
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock

from provd.sip.messages import Response
from provd.sip.transaction import NoResponse, Transaction
from tests.support import failed_with, result_of


class Wire:
    def __init__(self) -> None:
        self.clock = Clock()
        self.sent: list[float] = []
        self.forgotten = 0
        self.is_broken = False
        self.transaction = Transaction(self.clock, self._send, self._forget)

    def _send(self) -> None:
        if self.is_broken:
            raise OSError("network is unreachable")
        self.sent.append(self.clock.seconds())

    def _forget(self) -> None:
        self.forgotten += 1

    def wait(self, until: float) -> None:
        while self.clock.seconds() < until:
            self.clock.advance(0.25)

    def answer(self, status: int) -> None:
        self.transaction.received(Response((), status))


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire.transaction.start()
    return wire


def test_the_pauses_double_up_to_four_seconds(wire: Wire) -> None:
    wire.wait(31.75)
    assert wire.sent == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    wire.wait(32)
    failed_with(NoResponse, wire.transaction.response)
    assert (len(wire.sent), wire.forgotten, wire.clock.getDelayedCalls()) == (11, 1, [])


def test_a_provisional_response_slows_it_down(wire: Wire) -> None:
    wire.wait(0.25)
    wire.answer(100)
    wire.wait(10)
    assert wire.sent == [0, 0.5, 4.5, 8.5]
    wire.answer(200)
    assert result_of(wire.transaction.response).status == 200


def test_after_a_final_response_nothing_is_sent(wire: Wire) -> None:
    wire.answer(486)
    wire.answer(200)
    wire.wait(4.75)
    assert wire.forgotten == 0  # repetitions are still this transaction's
    wire.answer(486)
    wire.wait(5)
    assert (wire.sent, wire.forgotten, wire.clock.getDelayedCalls()) == ([0], 1, [])
    assert result_of(wire.transaction.response).status == 486


def test_a_network_that_breaks_meanwhile_is_as_good_as_a_lost_datagram(wire: Wire) -> None:
    wire.is_broken = True
    wire.wait(1)
    wire.is_broken = False
    wire.wait(2)
    assert wire.sent == [0, 1.5]


def test_a_request_that_cannot_be_sent_at_all_is_told() -> None:
    wire = Wire()
    wire.is_broken = True
    with pytest.raises(OSError):
        wire.transaction.start()
    assert wire.clock.getDelayedCalls() == []


@pytest.mark.parametrize("how", ["stop", "cancel"])
def test_it_can_be_given_up(wire: Wire, how: str) -> None:
    if how == "stop":
        wire.transaction.stop()
    else:
        wire.transaction.response.cancel()
    failed_with(CancelledError, wire.transaction.response)
    assert wire.forgotten
    assert wire.clock.getDelayedCalls() == []
    wire.answer(200)
