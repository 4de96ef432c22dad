"""
TZ strings such as ``CET-1CEST,M3.5.0,M10.5.0/3``: when clocks change (POSIX.1-2024, 8.3, with the hours of
-167 to 167 of RFC 8536, 3.3.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Change", "DaylightSaving", "FixedDay", "NthWeekday", "ZoneRules", "parse_tz"]

_DAY = 86400
_HOUR = 3600
_DEFAULT_TIME = 2 * _HOUR
# What the GNU C library assumes of a zone that names a summer time without rules.
_DEFAULT_START, _DEFAULT_END = "M3.2.0", "M11.1.0"
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_HMS = r"[+-]?\d{1,3}(?::\d{2}(?::\d{2})?)?"
_ZONE = re.compile(
    rf"{_NAME}(?P<standard>{_HMS})"
    rf"(?:(?P<name>{_NAME})(?P<summer>{_HMS})?(?:,(?P<start>[^,]+),(?P<end>[^,]+))?)?",
    re.ASCII,
)
_RULE = re.compile(
    rf"(?:M(\d{{1,2}})\.(\d)\.(\d)|J(\d{{1,3}})|(\d{{1,3}}))(?:/({_HMS}))?",
    re.ASCII,
)


@dataclass(frozen=True)
class NthWeekday:
    """
    A weekday of a month.

    :param week: 1 to 4 from the start of the month; 5 is the last one.
    :param weekday: 0 is Sunday.
    """

    month: int
    week: int
    weekday: int

    def shifted(self, days: int) -> NthWeekday:
        return NthWeekday(self.month, self.week, (self.weekday + days) % 7)


@dataclass(frozen=True)
class FixedDay:
    """
    The same day each year.
    """

    month: int
    day: int

    def shifted(self, days: int) -> FixedDay:
        return _fixed_day(sum(_MONTH_LENGTHS[: self.month - 1]) + self.day - 1 + days)


@dataclass(frozen=True)
class Change:
    """
    When clocks change.

    :param seconds: after midnight of that day, by the clock in force until then; 0 to 86400.
    """

    day: NthWeekday | FixedDay
    seconds: int


@dataclass(frozen=True)
class DaylightSaving:
    """
    Summer time.

    :param save: seconds by which clocks are ahead between both changes; positive.
    """

    start: Change
    end: Change
    save: int


@dataclass(frozen=True)
class ZoneRules:
    """
    A zone as its clocks go from now on.

    :param utc_offset: seconds east of UTC, summer time aside.
    """

    utc_offset: int
    daylight_saving: DaylightSaving | None


def parse_tz(text: str) -> ZoneRules:
    """
    Return the rules that a TZ string tells.

    :raises ValueError: if it isn't one.
    """
    match = _ZONE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a TZ string: {text!r}")
    standard = -_seconds(match["standard"], 24)
    if match["name"] is None:
        return ZoneRules(standard, None)
    summer = standard + _HOUR if match["summer"] is None else -_seconds(match["summer"], 24)
    start = _rule(match["start"] or _DEFAULT_START)
    end = _rule(match["end"] or _DEFAULT_END)
    return _zone(standard, summer - standard, start, end)


@dataclass(frozen=True)
class _Rule:
    day: NthWeekday | FixedDay
    seconds: int

    def change(self) -> Change:
        """
        Return the change with its time moved into a day: phones know no "Thursday, 26:00".
        """
        if 0 <= self.seconds <= _DAY:
            return Change(self.day, self.seconds)
        days, seconds = divmod(self.seconds, _DAY)
        return Change(self.day.shifted(days), seconds)


def _zone(standard: int, save: int, start: _Rule, end: _Rule) -> ZoneRules:
    # RFC 8536, 3.3.1: from the first moment of the year to its last, so clocks never change.
    if start == _NEW_YEAR and end == _Rule(FixedDay(12, 31), _DAY + save):
        return ZoneRules(standard + save, None)
    if save == 0:
        return ZoneRules(standard, None)
    if save < 0:
        # Irish law: the standard time is that of summer, and winter time an hour behind it.
        return ZoneRules(standard + save, DaylightSaving(end.change(), start.change(), -save))
    return ZoneRules(standard, DaylightSaving(start.change(), end.change(), save))


def _rule(text: str) -> _Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a rule of a TZ string: {text!r}")
    month, week, weekday, julian, ordinal, time = match.groups()
    seconds = _DEFAULT_TIME if time is None else _seconds(time, 167)
    if month is not None:
        _check(1 <= int(month) <= 12 and 1 <= int(week) <= 5 and int(weekday) <= 6, text)
        return _Rule(NthWeekday(int(month), int(week), int(weekday)), seconds)
    if julian is not None:
        _check(1 <= int(julian) <= 365, text)
        return _Rule(_fixed_day(int(julian) - 1), seconds)
    # Counted with February 29: read as in the three years of four that have none.
    _check(int(ordinal) <= 365, text)
    return _Rule(_fixed_day(min(int(ordinal), 364)), seconds)


def _fixed_day(day_of_year: int) -> FixedDay:
    """
    Return a day of a year without February 29.

    :param day_of_year: 0 is January 1; other years' days wrap round.
    """
    day = day_of_year % 365
    for month, length in enumerate(_MONTH_LENGTHS, start=1):
        if day < length:
            return FixedDay(month, day + 1)
        day -= length
    raise AssertionError("unreachable")


_NEW_YEAR = _Rule(FixedDay(1, 1), 0)


def _seconds(text: str, most_hours: int) -> int:
    hours, minutes, seconds = (*map(int, text.lstrip("+-").split(":")), 0, 0)[:3]
    _check(hours <= most_hours and minutes < 60 and seconds < 60, text)
    total = hours * _HOUR + minutes * 60 + seconds
    return -total if text.startswith("-") else total


def _check(valid: bool, text: str) -> None:
    if not valid:
        raise ValueError(f"out of range in a TZ string: {text!r}")
