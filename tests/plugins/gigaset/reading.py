"""
Gigaset's files as its bases and phones read them.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule, nth
from tests.plugins.kit import MAC, served

OWN = f"{MAC.replace(':', '').upper()}.xml"
_NUMBER = r"(?:0x[0-9a-f]+|\d+)"
_NUMBERS = re.compile(rf"{_NUMBER}(?:,{_NUMBER})*")
_TEXT = re.compile(r'"[^"]*"')
_ITEM = re.compile(r"BS_\w+(?:\.\w+(?:\[(?:\d+|%)\])?)+")
_SECTIONS = {"phone-settings", "functionKeys", "certificates"}
# What parameters of provisioning 1.1 take, by the end of their names.
_VALUES = {
    "e2": {
        "TransportProtocol": {"1", "2", "3"},
        "DTMFTransmission": {"1", "2", "4"},
        "OutboundProxyMode": {"0", "1", "2"},
        "ToneScheme": {"Germany", "France", "Spain", "Retail"},
    },
    "mx3b": {
        "TransportProtocol": {"1", "2"},
        "DTMFTransmission": {"0", "1", "3"},
        "Mode": {"1", "2"},
        "Tagging": {"0", "1", "2"},
        "Type": {"0", "3", "4", "6", "7", "8", "10", "-1"},
    },
}


def read(content: bytes) -> dict[str, Any]:
    """
    Read a file as what it is for does, by its root.
    """
    root = ElementTree.fromstring(content)
    return {
        "ProviderFrame": _symbols,
        "provisioning": _provisioning,
        "settings": _settings,
        "setting-files": lambda files: {"file": [file.attrib["url"] for file in files]},
    }[root.tag](root)


def _symbols(root: ElementTree.Element) -> dict[str, Any]:
    """
    Items of a base's memory: numbers, or texts within quotes of their own.  The base ignores a file for
    another address.
    """
    (provider,) = root
    assert provider.tag == "Provider"
    assert provider[0].tag == "MAC_ADDRESS"
    assert re.fullmatch("[0-9A-F]{12}", provider[0].attrib["value"])
    got: dict[str, Any] = {}
    for element in provider:
        value = element.attrib["value"]
        if element.tag == "SYMB_ITEM":
            assert element.attrib.keys() == {"ID", "class", "value"}
            assert element.attrib["class"] == "symb_item"
            name = element.attrib["ID"]
            assert _ITEM.fullmatch(name), name
            assert _NUMBERS.fullmatch(value) or _TEXT.fullmatch(value), (name, value)
        else:
            name = element.tag
            assert "class" in element.attrib or name == "MAC_ADDRESS"
        assert name not in got, name
        got[name] = value.strip('"') if value.startswith('"') else value
    return got


def _provisioning(root: ElementTree.Element) -> dict[str, Any]:
    """
    Parameters by name, operations by name and value, and the firmware.
    """
    assert root.attrib["version"] == "1.1"
    assert [part.tag for part in root] in (["nvm"], ["firmware", "nvm"])
    got: dict[str, Any] = {"productID": root.attrib["productID"]}
    for element in root[-1]:
        if element.tag == "oper":
            name = f"{element.attrib['name']} {element.attrib.get('value', '')}".strip()
            value: Any = {param.attrib["name"]: param.attrib["value"] for param in element}
        else:
            assert element.tag == "param"
            name, value = element.attrib["name"], element.attrib["value"]
            assert re.fullmatch(r"[A-Za-z]\w*(?:\.\w+)+", name), name
            assert value or got["productID"] != "e2", f"{name} is empty"
            allowed = _VALUES[got["productID"]].get(name.rpartition(".")[2], {value})
            assert value in allowed, (name, value)
        assert name not in got, name
        got[name] = value
    if len(root) == 2:
        (file,) = root[0]
        got["firmware"] = (file.attrib["version"], file.attrib["url"])
    return got


def _settings(root: ElementTree.Element) -> dict[str, Any]:
    """
    Settings by name, or name and identity; keys by number.
    """
    assert {part.tag for part in root} <= _SECTIONS
    got: dict[str, Any] = {}
    for part in root:
        for element in part:
            name = element.tag + element.attrib.get("idx", "")
            assert name not in got or part.tag == "certificates", name
            assert element.attrib.get("perm", "") in ("", "R", "RW")
            got[name] = element.text or ""
            if element.tag == "fkey":
                got[name] = (element.attrib["context"], element.attrib["label"], element.text)
    return got


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    if name.endswith((".xml", ".htm")):
        head = content.partition(b"\n")[0]
        assert head.startswith(b'<?xml version="1.0" encoding="')
        read(content)


def configured(
    plugin: FamilyPlugin, model: str, raw_config: dict[str, Any], version: str | None = None
) -> dict[str, Any]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    plugin.configure(device, raw_config)
    name = plugin.get_remote_state_trigger_filename(device)
    assert name is not None
    return read((served(plugin) / name).read_bytes())


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, Any]:
    return configured(plugin, model, config(parameters.pop("config", "full"), **parameters), version)


CLOCKS = [
    {"model": "N510 IP PRO", "version": "42.258.00.000.000"},
    {"model": "N870 IP PRO", "version": "83.V2.65.0"},
    {"model": "Maxwell 3 PRO", "version": "82.2.18.4"},
    {"model": "P820", "version": "10.1.97.15"},
]
_KEEPS_ITS_OWN = PhoneClock(-999)

# The base's codes, in minutes east of UTC.
_CODES = {
    0x00: -720, 0x01: -660, 0x02: -600, 0x03: -540, 0x04: -480, 0x07: -420, 0x09: -360, 0x0D: -300,
    0x0F: -240, 0x10: -240, 0x12: -180, 0x15: -180, 0x16: -120, 0x18: -60, 0x1A: 0, 0x1B: 60, 0x20: 120,
    0x28: 180, 0x2B: 240, 0x2C: 240, 0x2D: 270, 0x2E: 300, 0x2F: 300, 0x30: 330, 0x31: 345, 0x33: 360,
    0x35: 390, 0x36: 420, 0x37: 420, 0x38: 480, 0x3A: 480, 0x3D: 540, 0x40: 570, 0x43: 600, 0x47: 660,
    0x48: 720, 0x50: 780,
}  # fmt: skip


def _european(offset: int) -> PhoneClock:
    return PhoneClock(offset, nth(3, 5, 7, 60 + offset), nth(10, 5, 7, 120 + offset))


def _american(offset: int) -> PhoneClock:
    return PhoneClock(offset, nth(3, 2, 7, 120), nth(11, 1, 7, 120))


def _australian(offset: int) -> PhoneClock:
    return PhoneClock(offset, nth(10, 1, 7, 120), nth(4, 1, 7, 180))


# What stands behind the names on the phones' list.
_NAMES = {
    "Greenwich": PhoneClock(0),
    "Europe/London": _european(0),
    **{f"Europe/{city}": _european(60) for city in ("Berlin", "Paris", "Madrid", "Rome", "Amsterdam")},
    **{f"Europe/{city}": _european(120) for city in ("Athens", "Helsinki")},
    "America/New_York": _american(-300),
    "America/Chicago": _american(-360),
    "America/Denver": _american(-420),
    "America/Los_Angeles": _american(-480),
    "America/Anchorage": _american(-540),
    "America/Caracas": PhoneClock(-240),
    "America/Sao_Paulo": PhoneClock(-180),
    "Africa/Cairo": PhoneClock(120, nth(4, 5, 5, 0), nth(10, 5, 4, 1440)),
    "Pacific/Honolulu": PhoneClock(-600),
    "Pacific/Noumea": PhoneClock(660),
    "Asia/Dubai": PhoneClock(240),
    "Asia/Karachi": PhoneClock(300),
    "Asia/Dhaka": PhoneClock(360),
    "Asia/Hong_Kong": PhoneClock(480),
    "Asia/Tokyo": PhoneClock(540),
    "Australia/Adelaide": _australian(570),
    "Australia/Darwin": PhoneClock(570),
    "Australia/Brisbane": PhoneClock(600),
    "Australia/Sydney": _australian(600),
}


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: that of a code, of a name on its list, or of rules.
    """
    got = read(files[OWN])
    if "MAC_ADDRESS" in got:
        code = got.get("BS_IP_Data1.uiI_TIME_TIMEZONE")
        if code is None:
            return _KEEPS_ITS_OWN
        offset = _CODES[int(code, 16)]
        return (
            _european(offset) if got["BS_IP_Data1.ucB_TIME_USE_AUTOMATIC_DST"] == "1" else PhoneClock(offset)
        )
    if "utc_offset" in got:
        return _by_rules(got)
    name = got.get("DmGlobal.0.TimeZone")
    if got["productID"] == "mx3b":
        difference, _dot, name = got.get("System.DateAndTime.TimeZone", "").partition(".")
        if not name:
            return _KEEPS_ITS_OWN
        found = _NAMES[name]
        assert difference == f"GMT{found.offset // 60:+}"
        assert got["System.DateAndTime.AutoAdjustClockForDST"] == ("1" if found.start else "0")
    return _NAMES[name] if name else _KEEPS_ITS_OWN


def _by_rules(got: dict[str, str]) -> PhoneClock:
    assert got["timezone"] == ""
    offset = int(got["utc_offset"]) // 60
    if not got["dst"]:
        return PhoneClock(offset)
    save, start_day, start_time, end_day, end_time = got["dst"].split()
    return PhoneClock(offset, _rule(start_day, start_time), _rule(end_day, end_time), int(save) // 60)


def _rule(day: str, time: str) -> Rule:
    hours, minutes, seconds = map(int, time.split(":"))
    assert hours < 24
    assert seconds == 0
    numbers = [int(number) for number in day.split(".")]
    if len(numbers) == 2:
        return Rule(numbers[1], numbers[0], 0, 60 * hours + minutes)
    return nth(numbers[0], numbers[1], numbers[2], 60 * hours + minutes)
