from __future__ import annotations

from typing import Any

import pytest

from provd import guard
from provd.guard import Guard, where
from tests.logged import logged


def fail(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize("error", [ValueError("s3cret"), SystemExit(1), RecursionError()])
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


def test_an_end_of_the_process_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        Guard("extractor").call("acme", None, fail, KeyboardInterrupt())


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
