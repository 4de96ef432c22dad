"""
Aastra's files as its phones read them.
"""

from __future__ import annotations

import re
from typing import Any

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule, nth
from tests.plugins.kit import MAC, own_file

OWN = f"{MAC.replace(':', '').upper()}.cfg"

_LINE = re.compile(
    r"[!^]?(?P<name>[a-z0-9][a-z0-9 -]*|dst \[start\|end\] relative date):(?P<value>.*)", re.ASCII
)
_PEM = re.compile(rb"(?:-----BEGIN ([A-Z ]+)-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END \1-----\n)+")
# What the phone takes, by the end of a setting's name.
_VALUES = {
    "download protocol": {"HTTP", "HTTPS"},
    "dst config": {"0", "3"},
    "directed call pickup": {"0", "1"},
    "tagging enabled": {"0", "1"},
    "time server disabled": {"0", "1"},
    "sip transport protocol": {"0", "1", "2", "4"},
    "sip out-of-band dtmf": {"0", "1"},
    "srtp mode": {"0", "1", "2"},
    "dtmf method": {"0", "1", "2"},
    "type": {"speeddial", "blf", "park", "xml", "line"},
    "tone set": {"US", "France", "Germany", "Europe", "Italy", "UK", "Australia"},
}
_RANGES = {
    "vlan id": (1, 4095),
    "vlan id port 1": (1, 4095),
    "priority non-ip": (0, 7),
    "admin password": (0, 2**32 - 1),
    "user password": (0, 2**32 - 1),
    "dst minutes": (0, 60),
    "dst start hour": (0, 23),
    "dst end hour": (0, 23),
    "dst start month": (1, 12),
    "dst end month": (1, 12),
    "port": (0, 65535),
}
_LINES = re.compile(r"(?:sip line\d+|prgkey\d+|topsoftkey\d+|softkey\d+|expmod[123] key\d+) ")


def read(text: str) -> dict[str, str]:
    """
    Read a file as a phone does: ``name: value``, ``#`` begins a comment but in quotes, and a later line wins.
    """
    settings: dict[str, str] = {}
    for line in filter(None, text.split("\n")):
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        name, value = match["name"], match["value"].strip()
        if value.startswith('"'):
            assert re.fullmatch(r'"[^"]*"', value), "a quoted value ends at the next quote"
            value = value[1:-1]
        else:
            assert "#" not in value, "a comment would cut the value"
        assert name not in settings, f"{name} is there twice"
        settings[name] = value
        _check_value(name, value)
    assert settings, "a phone may stop at an empty file"
    return settings


def _check_value(name: str, value: str) -> None:
    kind = _LINES.sub("", name)
    if kind in _VALUES:
        assert value in _VALUES[kind], f"{name}: {value}"
    lowest, highest = _RANGES.get(kind, _RANGES["port"] if kind.endswith(" port") else (None, None))
    if lowest is not None and highest is not None:
        assert lowest <= int(value) <= highest, f"{name}: {value}"
    if kind.endswith((" ip", "outbound proxy")):
        assert value, f"{name} has no address"


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    if name.endswith(".cfg"):
        read(content.decode("utf-8"))
    else:
        assert name.endswith(".pem")
        assert _PEM.fullmatch(content)


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, str]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


CLOCKS = [{"model": "6867i", "version": "4.3.0.2036"}]


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: minutes west of UTC; weeks count from 1, the last one is -1; Sunday is 1.
    """
    got = read(files[OWN].decode("utf-8"))
    assert got["time zone name"] == "Custom"
    offset = -int(got["time zone minutes"])
    if got["dst config"] == "0":
        return PhoneClock(offset)
    is_relative = got["dst [start|end] relative date"] == "1"
    start, end = (_rule(got, side, is_relative) for side in ("start", "end"))
    return PhoneClock(offset, start, end, int(got["dst minutes"]))


def _rule(got: dict[str, str], side: str, is_relative: bool) -> Rule:
    month, day, hour = (int(got[f"dst {side} {field}"]) for field in ("month", "day", "hour"))
    if not is_relative:
        return Rule(month, day, 0, 60 * hour)
    assert 1 <= day <= 7
    week = int(got[f"dst {side} week"])
    assert week in (1, 2, 3, 4, -1)
    return nth(month, 5 if week == -1 else week, (day + 5) % 7 + 1, 60 * hour)
