"""
Fanvil's files as its phones read them: lines of text, or XML.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, nth
from tests.plugins.kit import MAC, own_file

OWN = f"{MAC.replace(':', '')}.cfg"
VERSION = re.compile(r"<<VOIP CONFIG FILE>>Version:(2\.0003|2\.0000000001) +", re.ASCII)
END = "<<END OF FILE>>"
MODULE = re.compile(r"<[A-Z]+(?: [A-Z]+)* MODULE>", re.ASCII)
HEADING = re.compile(r"--([A-Z]\w*(?: \w+)*?)(\d*)-- *:", re.ASCII | re.I)
NAME = re.compile(r"[A-Z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*", re.ASCII)
LISTS = {"line", "account", "Fkey", "internal", "dssSide", "dssSoft", "xmlContact"}


def read_text(text: str) -> dict[str, str]:
    """
    Read lines of text as a phone does: a module, in it names and values, some below a heading.  Values are
    the rest of the line, as it is.  A name may stand once only in its place.
    """
    first, *lines, last, nothing = text.split("\n")
    assert VERSION.fullmatch(first)
    assert (last, nothing) == (END, "")
    settings: dict[str, str] = {}
    module, heading = "", ""
    for line in lines:
        if not line:
            continue
        if MODULE.fullmatch(line):
            module, heading = line, ""
        elif match := HEADING.fullmatch(line):
            heading = f"{match[1]}{match[2]}."
        else:
            name, colon, value = line.partition(":")
            assert colon, line
            assert module, "a setting outside of the modules"
            assert NAME.fullmatch(name.rstrip(" ")), line
            # The numbers in the names of accounts are part of them; those of keys depend on their heading.
            where = f"{heading if name.startswith('Fkey') else ''}{name.rstrip(' ')}"
            assert where not in settings, where
            settings[where] = value
    return settings


def read_xml(text: str) -> dict[str, str]:
    """
    Read XML as a phone does: groups in groups, those of a list with an index, each once only in its place.
    """
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert root.tag == "sysConf"
    assert root[0].tag == "Version"
    settings: dict[str, str] = {}

    def walk(element: ElementTree.Element, path: str) -> None:
        seen = set()
        for child in element:
            index = child.get("index")
            assert (index is not None) == (child.tag in LISTS), child.tag
            assert set(child.attrib) <= {"index"}
            assert (child.tag, index) not in seen, f"{path}{child.tag} {index}"
            seen.add((child.tag, index))
            name = f"{path}{child.tag}" + (f"[{int(index)}]" if index is not None else "")
            if len(child):
                assert not (child.text or "").strip()
                walk(child, f"{name}/")
            else:
                settings[name] = child.text or ""

    walk(root, "")
    return settings


def read(text: str) -> dict[str, str]:
    return read_xml(text) if text.startswith("<?xml") else read_text(text)


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    text = content.decode("utf-8")
    if name.endswith(".cfg"):
        read(text)
    elif name.endswith(".txt"):
        read_check(text)


def read_check(text: str) -> dict[str, str]:
    """
    Read the file that a phone compares its firmware with: settings, and after the last one a description.
    """
    head, info, _description = text.partition("Info=TXT\n")
    assert info
    settings = dict(line.split("=", 1) for line in head.splitlines())
    assert settings.keys() <= {"Version", "Firmware", "BuildTime"}
    assert re.fullmatch(r"\d+(\.\d+){2,4}", settings["Version"])
    return settings


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, str]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


CLOCKS = [{"model": "X301", "version": "2.12.1"}, {"model": "X4", "version": "2.10.2.6887"}]


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: the zone is quarters of an hour, changes are month, week (5 is the last),
    weekday (0 is Sunday), hour and minute.
    """
    got = read(files[OWN].decode("utf-8"))
    is_xml = "phone/date/TimeZone" in got

    def number(name: str) -> int:
        text = got[f"phone/date/{name.replace(' ', '')}" if is_xml else name]
        assert re.fullmatch(r"-?\d+", text)
        return int(text)

    offset = 15 * number("Time Zone")
    if number("Enable DST" if is_xml else "DST Type") == 0:
        return PhoneClock(offset)
    changes = []
    for side in ("Start", "End"):
        month, week, weekday, hour, minute = (
            number(f"DST {side} {part}") for part in ("Mon", "Week", "Wday", "Hour", "Min")
        )
        assert 0 <= weekday <= 6
        assert 0 <= hour <= 23
        assert 0 <= minute <= 59
        changes.append(nth(month, week, weekday or 7, 60 * hour + minute))
    return PhoneClock(offset, *changes, save=number("DST Min Offset"))
