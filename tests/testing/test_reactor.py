from __future__ import annotations

import threading

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from provd.testing.reactor import TurningReactor


def test_what_a_turn_schedules_for_now_runs_in_the_next_one() -> None:
    reactor = TurningReactor()
    order: list[str] = []

    def first() -> None:
        order.append("first")
        reactor.callLater(0, order.append, "third")
        canceled.cancel()

    reactor.callLater(0, first)
    canceled = reactor.callLater(0, order.append, "canceled")
    reactor.callLater(0, order.append, "second")
    reactor.callLater(1, order.append, "later")
    reactor.turn()
    assert order == ["first", "second"]
    reactor.turn()
    assert order == ["first", "second", "third"]
    assert reactor.turns() == 0
    reactor.advance(1)
    assert order[-1] == "later"


def test_results_of_threads_come_with_a_turn() -> None:
    reactor = TurningReactor()
    pool = ThreadPool(0, 1)
    pool.start()
    try:
        result = deferToThreadPool(reactor, pool, threading.get_ident)
        assert reactor.result(result) != threading.get_ident()
    finally:
        pool.stop()


def test_an_error_is_raised_and_a_wait_in_vain_ends() -> None:
    reactor = TurningReactor()
    with pytest.raises(KeyError):
        reactor.result(fail(KeyError()))
    reactor.PATIENCE = 0.01
    with pytest.raises(TimeoutError):
        reactor.result(Deferred())
