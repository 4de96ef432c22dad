from __future__ import annotations

import gc
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.defer import fail as defer_fail

from provd import guard
from provd.guard import Guard, Misbehavior, contained, where
from tests.logged import logged


def fail(error: BaseException) -> Any:
    raise error


class Odd(BaseException):
    pass


@pytest.mark.parametrize(
    "error", [ValueError("s3cret"), SystemExit(1), RecursionError(), KeyboardInterrupt(), Odd("s3cret")]
)
def test_what_foreign_code_raises_gives_the_default_and_one_line_without_its_message(
    error: BaseException,
) -> None:
    watched = Guard("extractor")
    with logged() as events:
        for _ in range(3):
            assert watched.call("acme", "default", fail, error) == "default"
    (text,) = events.texts()
    assert text.startswith(f"the extractor of acme failed: {type(error).__name__} at {__file__}:")
    assert "s3cret" not in events.everything()


async def later() -> str:
    return "value"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: succeed("value"), "Deferred"),
        (Deferred, "Deferred"),
        (lambda: defer_fail(ValueError("s3cret")), "Deferred"),
        (later, "coroutine"),
    ],
)
def test_an_answer_that_comes_later_is_none_where_a_value_is_meant(answer: Any, kind: str) -> None:
    watched = Guard("judge")
    with logged() as events:
        assert [watched.value("acme", "default", answer) for _ in range(2)] == ["default"] * 2
        gc.collect()  # nobody misses it
    assert events.texts() == [f"the judge of acme returned {kind} where a plain value is meant"]
    assert "s3cret" not in events.everything()


def test_a_value_is_a_value() -> None:
    with logged() as events:
        assert Guard("judge").value("acme", "default", int, "7") == 7
    assert not events


@pytest.mark.parametrize("error", [ValueError(), SystemExit(), KeyboardInterrupt()])
def test_what_is_contained_is_raised_as_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)):
        contained(fail, error)


def test_what_nobody_would_catch_is_raised_as_misbehavior() -> None:
    with pytest.raises(Misbehavior, match="raised Odd"):
        contained(fail, Odd("s3cret"))
    assert contained(int, "7") == 7


def test_another_kind_of_failure_and_another_plugin_are_told_too() -> None:
    watched = Guard("associator")
    with logged() as events:
        watched.call("acme", None, fail, ValueError())
        watched.call("acme", None, fail, KeyError())
        watched.call("other", None, fail, KeyError())
        watched.forget("acme")
        watched.call("acme", None, fail, ValueError())
        watched.call("other", None, fail, KeyError())
    assert len(events.texts()) == 4


def test_slow_code_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.101, 1.0, 1.2, 2.0, 2.05])
    monkeypatch.setattr(guard, "perf_counter", lambda: next(times))
    watched = Guard("extractor")
    with logged() as events:
        assert [watched.call("acme", None, str, 1) for _ in range(3)] == ["1"] * 3
    assert events.texts() == ["the extractor of acme took over 100 ms, which holds up every phone"]


def test_a_block_that_is_slow_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.2, 1.0, 1.2])
    monkeypatch.setattr(guard, "perf_counter", lambda: next(times))
    watched = Guard("service")
    with logged() as events:
        for _ in range(2):
            with watched.timed("acme"):
                pass
    assert events.texts() == ["the service of acme took over 100 ms, which holds up every phone"]


def test_one_plugin_cannot_use_up_what_others_may_say() -> None:
    watched = Guard("extractor")
    with logged() as events:
        for number in range(200):
            watched.call("acme", None, fail, type(f"Error{number}", (Exception,), {})())
        watched.call("other", None, fail, ValueError())
    assert len(events.texts()) == 51
    assert "of other failed" in events.texts()[-1]


def test_what_is_told_is_bounded() -> None:
    watched = Guard("extractor")
    with logged() as events:
        for number in range(1500):
            watched.call(f"p{number}", None, fail, ValueError())
    assert len(events.texts()) == 1000


def test_where_names_the_innermost_line_first_and_no_more_than_some() -> None:
    def deeper(levels: int) -> None:
        if levels == 0:
            raise ValueError("s3cret")
        deeper(levels - 1)

    try:
        deeper(50)
    except ValueError as error:
        text = where(error)
    assert text.count(" < ") == 7
    assert text.startswith(f"{__file__}:")
    assert "s3cret" not in text
    assert where(ValueError()) == "an unknown place"
