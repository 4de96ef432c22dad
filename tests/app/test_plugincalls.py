from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred

from provd.app.plugincalls import PluginCalls
from provd.errors import PluginError
from provd.testing.reactor import TurningReactor
from provd.timezones.weekdays import are_weekdays_iso
from tests.logged import logged
from tests.support import failed_with, result_of


class Plugin:
    def __init__(self, plugin_id: str = "acme", blocking: bool | None = None) -> None:
        self.id = plugin_id
        if blocking is not None:
            self.BLOCKING = blocking
        self.started = threading.Event()
        self.may_go_on = threading.Event()
        self.running = 0
        self.most = 0

    def work(self, answer: Any = None) -> Any:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            self.started.set()
            assert self.may_go_on.wait(10)
            return answer
        finally:
            self.running -= 1

    @staticmethod
    def where() -> tuple[int, bool, float]:
        return threading.get_ident(), are_weekdays_iso(), sys.getswitchinterval()

    def fail(self, error: BaseException) -> None:
        raise error


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


def test_never_two_calls_run_in_the_worker_at_once_even_of_different_plugins(
    reactor: TurningReactor, calls: PluginCalls
) -> None:
    plugins = [Plugin(name) for name in "ab"]
    asked_for = [asked(calls, plugin, plugin.work, plugin.id) for plugin in plugins for _ in range(2)]
    assert plugins[0].started.wait(10)
    assert not plugins[1].started.is_set()
    for plugin in plugins:
        plugin.may_go_on.set()
    done = []
    for each in asked_for:
        each.addCallback(done.append)
    while len(done) < 4:
        reactor.result(asked(calls, Plugin(blocking=False), int))
        reactor.advance(1)
    assert done == ["a", "a", "b", "b"]
    assert [plugin.most for plugin in plugins] == [1, 1]


def test_the_worker_rests_as_long_as_it_worked_when_there_is_more_to_do(
    reactor: TurningReactor, calls: PluginCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([10.0, 13.0])
    monkeypatch.setattr("provd.app.plugincalls.perf_counter", lambda: next(times, 0.0))
    first, second = Plugin("first"), Plugin("second")
    first.may_go_on.set()
    second.may_go_on.set()
    one, two = asked(calls, first, first.work), asked(calls, second, second.work)
    reactor.result(one)
    reactor.advance(2.9)
    assert not second.started.is_set()
    assert not two.called
    reactor.advance(0.1)
    reactor.result(two)
    assert second.started.is_set()


def test_alone_the_worker_does_not_rest(reactor: TurningReactor, calls: PluginCalls) -> None:
    plugin = Plugin()
    plugin.may_go_on.set()
    for _ in range(3):
        reactor.result(asked(calls, plugin, plugin.work))
    assert not reactor.getDelayedCalls()


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


def test_a_call_that_is_canceled_while_it_runs_keeps_the_worker_to_itself(
    reactor: TurningReactor, calls: PluginCalls
) -> None:
    first, second = Plugin("first"), Plugin("second")
    second.may_go_on.set()
    one, two = asked(calls, first, first.work), asked(calls, second, second.work)
    assert first.started.wait(10)
    one.cancel()
    failed_with(CancelledError, one)
    reactor.turns()
    assert not second.started.is_set()
    first.may_go_on.set()
    reactor.result(two)


def test_a_stop_lets_the_running_call_end_and_refuses_those_that_wait(reactor: TurningReactor) -> None:
    calls = PluginCalls(reactor)
    calls.start()
    running, waiting = Plugin("running"), Plugin("waiting")
    one, two = asked(calls, running, running.work, "done"), asked(calls, waiting, waiting.work)
    assert running.started.wait(10)
    stopped = calls.stop()
    assert not stopped.called
    running.may_go_on.set()
    assert reactor.result(one) == "done"
    reactor.result(stopped)
    assert failed_with(PluginError, two).plugin_id == "waiting"
    assert not waiting.started.is_set()
    assert not reactor.getDelayedCalls()


def test_a_call_that_hangs_does_not_keep_the_daemon_from_ending(reactor: TurningReactor) -> None:
    calls = PluginCalls(reactor)
    calls.start()
    hanging = Plugin("hanging")
    asked(calls, hanging, hanging.work).addErrback(lambda failure: None)
    assert hanging.started.wait(10)
    stopped = calls.stop()
    reactor.advance(4.9)
    assert not stopped.called
    with logged() as events:
        reactor.advance(0.1)
    result_of(stopped)
    assert events.texts() == ["a plugin's call is left behind, as it hasn't returned for 5 s"]
    (worker,) = (thread for thread in threading.enumerate() if "plugins" in thread.name)
    assert worker.daemon
    hanging.may_go_on.set()


def test_a_stop_of_what_never_ran(reactor: TurningReactor) -> None:
    calls = PluginCalls(reactor)
    calls.start()
    result_of(calls.stop())
