"""
Polycom's files as its phones read them.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule
from tests.plugins.kit import MAC, own_file

DIGITS = MAC.replace(":", "")
OWN, MASTER, DIRECTORY = f"{DIGITS}-config.cfg", f"{DIGITS}.cfg", f"{DIGITS}-directory.xml"

_MASTER_ATTRIBUTES = {
    "APP_FILE_PATH",
    "CONFIG_FILES",
    "MISC_FILES",
    "LOG_FILE_DIRECTORY",
    "OVERRIDES_DIRECTORY",
    "CONTACTS_DIRECTORY",
    "LICENSE_DIRECTORY",
}


def read(content: bytes) -> dict[str, str]:
    """
    Read a file with settings as a phone does: parameters are attributes, of whatever elements.  One of the
    flash counts only with another that says so.
    """
    settings: dict[str, str] = {}
    for element in ElementTree.fromstring(content).iter():
        assert not (element.text or "").strip()
        assert not (element.tail or "").strip()
        for name, value in element.attrib.items():
            assert re.fullmatch(r"[A-Za-z][\w]*(?:\.\w+)+", name), name
            assert name not in settings, f"{name} is there twice"
            settings[name] = value
    for name in settings:
        if name.startswith("device.") and name != "device.set" and not name.endswith(".set"):
            assert settings["device.set"] == settings[f"{name}.set"] == "1"
    return settings


def master(content: bytes) -> dict[str, str]:
    """
    Read a master file.
    """
    root = ElementTree.fromstring(content)
    assert root.tag == "APPLICATION"
    assert set(root.attrib) == _MASTER_ATTRIBUTES
    names = [name.strip() for name in root.attrib["CONFIG_FILES"].split(",")]
    assert all(0 < len(name) <= 255 for name in names)
    return dict(root.attrib)


def directory(content: bytes) -> dict[int, tuple[str, str]]:
    """
    Read a contact directory; return number and name of each speed dial.
    """
    root = ElementTree.fromstring(content)
    assert (root.tag, [child.tag for child in root]) == ("directory", ["item_list"])
    items = [{field.tag: field.text or "" for field in item} for item in root[0]]
    numbers = [item["ct"] for item in items]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers), "a number may be there once"
    assert all(len(item["fn"].encode()) <= 40 for item in items)
    found = {int(item["sd"]): (item["ct"], item["fn"]) for item in items}
    assert len(found) == len(items)
    return found


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
    if name.endswith("-config.cfg"):
        read(content)
    elif name.endswith("-directory.xml"):
        directory(content)
    else:
        master(content)


def settings(
    plugin: FamilyPlugin, model: str | None, version: str | None = None, **parameters: Any
) -> dict[str, str]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    text = own_file(plugin, device, config(parameters.pop("config", "full"), **parameters))
    return read(text.encode())


CLOCKS = [{"model": "SSIP6000", "version": "4.0.4.2906"}]


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock.  With a weekday, the date is the first day on which it may be; summer time is an
    hour ahead.
    """
    got = read(files[OWN])
    sntp = "tcpIpApp.sntp"
    assert got[f"{sntp}.gmtOffset.overrideDHCP"] == "1"
    offset, rest = divmod(int(got[f"{sntp}.gmtOffset"]), 60)
    assert rest == 0
    if got[f"{sntp}.daylightSavings.enable"] == "0":
        return PhoneClock(offset)
    start, end = (_rule(got, f"{sntp}.daylightSavings", side) for side in ("start", "stop"))
    return PhoneClock(offset, start, end)


def _rule(got: dict[str, str], saving: str, side: str) -> Rule:
    month, date, hour = (int(got[f"{saving}.{side}.{part}"]) for part in ("month", "date", "time"))
    assert 0 <= hour <= 23
    if got[f"{saving}.fixedDayEnable"] == "1":
        return Rule(month, date, 0, 60 * hour)
    weekday = int(got[f"{saving}.{side}.dayOfWeek"])
    weekday = 7 if weekday == 1 else weekday - 1
    if got[f"{saving}.{side}.dayOfWeek.lastInMonth"] == "1":
        return Rule(month, 0, weekday, 60 * hour)
    assert date in (1, 8, 15, 22)
    return Rule(month, date, weekday, 60 * hour)
