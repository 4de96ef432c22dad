"""
Times as administrators write and read them.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.cli.when import moment, shown_time

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400), ("12h", 43200), ("30d", 2_592_000), ("4w", 2_419_200)]
)
def test_a_duration_begins_now(text: str, seconds: int) -> None:
    assert moment(text, NOW) == NOW + seconds


def test_a_date_may_name_its_zone() -> None:
    assert moment("2027-06-01T12:00:00+02:00", NOW) == moment("2027-06-01T10:00Z", NOW) == 1_811_844_000
    assert moment("2027-06-01", NOW) < moment("2027-06-02", NOW)


@pytest.mark.parametrize(
    "text", ["", "soon", "30", "30s", "d", "-1d", "1.5h", "2027-13-01", "9999999d", "٣d"]
)
def test_another_text_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        moment(text, NOW)


def test_a_past_time_is_told() -> None:
    with pytest.raises(ValueError, match="past"):
        moment("2020-01-01", NOW)


@given(st.text(max_size=12) | st.floats() | st.integers() | st.none())
def test_whatever_comes_is_shown(value: object) -> None:
    assert (shown_time(value) is None) == (value is None)


@pytest.mark.parametrize("value", ["soon", "", float("nan"), 10**30])
def test_what_is_no_time_is_shown_as_it_is(value: object) -> None:
    assert shown_time(value) == str(value)


def test_a_time_is_shown_in_the_zone_of_this_machine() -> None:
    assert shown_time("2026-11-24T10:00:00.123+00:00") == shown_time(1795514400.9)
