"""
Yealink's files as its phones read them.
"""

from __future__ import annotations

from typing import Any

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, nth
from tests.plugins.kit import MAC, own_file

HEADER = "#!version:1.0.0.1"
OWN = f"{MAC.replace(':', '')}.cfg"


def read(text: str) -> dict[str, Any]:
    """
    Read a file as a phone does: the header, then comments and ``name = value``; a later line wins, but for
    ``security.user_password``, which counts once for each user name.
    """
    first, *lines = text.split("\n")
    assert first == HEADER
    settings: dict[str, Any] = {}
    for line in filter(None, lines):
        if line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip(), value.strip()
        assert equals, line
        assert name.replace(".", "").replace("_", "").isalnum(), line
        assert value, "an empty value would leave what the phone has"
        if name.endswith("security.user_password"):
            user, colon, password = value.partition(":")
            assert colon
            settings.setdefault(name, {})[user] = password
        else:
            settings[name] = value
    return settings


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    if name.endswith(".cfg"):
        read(content.decode("utf-8"))
    elif name.endswith(".boot"):
        assert content.startswith(HEADER.encode())


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, Any]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


CLOCKS = [{"model": "T46S", "version": "66.86.0.15"}, {"model": "T28P", "version": "2.73.0.50"}]


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: the zone is hours and minutes, changes are month/week/weekday/hour.
    """
    got = read(files[OWN].decode("utf-8"))
    hours, _colon, minutes = got["local_time.time_zone"].lstrip("+-").partition(":")
    offset = 60 * int(hours) + int(minutes or 0)
    offset = -offset if got["local_time.time_zone"].startswith("-") else offset
    if got["local_time.summer_time"] == "0":
        return PhoneClock(offset)
    assert got["local_time.dst_time_type"] == "1"
    start, end = (
        nth(month, week, weekday, 60 * hour)
        for month, week, weekday, hour in (
            map(int, got[f"local_time.{side}_time"].split("/")) for side in ("start", "end")
        )
    )
    return PhoneClock(offset, start, end, int(got["local_time.offset_time"]))
