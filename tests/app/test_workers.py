from __future__ import annotations

import gc
import itertools
import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred

from provd.app.workers import Workers
from provd.errors import PluginError
from provd.guard import Misbehavior
from provd.testing.reactor import TurningReactor
from tests.app.threads import Plugin, outcome
from tests.logged import logged
from tests.support import failed_with, result_of

BUSY = "is not called while a call that was given up hasn't returned"


@pytest.fixture
def reactor() -> TurningReactor:
    return TurningReactor()


@pytest.fixture
def workers(reactor: TurningReactor) -> Iterator[Workers]:
    workers = Workers(reactor)
    workers.start()
    yield workers
    reactor.result(Deferred.fromCoroutine(workers.stop()))


def working(workers: Workers, plugin: Plugin, answer: Any = None) -> Deferred[Any]:
    return workers.run(plugin, partial(plugin.work, answer))


def test_a_plugins_calls_run_one_after_the_other(reactor: TurningReactor, workers: Workers) -> None:
    plugin = Plugin()
    plugin.may_go_on.set()
    order: list[int] = []
    for number in range(5):
        last = working(workers, plugin, number).addCallback(order.append)
    outcome(reactor, workers, last)
    assert (order, plugin.most) == (list(range(5)), 1)


def test_another_plugin_waits_for_a_call_that_may_be_computing_and_no_longer(
    reactor: TurningReactor, workers: Workers
) -> None:
    blocked, other = Plugin("blocked"), Plugin("other")
    other.may_go_on.set()
    one, two = working(workers, blocked, 1), working(workers, other, 2)
    assert blocked.started.wait(10)
    reactor.advance(0.09)
    assert not other.started.is_set()
    reactor.advance(0.02)
    assert outcome(reactor, workers, two) == 2
    assert not one.called
    blocked.may_go_on.set()
    assert outcome(reactor, workers, one) == 1


def test_a_plugin_that_blocks_has_its_own_calls_wait(reactor: TurningReactor, workers: Workers) -> None:
    blocked = Plugin()
    one, two = working(workers, blocked), working(workers, blocked)
    assert blocked.started.wait(10)
    reactor.advance(1)
    blocked.may_go_on.set()
    for each in (one, two):
        outcome(reactor, workers, each)
    assert blocked.most == 1


def test_plugins_that_have_more_to_do_take_turns(reactor: TurningReactor, workers: Workers) -> None:
    order: list[str] = []
    for name, plugin in (("a", Plugin("a")), ("b", Plugin("b"))):
        plugin.may_go_on.set()
        for _ in range(3):
            last = working(workers, plugin, name).addCallback(order.append)
    outcome(reactor, workers, last)
    assert "".join(order) == "ababab"


@pytest.mark.parametrize("handed_over", [False, True])
def test_who_has_more_to_do_rests_as_long_as_it_computed(
    reactor: TurningReactor, workers: Workers, monkeypatch: pytest.MonkeyPatch, handed_over: bool
) -> None:
    times = iter([10.0, 13.0])
    monkeypatch.setattr("provd.app.workers.thread_time", lambda: next(times, 0.0))
    plugin = Plugin()
    one, two = working(workers, plugin, 1), working(workers, plugin, 2)
    assert plugin.started.wait(10)
    if handed_over:
        reactor.advance(0.2)
    plugin.started.clear()
    plugin.may_go_on.set()
    assert reactor.result(one) == 1
    reactor.advance(2.9)
    assert not plugin.started.is_set()
    reactor.advance(0.1)
    assert reactor.result(two) == 2


def test_what_waits_computes_nothing_and_needs_no_rest(reactor: TurningReactor, workers: Workers) -> None:
    plugin = Plugin()
    job = working(workers, plugin)
    running = workers._running[id(plugin)]
    threading.Timer(0.05, plugin.may_go_on.set).start()
    reactor.result(job)
    assert running.worked < 0.04


def test_alone_a_plugin_does_not_rest(reactor: TurningReactor, workers: Workers) -> None:
    plugin = Plugin()
    plugin.may_go_on.set()
    for _ in range(3):
        reactor.result(working(workers, plugin))
    assert not reactor.getDelayedCalls()


def test_the_switch_interval_is_short_while_any_call_runs(reactor: TurningReactor, workers: Workers) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.004)
    try:
        usual = sys.getswitchinterval()
        first, second = Plugin("first"), Plugin("second")
        one, two = working(workers, first), working(workers, second)
        assert sys.getswitchinterval() == pytest.approx(0.0002)
        reactor.advance(0.1)
        assert second.started.wait(10)
        first.may_go_on.set()
        reactor.result(one)
        assert sys.getswitchinterval() == pytest.approx(0.0002)
        second.may_go_on.set()
        reactor.result(two)
        assert sys.getswitchinterval() == usual
    finally:
        sys.setswitchinterval(before)


# Calls that don't return.


def test_a_call_that_does_not_return_is_given_up_and_its_plugin_not_called_until_it_does(
    reactor: TurningReactor, workers: Workers
) -> None:
    stuck = Plugin("stuck")
    one, two = working(workers, stuck), working(workers, stuck)
    assert stuck.started.wait(10)
    reactor.advance(0.1)
    reactor.advance(59.8)
    assert not one.called
    reactor.advance(0.1)
    assert failed_with(Misbehavior, one).problem == "hasn't returned for 60 s and is given up"
    assert failed_with(Misbehavior, two).problem == BUSY
    assert failed_with(Misbehavior, working(workers, stuck)).problem == BUSY
    other = Plugin("stuck")  # of the same id: it was loaded anew
    other.may_go_on.set()
    assert reactor.result(working(workers, other, "served")) == "served"
    stuck.may_go_on.set()
    while workers._running:
        reactor.result(workers.run(other, int))
    assert reactor.result(working(workers, stuck, "back")) == "back"


