"""
How weekdays are numbered for a plugin: from Sunday, or for a few third-party releases from Monday.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["are_weekdays_iso", "iso_weekdays", "week_start_on_monday"]

_enabled: ContextVar[bool] = ContextVar("iso_weekdays", default=False)


@contextmanager
def iso_weekdays(enabled: bool = True) -> Iterator[None]:
    """
    Number weekdays from Monday, or with False from Sunday, while the block runs, in this thread and
    context alone.
    """
    token = _enabled.set(enabled)
    try:
        yield
    finally:
        _enabled.reset(token)


def are_weekdays_iso() -> bool:
    """
    Tell whether weekdays count from Monday here and now.
    """
    return _enabled.get()


def week_start_on_monday(weekday: int) -> int:
    """
    Return the number of a weekday counted from Monday = 1.

    :param weekday: 1 to 7, counted from Sunday = 1.
    """
    return (weekday + 5) % 7 + 1
