"""
Clocks: that of a zone as the tz database has it, and that of a phone as its files set it.
"""

from __future__ import annotations

from calendar import monthrange, timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from io import BytesIO
from zoneinfo import ZoneInfo

import tzdata

FROM = datetime(int(tzdata.IANA_VERSION[:4]), 12, 1, tzinfo=UTC)
"""The beginning of the two years for which clocks must be right: a little after the data's release."""
UNTIL = FROM.replace(year=FROM.year + 2)


@dataclass(frozen=True)
class Rule:
    """
    A day of each year and a time of day, by the clock in force until then.

    :param minutes: after midnight; a phone may know more or less than a day's.
    :param weekday: 1 is Monday, 7 is Sunday, 0 for a date.
    :param day: with ``weekday``, the first day on which it may be, or 0 for the last such one of the month.
    """

    month: int
    day: int
    weekday: int
    minutes: int

    def moment(self, year: int, offset: int) -> int:
        """
        Return when it is, in seconds since the epoch, by a clock that is ``offset`` minutes ahead of UTC.
        """
        if not self.weekday:
            day = date(year, self.month, self.day)
        elif self.day:
            day = date(year, self.month, self.day)
            day += timedelta((self.weekday - day.isoweekday()) % 7)
        else:
            day = date(year, self.month, monthrange(year, self.month)[1])
            day -= timedelta((day.isoweekday() - self.weekday) % 7)
        return timegm(day.timetuple()) + 60 * (self.minutes - offset)


def nth(month: int, week: int, weekday: int, minutes: int) -> Rule:
    """
    Return the rule of the first to fourth such weekday of a month, or with week 5 the last one.
    """
    return Rule(month, 0 if week == 5 else 7 * week - 6, weekday, minutes)


@dataclass(frozen=True)
class PhoneClock:
    """
    What a phone's clock shows.

    :param offset: minutes east of UTC, summer time aside.
    :param save: minutes by which the clock is ahead between ``start`` and ``end``.
    """

    offset: int
    start: Rule | None = None
    end: Rule | None = None
    save: int = 60

    def changes(self) -> list[tuple[int, int]]:
        """
        Return when the clock changes in the two years and around them, and the minutes ahead of UTC from then
        on, in order.
        """
        if self.start is None or self.end is None:
            return []
        found = []
        for year in range(FROM.year - 1, UNTIL.year + 2):
            found.append((self.start.moment(year, self.offset), self.offset + self.save))
            found.append((self.end.moment(year, self.offset + self.save), self.offset))
        return sorted(found)

    def ahead(self, moment: int) -> int:
        """
        Return by how many minutes the clock is ahead of UTC.
        """
        ahead = self.offset
        for changed, then in self.changes():
            if changed <= moment:
                ahead = then
        return ahead


class Zone:
    """
    A zone of the tz database, read by the standard library from the ``tzdata`` package.
    """

    def __init__(self, content: bytes) -> None:
        self._zone = ZoneInfo.from_file(BytesIO(content))

    def ahead(self, moment: int) -> int:
        offset = datetime.fromtimestamp(moment, self._zone).utcoffset()
        assert offset is not None
        return int(offset.total_seconds()) // 60

    def changes(self) -> Iterator[int]:
        """
        Yield when the clock changes in the two years.
        """
        first, last = int(FROM.timestamp()), int(UNTIL.timestamp())
        before = self.ahead(first)
        for day in range(first, last, 86400):
            after = self.ahead(day + 86400)
            if after != before:
                low, high = day, day + 86400
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (low, middle) if self.ahead(middle) != before else (middle, high)
                yield high
            before = after


@cache
def zone(content: bytes) -> tuple[Zone, tuple[int, ...]]:
    found = Zone(content)
    return found, tuple(found.changes())


@cache
def content_of(name: str) -> bytes:
    """
    Return the file of a zone, which those have in common that are links to it.
    """
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def first_wrong(name: str, clock: PhoneClock) -> str | None:
    """
    Return when and how a phone's clock is first wrong in a zone within the two years, looked at on both sides
    of each change of either; None if it never is.
    """
    return _first_wrong(content_of(name), clock)


@cache
def _first_wrong(content: bytes, clock: PhoneClock) -> str | None:
    truth, changes = zone(content)
    first, last = int(FROM.timestamp()), int(UNTIL.timestamp())
    moments = {
        first,
        last,
        *changes,
        *(moment for moment, _ahead in clock.changes() if first < moment < last),
    }
    for moment in sorted(moments | {moment - 1 for moment in moments}):
        if truth.ahead(moment) != clock.ahead(moment):
            when = datetime.fromtimestamp(moment, UTC)
            return f"{when:%Y-%m-%dT%H:%M:%SZ}: {clock.ahead(moment)} min instead of {truth.ahead(moment)}"
    return None
