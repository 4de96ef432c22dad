"""
Public name for plugins: see ``provd.timezones``.
"""

from .timezones.info import (
    DefaultTimezoneInfoDB,
    TextTimezoneInfoDB,
    Time,
    TimezoneNotFoundError,
    get_timezone_info,
)
from .timezones.weekdays import week_start_on_monday

__all__ = [
    "DefaultTimezoneInfoDB",
    "TextTimezoneInfoDB",
    "Time",
    "TimezoneNotFoundError",
    "get_timezone_info",
    "week_start_on_monday",
]
