"""
SPA files as their devices read them: XML whose ``flat-profile`` holds parameters, a router's beside them in
groups; one kind of adapter reads ``device`` instead, as the phones of Cisco's own servers do.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule, nth
from tests.plugins.kit import MAC, own_file

OWN = f"{MAC.replace(':', '')}.xml"
PORT_1, PORT_2 = "ATA001565AA0B1C.cnf.xml", "ATA1565AA0B1C01.cnf.xml"
_ROUTER = "router-configuration"


def read(content: bytes | str) -> dict[str, Any]:
    """
    Read a profile: the value of each parameter, without the blanks at its ends; those of the router, as
    group/name.
    """
    root = ElementTree.fromstring(content)
    assert root.tag == "flat-profile"
    settings: dict[str, Any] = {}
    for element in root:
        if element.tag == _ROUTER:
            for group in element:
                for member in group:
                    _add(settings, f"{group.tag}/{member.tag}", member)
                if not len(group):
                    _add(settings, group.tag, group)
        else:
            _add(settings, element.tag, element)
    return settings


def _add(settings: dict[str, Any], name: str, element: ElementTree.Element) -> None:
    assert name not in settings, f"{name} twice"
    assert not len(element)
    assert not element.attrib
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_/-]*", name), name
    settings[name] = (element.text or "").strip()


def read_enterprise(content: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(content)
    assert root.tag == "device"
    return root


_HOST = r"[\w.-]+"
_SHAPES = {
    r"Time_Zone": r"GMT(?:[+-](?:0\d|1[0-3]):00)?",
    r"Time_Offset__HH_mm_": r"(?:\d\d/\d\d)?",
    r"Proxy_\d+_|Outbound_Proxy_\d+_": (
        rf"(?:{_HOST}(?::\d+)?(?::SRV={_HOST}:\d+:p=0(?:\|{_HOST}:\d+:p=1)?)?)?"
    ),
    r"Extended_Function_\d+_|Unit_\d_Key_\d+": (
        r"(?:fnc=sd;ext=[^;]+;nme=[^;]+|fnc=sd\+blf(?:\+cp)?;sub=[^;]+;nme=[^;]+)?"
    ),
    r"Dictionary_Server_Script": r"serv=http://[^;]+/(?:;d\d=\w+;x\d=\w+\.xml)+",
    r"SIP_Transport_\d+_": r"UDP|TCP|TLS",
    r"DTMF_Tx_Method_\d+_": r"InBand|AVT|INFO|Auto",
    r"Line_Enable_\d+_|\w*Secure_Call_\w*|Enable_\w+|Use_\w+|Daylight_Saving_Time_Enable": r"Yes|No",
    r"Extension_\d+_": r"\d+|Disabled",
    r"Debug_Level": r"[0-3]",
    r"(?:SIP|RTP)_CoS_Value_\d+_": r"[0-7]",
    r"WAN_VLAN_Setting/WAN_VLAN_Enable": r"[01]",
}


def check(name: str, content: bytes) -> None:
    """
    Raise what a device couldn't read of a file.
    """
    if name.startswith("ATA"):
        read_enterprise(content)
    elif name.endswith(".xml"):
        for setting, value in read(content).items():
            assert len(value) < 500, setting
            for names, shape in _SHAPES.items():
                if re.fullmatch(names, setting):
                    assert re.fullmatch(shape, value, re.ASCII), f"{setting}: {value}"


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, Any]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


CLOCKS = [{"model": "SPA901"}, {"model": "SPA1001"}, {"model": "SPA122"}, {"model": "ATA190"}]

_US = (nth(3, 2, 7, 120), nth(11, 1, 7, 120))
_AU = (nth(10, 1, 7, 120), nth(4, 1, 7, 180))
_NZ = (nth(9, 5, 7, 120), nth(4, 1, 7, 180))


def _european(hours: int) -> PhoneClock:
    offset = 60 * hours
    return PhoneClock(offset, nth(3, 5, 7, 60 + offset), nth(10, 5, 7, 120 + offset))


_CODES = {"+00 2 2": _european(0), "+01 2 2": _european(1), "-05 2 1": PhoneClock(-300, *_US)}
_NAMES = {
    "GMT Standard/Daylight Time": _european(0),
    "W. Europe Standard/Daylight Time": _european(1),
    "GTB Standard/Daylight Time": _european(2),
    "Alaskan Standard/Daylight Time": PhoneClock(-540, *_US),
    "Pacific Standard/Daylight Time": PhoneClock(-480, *_US),
    "Mountain Standard/Daylight Time": PhoneClock(-420, *_US),
    "Central Standard/Daylight Time": PhoneClock(-360, *_US),
    "Eastern Standard/Daylight Time": PhoneClock(-300, *_US),
    "Atlantic Standard/Daylight Time": PhoneClock(-240, *_US),
    "Newfoundland Standard/Daylight Time": PhoneClock(-210, *_US),
    "Cen. Australia Standard/Daylight Time": PhoneClock(570, *_AU),
    "AUS Eastern Standard/Daylight Time": PhoneClock(600, *_AU),
    "New Zealand Standard/Daylight Time": PhoneClock(720, *_NZ),
    "Dateline Standard Time": PhoneClock(-720),
    "Samoa Standard Time": PhoneClock(-660),
    "Hawaiian Standard Time": PhoneClock(-600),
    "US Mountain Standard Time": PhoneClock(-420),
    "Canada Central Standard Time": PhoneClock(-360),
    "US Eastern Standard Time": PhoneClock(-300),
    "SA Western Standard Time": PhoneClock(-240),
    "SA Eastern Standard Time": PhoneClock(-180),
    "Greenwich Standard Time": PhoneClock(0),
    "South Africa Standard Time": PhoneClock(120),
    "Saudi Arabia Standard Time": PhoneClock(180),
    "Arabian Standard Time": PhoneClock(240),
    "Afghanistan Standard Time": PhoneClock(270),
    "West Asia Standard Time": PhoneClock(300),
    "India Standard Time": PhoneClock(330),
    "Central Asia Standard Time": PhoneClock(360),
    "SE Asia Standard Time": PhoneClock(420),
    "Taipei Standard Time": PhoneClock(480),
    "Tokyo Standard Time": PhoneClock(540),
    "AUS Central Standard Time": PhoneClock(570),
    "West Pacific Standard Time": PhoneClock(600),
    "Central Pacific Standard Time": PhoneClock(660),
    "Fiji Standard Time": PhoneClock(720),
}
_FACTORY = PhoneClock(-480, Rule(4, 1, 7, 0), Rule(10, 0, 7, 0))
"""That of a device which isn't told otherwise: start=4/1/7;end=10/-1/7;save=1."""


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the device's clock, of what it is told in one of three ways.
    """
    if PORT_1 in files:
        name = read_enterprise(files[PORT_1]).findtext("devicePool/dateTimeSetting/timeZone")
        return _NAMES[name] if name else _FACTORY
    got = read(files[OWN])
    if any("/" in name for name in got):
        code = got.get("Time_Setup/Time_Zone")
        return _CODES[code] if code else _FACTORY
    sign, hours = got["Time_Zone"][3:4], int(got["Time_Zone"][4:6] or 0)
    more_hours, _slash, minutes = got.get("Time_Offset__HH_mm_", "").partition("/")
    offset = (-60 if sign == "-" else 60) * hours + 60 * int(more_hours or 0) + int(minutes or 0)
    if got["Daylight_Saving_Time_Enable"] == "No":
        return PhoneClock(offset)
    rule = dict(part.split("=") for part in got["Daylight_Saving_Time_Rule"].split(";"))
    saved_hours, saved_minutes, _seconds = map(int, rule["save"].split(":"))
    return PhoneClock(offset, _rule(rule["start"]), _rule(rule["end"]), 60 * saved_hours + saved_minutes)


def _rule(text: str) -> Rule:
    month, day, weekday, time = text.split("/")
    hours, minutes, _seconds = map(int, time.split(":"))
    assert int(weekday) == 0 or int(day) == -1 or int(day) > 0
    return Rule(int(month), max(int(day), 0), int(weekday), 60 * hours + minutes)
