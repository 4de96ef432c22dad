"""
Snom's files as its phones read them.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule, nth
from tests.plugins.kit import MAC, own_file

OWN = "001565AA0B1C.xml"
_SECTIONS = {"phone-settings", "functionKeys", "certificates", "gui-languages", "web-languages"}
_SETTING = re.compile(r"[a-z0-9_]+")
_FIRST = "auto_reboot_on_setting_change"


def read(text: str) -> dict[str, str]:
    """
    Read a file of settings: ``name`` or ``name[idx]`` -> value, keys as ``fkey[idx]``, ``fkey[idx].label``
    and ``fkey[idx].context``, files of certificates and languages in the order of the document as ``url[n]``.
    """
    root = _root(text)
    assert root.tag == "settings"
    assert {section.tag for section in root} <= _SECTIONS
    assert len({section.tag for section in root}) == len(root), "each section once"
    settings: dict[str, str] = {}

    def add(name: str, value: str) -> None:
        assert name not in settings, f"{name} twice"
        settings[name] = value

    for index, element in enumerate(root.findall("phone-settings/*")):
        assert _SETTING.fullmatch(element.tag), element.tag
        assert len(element) == 0
        assert element.attrib.keys() <= {"idx", "perm", "type"}
        assert element.get("perm", "RW") in {"R", "RW"}
        assert int(element.get("idx", 1)) >= (0 if element.tag == "context_key" else 1)
        assert element.tag != _FIRST or index == 0, "has no effect on what comes before it"
        which = element.get("idx") or element.get("type")
        add(f"{element.tag}[{which}]" if which else element.tag, element.text or "")
    for index, key in enumerate(root.findall("functionKeys/*")):
        assert key.tag == "fkey"
        assert key.attrib.keys() == {"idx", "context", "label", "perm"}
        assert int(key.attrib["idx"]) == index
        assert key.attrib["context"] == "active" or 1 <= int(key.attrib["context"]) <= 12
        assert re.fullmatch(r"line|(?:speed|blf|orbit|url) \S.*|orbit", key.text or ""), key.text
        add(f"fkey[{index}]", key.text or "")
        add(f"fkey[{index}].label", key.attrib["label"])
        add(f"fkey[{index}].context", key.attrib["context"])
    for index, file in enumerate(root.findall("*[@url]") + root.findall("*/*[@url]")):
        assert file.tag in {"certificate", "language"}
        add(f"url[{index}]", file.attrib["url"])
    return settings


def _root(text: str) -> ElementTree.Element:
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert not (element.tail or "").strip(), "text between elements"
        assert len(element) == 0 or not (element.text or "").strip()
    return root


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    if name.endswith(".der"):
        assert content[:1] == b"\x30", "an ASN.1 sequence"
        return
    assert name.endswith((".xml", ".htm")), name
    root = _root(content.decode("utf-8"))
    if root.tag == "setting-files":
        assert [file.tag for file in root] == ["file"]
        assert root[0].attrib["url"].startswith("http://")
    elif root.tag == "firmware-settings":
        assert {element.tag for element in root} <= {"firmware", "firmware_uxm"}
        assert all((element.text or "").startswith("http://") for element in root)
    else:
        read(content.decode("utf-8"))


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, str]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


CLOCKS = [{"model": "D120", "version": "10.1.54.13"}]

# What the clock of each entry of the phone's list does: hours ahead of UTC, and whose summer time.
_EUROPE = ("GBR-0", "PRT-0", "ESP+1", "FRA+1", "GER+1", "ITA+1", "FIN+2", "GRC+2", "ROU+2")
_NORTH_AMERICA = ("CAN-3.5", "CAN-4", "CAN-5", "USA-5", "USA-6", "USA-7", "USA-8", "USA-9")
_NEW_ZEALAND = ("NZL+12", "NZL+12.75")
_NOBODY = ("IND+5.5", "SGP+8")


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: an entry of its list, or the seconds ahead of UTC and summer time in five words.
    """
    got = read(files[OWN].decode("utf-8"))
    if got["timezone"]:
        return _clock_of_entry(got["timezone"])
    offset = int(got["utc_offset"]) // 60
    if not got["dst"]:
        return PhoneClock(offset)
    save, start, start_time, end, end_time = got["dst"].split(" ")
    return PhoneClock(offset, _rule(start, start_time), _rule(end, end_time), int(save) // 60)


def _rule(day: str, time: str) -> Rule:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d):00", time)
    assert match, time
    minutes = 60 * int(match[1]) + int(match[2])
    numbers = [int(number) for number in day.split(".")]
    if len(numbers) == 2:
        return Rule(numbers[1], numbers[0], 0, minutes)
    month, week, weekday = numbers
    return nth(month, week, weekday, minutes)


def _clock_of_entry(entry: str) -> PhoneClock:
    offset = int(60 * float(entry[3:]))
    if entry in _EUROPE:  # all at the same moment, 01:00 UTC
        return PhoneClock(offset, nth(3, 5, 7, 60 + offset), nth(10, 5, 7, 120 + offset))
    if entry in _NORTH_AMERICA:
        return PhoneClock(offset, nth(3, 2, 7, 120), nth(11, 1, 7, 120))
    if entry in _NEW_ZEALAND:  # all at the same moment, two o'clock in Auckland
        later = offset - 720
        return PhoneClock(offset, nth(9, 5, 7, 120 + later), nth(4, 1, 7, 180 + later))
    assert entry in _NOBODY, f"{entry} isn't in the phone's list"
    return PhoneClock(offset)
