from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred

from provd.app.locks import NamedLocks
from tests.support import failed_with, result_of


def asked(locks: NamedLocks, name: str = "a") -> Deferred[bool]:
    return Deferred.fromCoroutine(locks.acquire(name))


def test_a_free_lock_is_taken_at_once_and_nothing_is_stale() -> None:
    locks = NamedLocks()
    assert result_of(locks.acquire("a")) is False
    assert result_of(locks.acquire("b")) is False
    locks.release("a")
    assert result_of(locks.acquire("a")) is False


def test_who_waits_longest_is_next_and_told_that_others_had_their_turn() -> None:
    locks = NamedLocks()
    result_of(asked(locks))
    first, second = asked(locks), asked(locks)
    assert locks.is_wanted("a")
    locks.release("a")
    assert result_of(first) is True
    assert not second.called
    locks.release("a")
    assert result_of(second) is True
    assert not locks.is_wanted("a")
    locks.release("a")
    assert result_of(asked(locks)) is False


def test_who_is_canceled_while_waiting_leaves_the_queue() -> None:
    locks = NamedLocks()
    result_of(asked(locks))
    first, second = asked(locks), asked(locks)
    first.cancel()
    failed_with(CancelledError, first)
    locks.release("a")
    assert result_of(second) is True
    second.cancel()  # too late to matter
    locks.release("a")
    assert result_of(asked(locks)) is False


def test_the_lock_is_free_when_all_who_waited_have_left() -> None:
    locks = NamedLocks()
    result_of(asked(locks))
    for waiting in [asked(locks) for _ in range(3)]:
        waiting.cancel()
        failed_with(CancelledError, waiting)
    assert not locks.is_wanted("a")
    locks.release("a")
    assert result_of(asked(locks)) is False


def test_who_gets_the_lock_may_cancel_who_comes_next() -> None:
    locks = NamedLocks()
    result_of(asked(locks))
    first, second = asked(locks), asked(locks)

    def cancel_and_release(_: bool) -> None:
        second.cancel()
        locks.release("a")

    first.addCallback(cancel_and_release)
    locks.release("a")
    result_of(first)
    failed_with(CancelledError, second)
    assert result_of(asked(locks)) is False


def test_releasing_what_nobody_holds_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        NamedLocks().release("a")


def test_a_block_holds_the_lock_and_frees_it_whatever_happens() -> None:
    locks = NamedLocks()

    async def fail() -> None:
        async with locks.hold("a") as stale:
            assert stale is False
            assert locks._waiting
            raise ValueError

    failed_with(ValueError, fail())
    assert not locks._waiting


async def one_after_the_other(locks: NamedLocks, order: list[Any], number: int) -> None:
    async with locks.hold("a"):
        order.append(number)


def test_ten_thousand_may_wait_for_one_lock() -> None:
    locks = NamedLocks()
    order: list[int] = []
    result_of(asked(locks))
    waiting = [Deferred.fromCoroutine(one_after_the_other(locks, order, number)) for number in range(10_000)]
    locks.release("a")
    assert order == list(range(10_000))
    assert all(each.called for each in waiting)
    assert not locks._waiting


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["ask", "release", "cancel"]), st.sampled_from("ab"), st.integers(0, 9))
    )
)
def test_never_two_hold_a_lock_and_nobody_is_forgotten(steps: list[tuple[str, str, int]]) -> None:
    locks = NamedLocks()
    held: dict[str, Deferred[Any]] = {}
    waiting: dict[str, list[Deferred[Any]]] = {"a": [], "b": []}

    def settle(name: str) -> None:
        for deferred in list(waiting[name]):
            if deferred.called:
                waiting[name].remove(deferred)
                assert name not in held
                held[name] = deferred

    for what, name, which in steps:
        if what == "ask":
            waiting[name].append(asked(locks, name))
        elif what == "release" and name in held:
            del held[name]
            locks.release(name)
        elif what == "cancel" and waiting[name]:
            canceled = waiting[name].pop(which % len(waiting[name]))
            canceled.cancel()
            failed_with(CancelledError, canceled)
        settle(name)
        assert (name in held) == (name in locks._waiting)
        assert locks.is_wanted(name) == bool(waiting[name])
