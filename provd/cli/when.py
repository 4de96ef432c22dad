"""
Times as administrators write and read them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

__all__ = ["moment", "shown_time"]

_DURATION = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[mhdw])", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def moment(text: str, now: float) -> float:
    """
    Return the time that is meant, in seconds since the epoch.

    :param text: a duration from now on (``90m``, ``12h``, ``30d``, ``4w``), or a date or time by ISO 8601, in
        the zone of this machine if it names none.
    :raises ValueError: if it is neither, or past.
    """
    duration = _DURATION.fullmatch(text)
    if duration is not None:
        return now + int(duration["number"]) * _SECONDS[duration["unit"]]
    try:
        found = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError("is neither a duration such as 30d or 12h nor a date such as 2027-01-31") from None
    if found <= now:
        raise ValueError("is past")
    return found


def shown_time(value: Any) -> str | None:
    """
    Return a time in the zone of this machine, to the second.

    :param value: seconds since the epoch, or a text by ISO 8601; what is neither is shown as it is.
    """
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value)
        return found.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError, TypeError):
        return str(value)
