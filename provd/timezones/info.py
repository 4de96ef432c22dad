"""
Time zones in the form that plugins read: a dictionary of offsets and of the days when clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from .database import tz_string
from .posix import Change, DaylightSaving, FixedDay, ZoneRules, parse_tz
from .weekdays import are_weekdays_iso, week_start_on_monday

__all__ = [
    "DefaultTimezoneInfoDB",
    "TextTimezoneInfoDB",
    "Time",
    "TimezoneNotFoundError",
    "get_timezone_info",
]

TimezoneInfo = dict[str, Any]
"""
``utcoffset``: a :class:`Time`, east positive, summer time aside; ``dst``: None, or a dictionary of ``start``
and ``end``, each with ``month`` (1 to 12), ``day`` and ``time`` (a :class:`Time` of day, by the clock in
force until then), ``save`` (a :class:`Time`) and ``as_string``, the same text for the same rules.

``day`` is ``"D<day of the month>"`` or ``"W<week>.<weekday>"``: week 5 is the last one, weekday 1 is Sunday.
"""


class TimezoneNotFoundError(Exception):
    """
    There is no zone of that name.
    """


@dataclass(frozen=True)
class Time:
    """
    A time of day or a difference, in seconds, with what plugins print of it.
    """

    as_seconds: int

    @property
    def as_minutes(self) -> int:
        """The minutes, rounded down."""
        return self.as_seconds // 60

    @property
    def as_hours(self) -> int:
        """The hours, rounded down."""
        return self.as_seconds // 3600

    @property
    def as_hms(self) -> list[int]:
        """
        Hours, minutes and seconds; of a negative time only the first that isn't 0 is negative.
        """
        minutes, seconds = divmod(abs(self.as_seconds), 60)
        result = [minutes // 60, minutes % 60, seconds]
        if self.as_seconds < 0:
            first = next(index for index, item in enumerate(result) if item)
            result[first] = -result[first]
        return result


def get_timezone_info(name: str) -> TimezoneInfo:
    """
    Return a zone as its clocks go from now on; see ``TimezoneInfo``.  The caller may change it.

    :param name: such as ``"Europe/Paris"`` or ``"US/Eastern"``.
    :raises TimezoneNotFoundError: if there is no such zone.
    """
    try:
        rules = _rules(name)
    except (KeyError, TypeError):  # TypeError: not even text, as a raw config may have it
        raise TimezoneNotFoundError(name) from None
    dst = rules.daylight_saving
    return {"utcoffset": Time(rules.utc_offset), "dst": None if dst is None else _dst(dst)}


@cache
def _rules(name: str) -> ZoneRules:
    return parse_tz(tz_string(name))


def _dst(dst: DaylightSaving) -> dict[str, Any]:
    start, end = _change(dst.start), _change(dst.end)
    as_string = f"{_text(start)};{_text(end)};{dst.save}"
    return {"start": start, "end": end, "save": Time(dst.save), "as_string": as_string}


def _text(change: dict[str, Any]) -> str:
    return f"{change['month']}/{change['day']}/{change['time'].as_seconds}"


def _change(change: Change) -> dict[str, Any]:
    day = change.day
    if isinstance(day, FixedDay):
        text = f"D{day.day}"
    else:
        weekday = day.weekday + 1
        text = f"W{day.week}.{week_start_on_monday(weekday) if are_weekdays_iso() else weekday}"
    return {"month": day.month, "day": text, "time": Time(change.seconds)}


class ITimezoneInfoDB(Protocol):
    def get_timezone_info(self, timezone_name: str) -> TimezoneInfo: ...


class TextTimezoneInfoDB:
    """
    All zones, as an object.
    """

    def get_timezone_info(self, timezone_name: str) -> TimezoneInfo:
        """See :func:`get_timezone_info`."""
        return get_timezone_info(timezone_name)


class DefaultTimezoneInfoDB:
    """
    The zones of another object, and for unknown names one of them.

    :raises TimezoneNotFoundError: if not even the default is known.
    """

    def __init__(self, default_tz_name: str, db: ITimezoneInfoDB) -> None:
        db.get_timezone_info(default_tz_name)
        self._default_name, self._db = default_tz_name, db

    def get_timezone_info(self, timezone_name: str) -> TimezoneInfo:
        try:
            return self._db.get_timezone_info(timezone_name)
        except TimezoneNotFoundError:
            return self._db.get_timezone_info(self._default_name)
