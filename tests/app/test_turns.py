from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred

from provd.app.turns import Turns
from provd.testing.reactor import TurningReactor
from tests.support import failed_with, result_of


def test_each_turn_has_a_reactor_iteration_of_its_own_in_order_of_arrival() -> None:
    reactor = TurningReactor()
    turns = Turns(reactor)
    order: list[str] = []
    for name in "abc":
        turns.mine().addCallback(lambda _, name=name: order.append(name))  # type: ignore[misc]
    assert (order, len(turns)) == ([], 3)
    for done in ("a", "ab", "abc"):
        reactor.callLater(0, order.append, "phone")
        reactor.turn()
        assert [name for name in order if name != "phone"] == list(done)
    reactor.turns()
    assert order == ["a", "phone", "b", "phone", "c", "phone"]


def test_who_comes_again_waits_behind_the_others() -> None:
    reactor = TurningReactor()
    turns = Turns(reactor)
    order: list[str] = []

    async def work(name: str) -> None:
        for step in "12":
            await turns.mine()
            order.append(name + step)

    for name in "ab":
        Deferred.fromCoroutine(work(name))
    reactor.turns()
    assert order == ["a1", "b1", "a2", "b2"]


def test_who_is_canceled_leaves_the_queue_and_costs_no_turn() -> None:
    reactor = TurningReactor()
    turns = Turns(reactor)
    first, second, third = (turns.mine() for _ in range(3))
    second.cancel()
    failed_with(CancelledError, second)
    reactor.turn()
    result_of(first)
    first.cancel()  # too late to matter
    reactor.turn()
    result_of(third)


def test_nothing_is_scheduled_while_nobody_waits() -> None:
    reactor = TurningReactor()
    turns = Turns(reactor)
    turn = turns.mine()
    turn.cancel()
    failed_with(CancelledError, turn)
    assert reactor.turns() == 1
    assert not reactor.getDelayedCalls()
    result = turns.mine()
    reactor.turn()
    result_of(result)
    assert not reactor.getDelayedCalls()
