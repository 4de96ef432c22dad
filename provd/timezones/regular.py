"""
Whether a zone's clocks go by its yearly rules alone: some follow a calendar that no yearly rule tells
(Gaza: Ramadan), others are about to change their rules.
"""

from __future__ import annotations

import struct
from calendar import timegm
from functools import cache

import tzdata

from .database import zone_content

__all__ = ["is_regular"]

# RFC 8536, 3.1: magic, version, 15 unused bytes, six counts.
_HEADER = struct.Struct(">4sc15x6L")
_OLD_TIME, _NEW_TIME = 4, 8


@cache
def is_regular(name: str) -> bool:
    """
    Tell whether nothing but its rules holds for a zone from the year after the release of the data.

    :raises KeyError: if there is no such zone.
    :raises ValueError: if its file is damaged.
    """
    content = zone_content(name)
    year_after = int(tzdata.IANA_VERSION[:4]) + 1
    return _last_listed_change(content) < timegm((year_after, 1, 1, 0, 0, 0))


def _last_listed_change(content: bytes) -> int:
    """
    Return when the last of the changes is that the file lists beside the rules, in seconds since the epoch; 0
    if it lists none.
    """
    try:
        _magic, _version, utc, standard, leaps, times, types, characters = _HEADER.unpack_from(content)
        # The first block, for old readers, comes before the one with 64-bit times (RFC 8536, 3.2).
        second = _HEADER.size + times * (_OLD_TIME + 1) + types * 6 + characters
        second += leaps * (_OLD_TIME + 4) + standard + utc
        times = _HEADER.unpack_from(content, second)[5]
        if not times:
            return 0
        last = second + _HEADER.size + (times - 1) * _NEW_TIME
        return int(struct.unpack_from(">q", content, last)[0])
    except struct.error:
        raise ValueError("the file of a zone is damaged") from None