def test_nobody_misses_the_failure_of_a_call_that_was_given_up(
    reactor: TurningReactor, workers: Workers
) -> None:
    stuck = Plugin()

    def fail_late() -> None:
        stuck.work()
        raise ValueError("s3cret")

    one = workers.run(stuck, fail_late)
    assert stuck.started.wait(10)
    one.cancel()
    failed_with(CancelledError, one)
    with logged() as events:
        stuck.may_go_on.set()
        while workers._running:
            reactor.turn()
        gc.collect()
    assert events.texts() == []


def test_a_call_that_is_canceled_before_its_turn_never_runs(
    reactor: TurningReactor, workers: Workers
) -> None:
    running, plugin = Plugin("running"), Plugin("waiting")
    plugin.may_go_on.set()
    one = working(workers, running)
    waiting = [working(workers, plugin, number) for number in range(3)]
    waiting[1].cancel()
    failed_with(CancelledError, waiting[1])
    running.may_go_on.set()
    reactor.result(one)
    last = outcome(reactor, workers, waiting[2])
    assert [result_of(waiting[0]), last] == [0, 2]
    only = Plugin("only")
    running.may_go_on.clear()
    again, never = working(workers, running), working(workers, only)
    never.cancel()
    failed_with(CancelledError, never)
    running.may_go_on.set()
    reactor.result(again)
    assert not only.started.is_set()


def test_a_call_that_is_canceled_while_it_runs_runs_on(reactor: TurningReactor, workers: Workers) -> None:
    first = Plugin("first")
    one, two = working(workers, first), working(workers, first, 2)
    assert first.started.wait(10)
    one.cancel()
    failed_with(CancelledError, one)
    reactor.turns()
    first.may_go_on.set()
    assert (outcome(reactor, workers, two), first.most) == (2, 1)


def test_a_stop_lets_running_calls_end_and_refuses_those_that_wait(reactor: TurningReactor) -> None:
    workers = Workers(reactor)
    workers.start()
    running, waiting = Plugin("running"), Plugin("waiting")
    one, two = working(workers, running, "done"), working(workers, waiting)
    assert running.started.wait(10)
    stopped = Deferred.fromCoroutine(workers.stop())
    assert not stopped.called
    running.may_go_on.set()
    assert reactor.result(one) == "done"
    reactor.result(stopped)
    assert failed_with(PluginError, two).plugin_id == "waiting"
    assert failed_with(PluginError, working(workers, waiting)).plugin_id == "waiting"
    assert not waiting.started.is_set()
    assert not reactor.getDelayedCalls()


def test_a_stop_does_not_wait_for_a_rest(reactor: TurningReactor, monkeypatch: pytest.MonkeyPatch) -> None:
    times = itertools.count(0, 7)
    monkeypatch.setattr("provd.app.workers.thread_time", lambda: next(times))
    workers = Workers(reactor)
    workers.start()
    plugin = Plugin()
    plugin.may_go_on.set()
    one, two = working(workers, plugin), working(workers, plugin)
    reactor.result(one)
    result_of(workers.stop())
    failed_with(PluginError, two)
    assert not reactor.getDelayedCalls()


def test_a_call_that_hangs_does_not_keep_the_daemon_from_ending(reactor: TurningReactor) -> None:
    workers = Workers(reactor)
    workers.start()
    hanging = Plugin("hanging")
    working(workers, hanging)
    assert hanging.started.wait(10)
    stopped = Deferred.fromCoroutine(workers.stop())
    reactor.advance(4.9)
    assert not stopped.called
    with logged() as events:
        reactor.advance(0.1)
    result_of(stopped)
    assert events.texts() == ["a call of hanging is left behind, as it hasn't returned for 5 s"]
    (worker,) = (thread for thread in threading.enumerate() if "plugins" in thread.name)
    assert worker.daemon
    assert not reactor.getDelayedCalls()
    hanging.may_go_on.set()
    while workers._running:
        reactor.turn()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["run", "fail", "cancel", "time"]))))
def test_whatever_is_asked_each_call_is_answered_once_in_the_order_of_its_plugin(
    steps: list[tuple[str, str]],
) -> None:
    reactor = TurningReactor()
    workers = Workers(reactor)
    workers.start()
    plugins = {name: Plugin(name) for name in "abc"}
    answers: dict[str, list[int]] = {name: [] for name in "abc"}
    pending: list[Deferred[Any]] = []
    for plugin in plugins.values():
        plugin.may_go_on.set()
    for number, (name, what) in enumerate(steps):
        plugin = plugins[name]
        if what == "time":
            reactor.advance(0.1)
        elif what == "cancel" and pending:
            pending[-1].cancel()
        else:
            function = partial(plugin.work, number) if what == "run" else partial(plugin.fail, ValueError())
            job = workers.run(plugin, function).addCallback(answers[name].append)
            pending.append(job.addErrback(lambda failure: failure.trap(ValueError, CancelledError)))
    for job in pending:
        outcome(reactor, workers, job)
    assert all(numbers == sorted(numbers) for numbers in answers.values())
    assert all(plugin.most <= 1 for plugin in plugins.values())
    reactor.result(Deferred.fromCoroutine(workers.stop()))
    assert not reactor.getDelayedCalls()
