from __future__ import annotations

import pytest

from provd.pluginkit.family.clock import Change, Clock, clock, summer_time, whole_hour
from provd.pluginkit.family.reports import Report
from provd.timezones.weekdays import iso_weekdays


def test_clock_of_a_zone_with_summer_time() -> None:
    report = Report()
    paris = clock({"timezone": "Europe/Paris"}, report)
    assert paris == ("Europe/Paris", 60, Change(3, 7, 5, 0, 120), Change(10, 7, 5, 0, 180), 60)
    with iso_weekdays():  # a third-party plugin's habit changes nothing here
        assert clock({"timezone": "Europe/Paris"}, report) == paris
    assert clock({"timezone": "America/New_York"}, report) == (
        *("America/New_York", -300, Change(3, 7, 2, 8, 120), Change(11, 7, 1, 1, 120), 60),
    )
    assert report.lines == []


def test_clock_of_a_zone_without() -> None:
    assert clock({"timezone": "Asia/Kathmandu"}, Report()) == ("Asia/Kathmandu", 345, None, None, 0)


@pytest.mark.parametrize("raw_config", [{}, {"timezone": None}, {"timezone": ""}])
def test_no_zone_no_clock(raw_config: dict[str, str]) -> None:
    report = Report()
    assert clock(raw_config, report) is None
    assert report.lines == []


@pytest.mark.parametrize(("name", "is_known"), [("Europe/Atlantis", False), ("Asia/Gaza", True)])
def test_zone_that_phones_cannot_follow_is_reported(name: str, is_known: bool) -> None:
    report = Report()
    assert (clock({"timezone": name}, report) is not None) is is_known
    assert [line.partition(":")[0] for line in report.lines] == ["timezone"]


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (Change(9, 6, 1, 1, 1440), Change(9, 7, 0, 2, 0)),
        (Change(4, 7, 2, 8, 1440), Change(4, 1, 0, 9, 0)),
        (Change(4, 7, 2, 8, 120), None),
        (Change(10, 4, 5, 0, 1440), None),
        (Change(10, 0, 0, 4, 1440), None),
    ],
)
def test_end_of_a_day_is_the_beginning_of_the_next(change: Change, moved: Change | None) -> None:
    assert change.by_next_day() == moved


@pytest.mark.parametrize(
    ("minutes", "hour", "is_exact"), [(0, 0, True), (120, 2, True), (165, 2, False), (1440, 23, False)]
)
def test_whole_hour(minutes: int, hour: int, is_exact: bool) -> None:
    report = Report()
    assert whole_hour(Change(3, 7, 5, 0, minutes), report) == hour
    assert (report.lines == []) is is_exact


def test_summer_time_goes_by_weekdays_or_dates() -> None:
    report = Report()
    by_week, by_date = Change(3, 7, 5, 0, 120), Change(10, 0, 0, 4, 120)
    assert summer_time(Clock("A/B", 60, None, None, 0), report) is None
    assert summer_time(Clock("A/B", 60, by_week, by_week, 60), report) == (by_week, by_week)
    assert report.lines == []
    assert summer_time(Clock("A/B", 60, by_week, by_date, 60), report) is None
    assert report.lines == ["timezone: its rules mix days and weeks: the phone has no summer time"]
