from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail, succeed

from provd.app.plugincalls import PluginCalls
from provd.guard import Misbehavior
from provd.testing.reactor import TurningReactor
from provd.timezones.weekdays import are_weekdays_iso
from tests.app.threads import Plugin, outcome
from tests.logged import logged
from tests.support import failed_with, result_of


async def later() -> int:
    return 7


@pytest.fixture(autouse=True)
def usual() -> Iterator[float]:
    """
    A switch interval that nothing else sets.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.004)
    yield sys.getswitchinterval()
    sys.setswitchinterval(before)


@pytest.fixture
def reactor() -> TurningReactor:
    return TurningReactor()


@pytest.fixture
def calls(reactor: TurningReactor) -> Iterator[PluginCalls]:
    calls = PluginCalls(reactor, ("monday-*",))
    calls.start()
    yield calls
    reactor.result(calls.stop())


def asked(calls: PluginCalls, plugin: Any, method: Any, *arguments: Any) -> Deferred[Any]:
    return Deferred.fromCoroutine(calls.call(plugin, method, *arguments))


def test_a_plugin_that_promises_not_to_block_runs_in_the_reactor_one_call_a_turn(
    reactor: TurningReactor, calls: PluginCalls
) -> None:
    plugin = Plugin(blocking=False)
    order: list[str] = []
    asked_for = [asked(calls, plugin, order.append, name) for name in "ab"]
    reactor.callLater(0, order.append, "phone")
    assert order == []
    reactor.turn()
    assert order == ["a", "phone"]
    reactor.turn()
    assert order == ["a", "phone", "b"]
    for each in asked_for:
        result_of(each)


@pytest.mark.parametrize("blocking", [None, True])
def test_any_other_plugin_runs_in_a_worker_thread_under_a_short_switch_interval(
    reactor: TurningReactor, calls: PluginCalls, usual: float, blocking: bool | None
) -> None:
    plugin = Plugin(blocking=blocking)
    thread, _, interval = reactor.result(asked(calls, plugin, plugin.where))
    assert thread != threading.get_ident()
    assert interval == pytest.approx(0.0002)
    assert sys.getswitchinterval() == usual
    quick = Plugin(blocking=False)
    thread, _, interval = reactor.result(asked(calls, quick, quick.where))
    assert (thread, interval) == (threading.get_ident(), usual)


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1)])
def test_what_a_call_raises_is_raised_and_the_next_one_runs(
    reactor: TurningReactor, calls: PluginCalls, usual: float, blocking: bool, error: BaseException
) -> None:
    plugin = Plugin(blocking=blocking)
    with pytest.raises(type(error)):
        reactor.result(asked(calls, plugin, plugin.fail, error))
    assert sys.getswitchinterval() == usual
    assert reactor.result(asked(calls, plugin, int)) == 0


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize(("plugin_id", "is_iso"), [("monday-1.0", True), ("sunday", False), (None, False)])
def test_weekdays_are_numbered_as_the_plugin_wants_them_while_its_method_runs(
    reactor: TurningReactor, calls: PluginCalls, blocking: bool, plugin_id: Any, is_iso: bool
) -> None:
    plugin = Plugin(plugin_id, blocking=blocking)
    for _ in range(2):  # also after another plugin of the same thread
        assert reactor.result(asked(calls, plugin, plugin.where))[1] is is_iso
        other = Plugin("monday-2" if not is_iso else "sunday", blocking=blocking)
        assert reactor.result(asked(calls, other, other.where))[1] is not is_iso
    assert not are_weekdays_iso()
    with calls.weekdays(plugin_id):
        assert are_weekdays_iso() is is_iso


def test_a_call_that_is_canceled_before_its_turn_never_runs(
    reactor: TurningReactor, calls: PluginCalls
) -> None:
    order: list[str] = []
    first = asked(calls, Plugin(blocking=False), order.append, "a")
    second = asked(calls, Plugin(blocking=False), order.append, "b")
    first.cancel()
    failed_with(CancelledError, first)
    reactor.result(second)
    assert order == ["b"]


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize(("make", "kind"), [(lambda: succeed(7), "Deferred"), (later, "coroutine")])
def test_an_answer_that_comes_later_is_waited_for_and_the_mistake_told_once(
    reactor: TurningReactor, calls: PluginCalls, blocking: bool, make: Any, kind: str
) -> None:
    plugin = Plugin(blocking=blocking)
    with logged() as events:
        assert [reactor.result(asked(calls, plugin, plugin.give, make)) for _ in range(3)] == [7] * 3
        assert events.texts() == [f"the give of acme returned {kind} where a plain value is meant"]
        again = Plugin(blocking=blocking)
        reactor.result(asked(calls, again, again.give, make))
    assert len(events.texts()) == 2  # as it was loaded anew
    assert not reactor.getDelayedCalls()


@pytest.mark.parametrize("blocking", [True, False])
def test_an_answer_that_comes_later_may_be_a_failure(
    reactor: TurningReactor, calls: PluginCalls, blocking: bool
) -> None:
    plugin = Plugin(blocking=blocking)
    with logged() as events, pytest.raises(ValueError):
        reactor.result(asked(calls, plugin, plugin.give, lambda: fail(ValueError("s3cret"))))
    assert "s3cret" not in events.everything()


def test_others_are_called_while_an_answer_is_waited_for(reactor: TurningReactor, calls: PluginCalls) -> None:
    plugin, other = Plugin(), Plugin("other")
    with logged():
        waiting = asked(calls, plugin, plugin.give, Deferred)
        assert outcome(reactor, calls._workers, asked(calls, other, int)) == 0
    assert not waiting.called
    waiting.cancel()
    failed_with(CancelledError, waiting)


def test_an_answer_that_never_comes_is_given_up(reactor: TurningReactor, calls: PluginCalls) -> None:
    plugin = Plugin(blocking=False)
    with logged():
        waiting = asked(calls, plugin, plugin.give, Deferred)
        reactor.turn()
        reactor.advance(29.9)
        assert not waiting.called
        reactor.advance(0.1)
    error = failed_with(Misbehavior, waiting)
    assert error.problem == "returned Deferred without a result in 30 s"


def test_what_nobody_would_catch_is_raised_as_misbehavior(
    reactor: TurningReactor, calls: PluginCalls
) -> None:
    class Odd(BaseException):
        pass

    for blocking in (True, False):
        plugin = Plugin(blocking=blocking)
        with pytest.raises(Misbehavior, match="raised Odd"):
            reactor.result(asked(calls, plugin, plugin.fail, Odd()))


def test_a_plugin_that_breaks_its_promise_not_to_block_is_told(
    reactor: TurningReactor, calls: PluginCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 2.0, 5.0, 7.0])
    monkeypatch.setattr("provd.guard.perf_counter", lambda: next(times))
    plugin = Plugin(blocking=False)
    with logged() as events:
        for _ in range(2):
            reactor.result(asked(calls, plugin, plugin.give, int))
    assert events.texts() == ["the give of acme took over 100 ms, which holds up every phone"]


def test_a_stop_of_what_never_ran(reactor: TurningReactor) -> None:
    calls = PluginCalls(reactor)
    calls.start()
    result_of(calls.stop())
