"""
Grandstream's files as its phones read them.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule, nth
from tests.plugins.kit import MAC, own_file

DIGITS = MAC.replace(":", "")


def read(text: str) -> dict[str, str]:
    """
    Read a file of XML as a phone does: elements P<number>, or items with a name, each once.
    """
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ElementTree.fromstring(text.encode())
    assert (root.tag, root.get("version")) == ("gs_provision", "1")
    *macs, settings = root
    for mac in macs:
        assert mac.tag == "mac"
        assert re.fullmatch("[0-9a-f]{12}", mac.text or "")
    assert settings.tag == "config"
    values: dict[str, str] = {}
    for element in settings:
        if settings.get("version") == "2":
            assert element.tag == "item"
            name = element.get("name") or ""
            assert re.fullmatch(r"[a-zA-Z]+(?:\.\w+)+", name), name
        else:
            assert settings.get("version") == "1"
            name = element.tag
            assert re.fullmatch(r"P[1-9]\d{0,4}", name), name
        assert not len(element)
        assert name not in values, name
        values[name] = element.text or ""
    return values


def read_binary(content: bytes) -> dict[str, str]:
    """
    Read the binary file of an old phone.
    """
    size = int.from_bytes(content[:4], "big")
    assert 2 * size == len(content)
    assert len(content) % 4 == 0
    assert sum(int.from_bytes(content[i : i + 2], "big") for i in range(0, len(content), 2)) % 65536 == 0
    assert content[12:16] == b"\r\n\r\n"
    *pairs, key = content[16:].rstrip(b"\0").decode("ascii").split("&")
    assert key == "gnkey=0b82"
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        assert equals
        assert re.fullmatch(r"P[1-9]\d{0,4}", name), name
        assert name not in values, name
        values[name] = unquote(value, errors="strict")
    return values


def as_text(content: bytes) -> str:
    """
    Return a file as text, that of an old phone as lines of its settings.
    """
    if not content.startswith(b"\0"):  # the size of a binary file
        return content.decode("utf-8")
    return "".join(f"{name}={value}\n" for name, value in read_binary(content).items())


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    if name.endswith(".xml"):
        read(content.decode("utf-8"))
        assert name == "cfg.xml" or f"<mac>{name[3:15]}</mac>" in content.decode()
    elif name.startswith("cfg"):
        read_binary(content)
        assert content[6:12].hex() == name[3:15]


def settings(
    plugin: FamilyPlugin, model: str | None, version: str | None = None, **parameters: Any
) -> dict[str, str]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    text = own_file(plugin, device, config(parameters.pop("config", "full"), **parameters))
    return read(text) if text.startswith("<") else dict(line.split("=", 1) for line in text.splitlines())


CLOCKS = [{"model": "GXP2160", "version": "1.0.11.23"}, {"model": "GRP2614", "version": "1.0.13.59"}]

_OFFSET = r"([+-])(\d{1,2})(?::(\d\d))?"
_CHANGE = r"M(\d{1,2})\.(\d)\.(\d)/(\d{1,2})(?::(\d\d))?"
_ZONE = re.compile(rf"[A-Z]{{3}}{_OFFSET}(?:[A-Z]{{3}}{_OFFSET},{_CHANGE},{_CHANGE})?")
_LONGEST_ZONE = 64


def _minutes(sign: str, hours: str, minutes: str | None) -> int:
    total = 60 * int(hours) + int(minutes or 0)
    return total if sign == "-" else -total  # counted westward


def _rule(month: str, week: str, weekday: str, hours: str, minutes: str | None) -> Rule:
    return nth(int(month), int(week), int(weekday) or 7, 60 * int(hours) + int(minutes or 0))


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: std offset dst offset, then start and end as month.week.weekday/time.
    """
    got = read(files[f"cfg{DIGITS}.xml"].decode("utf-8"))
    if "P64" in got:
        assert (got["P64"], got["P143"]) == ("customize", "0")
    text = got.get("P246") or got["dateTime.timezone"]
    match = _ZONE.fullmatch(text)
    assert match is not None, text
    assert len(text) <= _LONGEST_ZONE
    parts = match.groups()
    offset = _minutes(parts[0], parts[1], parts[2])
    if parts[3] is None:
        return PhoneClock(offset)
    save = _minutes(parts[3], parts[4], parts[5]) - offset
    return PhoneClock(offset, _rule(*parts[6:11]), _rule(*parts[11:16]), save)
