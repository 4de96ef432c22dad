"""
Answers that are there at once, come later or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import coroutine
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from provd.waiting import run_unawaited, settled
from tests.support import failed_with, result_of


async def _seven() -> int:
    return 7


@coroutine
def _seven_of_old() -> Iterator[Any]:
    return (yield from succeed(7).__await__())


def _numbers() -> Iterator[int]:
    yield 7


@pytest.mark.parametrize("make", [lambda: 7, lambda: succeed(7), _seven, _seven_of_old])
def test_an_answer_may_be_a_value_a_deferred_or_a_coroutine(make) -> None:
    assert result_of(settled(make())) == 7


def test_a_generator_is_a_value_like_others() -> None:
    numbers = _numbers()
    assert result_of(settled(numbers)) is numbers


def test_a_failure_is_raised() -> None:
    failed_with(ZeroDivisionError, settled(fail(ZeroDivisionError())))


class Steps:
    """
    A coroutine that waits several times, and what it went through.
    """

    def __init__(self, *waits: Deferred[str]) -> None:
        self.seen: list[str] = []
        self._waits = waits

    async def run(self) -> None:
        for wait in self._waits:
            try:
                self.seen.append(await wait)
            except ValueError as error:
                self.seen.append(f"failed {error}")
        self.seen.append("end")


def test_a_coroutine_that_never_waits_has_run_at_once() -> None:
    steps = Steps(succeed("a"))
    run_unawaited(steps.run())
    assert steps.seen == ["a", "end"]


def test_a_coroutine_that_waits_goes_on_with_each_answer_and_each_failure() -> None:
    first, second, third = Deferred[str](), Deferred[str](), Deferred[str]()
    steps = Steps(first, second, third)
    run_unawaited(steps.run())
    assert steps.seen == []
    second.errback(ValueError("early"))
    first.callback("a")
    assert steps.seen == ["a", "failed early"]
    third.callback("c")
    assert steps.seen == ["a", "failed early", "c", "end"]
