"""
The time zone of a raw config, as rules that a family can write in its phones' words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from provd.timezones.info import TimezoneNotFoundError, get_timezone_info
from provd.timezones.regular import is_regular
from provd.timezones.weekdays import iso_weekdays

from .reports import Report

__all__ = ["LAST", "Change", "Clock", "clock", "summer_time", "whole_hour"]

LAST = 5
"""The week of a :class:`Change` on the last such weekday of its month."""

_PARAMETER = "timezone"
_MIDNIGHT = 24 * 60


class Change(NamedTuple):
    """
    When clocks change.
    """

    month: int
    weekday: int
    """1 is Monday, 7 is Sunday; 0 for a change by date."""
    week: int
    """1 to 4: the first to fourth such weekday of the month, ``LAST`` the last one; 0 by date."""
    day: int
    """By date: the day of the month.  By weekday: the first day on which it may be (of the first week 1, of
    the second 8 ...), 0 for the last week."""
    minutes: int
    """After midnight, by the clock in force until then: 0 to 1440, which is the day's end."""

    def by_next_day(self) -> Change | None:
        """
        Return a change at a day's end as one at the beginning of the next day, for phones that take a weekday
        on or after a day: its week is then 0.  None if it isn't at a day's end, or has no such form: the day
        after the last Saturday needn't be the last Sunday.
        """
        if self.minutes != _MIDNIGHT or not self.weekday or self.week == LAST:
            return None
        return Change(self.month, self.weekday % 7 + 1, 0, self.day + 1, 0)


class Clock(NamedTuple):
    """
    A zone as its clocks go from now on.
    """

    name: str
    """As in the tz database."""
    utc_offset: int
    """Minutes east of UTC, summer time aside."""
    start: Change | None
    """Of summer time; None if there is none."""
    end: Change | None
    save: int
    """Minutes by which clocks are ahead in summer; 0 without summer time."""


def clock(raw_config: Mapping[str, Any], report: Report) -> Clock | None:
    """
    Return the clock of a raw config; None if it says nothing, or names a zone that isn't known, which is
    reported.  A zone that doesn't go by yearly rules alone is reported, too.
    """
    name = raw_config.get(_PARAMETER)
    if not name:
        return None
    try:
        with iso_weekdays():
            zone = get_timezone_info(name)
    except TimezoneNotFoundError:
        report.add(_PARAMETER, "isn't known: the phone keeps its own")
        return None
    if not is_regular(name):
        report.add(_PARAMETER, "its clocks don't go by yearly rules alone, and phones know no others")
    dst = zone["dst"]
    offset = zone["utcoffset"].as_minutes
    if dst is None:
        return Clock(name, offset, None, None, 0)
    return Clock(name, offset, _change(dst["start"]), _change(dst["end"]), dst["save"].as_minutes)


def summer_time(zone: Clock, report: Report) -> tuple[Change, Change] | None:
    """
    Return when summer time starts and ends, both by weekday or both by date; None if there is none, or if the
    zone's rules are one of each, which is reported: phones have one setting for both.
    """
    if zone.start is None or zone.end is None:
        return None
    if bool(zone.start.week) != bool(zone.end.week):
        report.add(_PARAMETER, "its rules mix days and weeks: the phone has no summer time")
        return None
    return zone.start, zone.end


def whole_hour(change: Change, report: Report) -> int:
    """
    Return the hour of a change for phones that know the hours 0 to 23 alone; reported where the change is at
    another time.
    """
    if change.minutes % 60 or change.minutes == _MIDNIGHT:
        report.add(_PARAMETER, "the phone's clock changes up to an hour too early, as it knows no such time")
    return min(change.minutes // 60, 23)


def _change(change: Mapping[str, Any]) -> Change:
    month, minutes = change["month"], change["time"].as_minutes
    kind, text = change["day"][0], change["day"][1:]
    if kind == "D":
        return Change(month, 0, 0, int(text), minutes)
    week, weekday = map(int, text.split("."))
    return Change(month, weekday, week, 0 if week == LAST else 7 * week - 6, minutes)
