from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.timezones.posix import (
    Change,
    DaylightSaving,
    FixedDay,
    NthWeekday,
    ZoneRules,
    parse_tz,
)


@pytest.mark.parametrize(
    ("text", "offset"),
    [("UTC0", 0), ("EST5", -18000), ("<+0545>-5:45", 20700), ("<-0930>9:30", -34200), ("LMT-0:25:21", 1521)],
)
def test_a_zone_without_summer_time_has_its_offset_alone(text: str, offset: int) -> None:
    assert parse_tz(text) == ZoneRules(offset, None)


def test_a_change_without_a_time_is_at_two() -> None:
    rules = parse_tz("CET-1CEST,M3.5.0,M10.5.0/3")
    assert rules.daylight_saving == DaylightSaving(
        Change(NthWeekday(3, 5, 0), 7200), Change(NthWeekday(10, 5, 0), 10800), 3600
    )


def test_summer_time_may_save_half_an_hour() -> None:
    rules = parse_tz("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0")
    assert rules.daylight_saving is not None
    assert rules.daylight_saving.save == 1800


def test_negative_summer_time_is_turned_round() -> None:
    assert parse_tz("IST-1GMT0,M10.5.0,M3.5.0/1") == ZoneRules(
        0, DaylightSaving(Change(NthWeekday(3, 5, 0), 3600), Change(NthWeekday(10, 5, 0), 7200), 3600)
    )


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("M3.4.4/26", Change(NthWeekday(3, 4, 5), 7200)),
        ("M3.4.4/50", Change(NthWeekday(3, 4, 6), 7200)),
        ("M3.5.0/-1", Change(NthWeekday(3, 5, 6), 82800)),
        ("M4.1.6/24", Change(NthWeekday(4, 1, 6), 86400)),
        ("M4.1.6/48", Change(NthWeekday(4, 1, 1), 0)),
        ("M3.5.0/1:30:15", Change(NthWeekday(3, 5, 0), 5415)),
        ("J60", Change(FixedDay(3, 1), 7200)),
        ("J365/26", Change(FixedDay(1, 1), 7200)),
        ("0/0", Change(FixedDay(1, 1), 0)),
        ("0/-2", Change(FixedDay(12, 31), 79200)),
        ("59", Change(FixedDay(3, 1), 7200)),
        ("365", Change(FixedDay(12, 31), 7200)),
    ],
)
def test_days_and_times_of_a_change(rule: str, change: Change) -> None:
    rules = parse_tz(f"AAA0BBB,{rule},M11.1.0")
    assert rules.daylight_saving is not None
    assert rules.daylight_saving.start == change


def test_summer_time_all_year_is_another_offset() -> None:
    assert parse_tz("XXX3EDT4,0/0,J365/23") == ZoneRules(-14400, None)


def test_summer_time_without_rules_has_those_of_the_c_library() -> None:
    assert parse_tz("EST5EDT") == parse_tz("EST5EDT,M3.2.0,M11.1.0")


def test_a_summer_time_that_saves_nothing_is_none() -> None:
    assert parse_tz("AAA0BBB0,M3.2.0,M11.1.0") == ZoneRules(0, None)


@pytest.mark.parametrize(
    "text",
    [
        *["", "UTC", "AB0", "UTC25", "UTC0:60", "A B0", "UTC0\n", "UTC\N{ARABIC-INDIC DIGIT ZERO}"],
        *(f"EST5EDT,{rule},M11.1.0" for rule in ["M13.1.0", "M3.6.0", "M3.0.0", "M3.2.7", "M3.2.0/168"]),
        *["EST5EDT,M3.2.0", "EST5EDT,J0,J9", "EST5EDT,366,9"],
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="TZ string"):
        parse_tz(text)


_NAMES = st.sampled_from(["AAA", "<+01>", "<-0330>"])
_TIMES = st.integers(-167, 167).map(str) | st.just("+1:02:03")
_RULES = st.one_of(
    st.builds("M{}.{}.{}".format, st.integers(1, 12), st.integers(1, 5), st.integers(0, 6)),
    st.integers(1, 365).map("J{}".format),
    st.integers(0, 365).map(str),
)
_TIMED_RULES = st.builds("{}/{}".format, _RULES, _TIMES) | _RULES


@given(_NAMES, st.integers(-24, 24), _NAMES, _TIMED_RULES, _TIMED_RULES)
def test_rules_always_fit_a_year_and_a_day(std: str, offset: int, dst: str, start: str, end: str) -> None:
    dst_rules = parse_tz(f"{std}{offset}{dst},{start},{end}").daylight_saving
    if dst_rules is None:
        return
    assert dst_rules.save == 3600
    for change in (dst_rules.start, dst_rules.end):
        assert 0 <= change.seconds <= 86400
        assert 1 <= change.day.month <= 12


@given(st.text(st.sampled_from("ABCEST<>+-0123456789:,./MJ"), max_size=30) | st.text())
def test_any_text_gives_rules_or_the_one_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_tz(text), ZoneRules)
