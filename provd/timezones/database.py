"""
Zone names, and the TZ string of each, from the files of the ``tzdata`` package: the machine's own lack the
older names (``US/Eastern``, ``Asia/Calcutta``) that plugins ask for while they are loaded.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["tz_string", "zone_content", "zone_names"]


@cache
def zone_names() -> frozenset[str]:
    """
    Return the names of all zones, older spellings included.
    """
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("ascii").split())


def zone_content(name: str) -> bytes:
    """
    Return the file of a zone (RFC 8536).

    :raises KeyError: if there is no such zone.
    """
    if name not in zone_names():
        raise KeyError(name)
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def tz_string(name: str) -> str:
    """
    Return the TZ string of a zone, such as ``"CET-1CEST,M3.5.0,M10.5.0/3"``.

    :raises KeyError: if there is no such zone.
    :raises ValueError: if its file is damaged.
    """
    content = zone_content(name)
    # RFC 8536, 3.3: version 2 and later end with the TZ string between two line feeds.
    lines = content.rsplit(b"\n", 2)
    if not content.startswith(b"TZif") or len(lines) != 3 or lines[2]:
        raise ValueError(f"the file of zone {name} is damaged")
    return lines[1].decode("ascii")
