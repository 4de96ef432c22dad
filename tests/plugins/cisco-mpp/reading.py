"""
The files of Cisco's multiplatform phones as the phones read them.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.clocks import PhoneClock, Rule
from tests.plugins.kit import MAC, own_file

OWN = f"{MAC.replace(':', '')}.xml"
_SWITCH = {"Yes", "No"}
_LEVELS = {"EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"}
# What the phone takes of each parameter; an index may follow the name.
_VALUES = {
    "Auth_Resync-Reboot": _SWITCH,
    "DNS_SRV_Auto_Prefix": _SWITCH,
    "DNS_Server_Order": {"Manual", "Manual,DHCP", "DHCP,Manual"},
    "DTMF_Tx_Method": {"InBand", "AVT", "INFO", "Auto", "InBand+INFO", "AVT+INFO"},
    "Daylight_Saving_Time_Enable": _SWITCH,
    "Debug_Level": _LEVELS,
    "Dual_Registration": _SWITCH,
    "Enable_CDP": _SWITCH,
    "Enable_LLDP-MED": _SWITCH,
    "Enable_VLAN": _SWITCH,
    "Feature_Key_Sync": _SWITCH,
    "Ignore_DHCP_Time_Offset": _SWITCH,
    "Line_Enable": _SWITCH,
    "PoE_Power_Required": {"Normal", "Maximum"},
    "Provision_Enable": _SWITCH,
    "Proxy_Redundancy_Method": {"Normal", "Based on SRV Port"},
    "Register": _SWITCH,
    "Resync_From_SIP": _SWITCH,
    "Resync_On_Reset": _SWITCH,
    "SIP_Transport": {"UDP", "TCP", "TLS", "AUTO"},
    "Secure_Call_Option": {"Optional", "Required", "Strict"},
    "Secure_Call_Serv": _SWITCH,
    "Secure_Call_Setting": _SWITCH,
    "Share_Call_Appearance": {"private", "shared"},
    "Upgrade_Enable": _SWITCH,
    "Use_Auth_ID": _SWITCH,
    "Use_DNS_SRV": _SWITCH,
}
_NUMBERS = {
    "VLAN_ID": 4094,
    "PC_Port_VLAN_ID": 4094,
    "Number_of_Units": 3,
    "Resync_Periodic": 86400 * 30,
}
_HALF_HOURS = {"-03:30", "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+09:30"}
_INDEX = re.compile(r"_\d+_$")
_KEY = re.compile(r"(?:Extended_Function_\d+_|Unit_\d_Key_\d+_)$")
_FUNCTIONS = {"sd": {"ext"}, "blf+sd": {"sub"}, "blf+sd+cp": {"sub"}, "prk": {"sub"}}
_SERVER = r"(?:[\w.-]+|\[[\da-f:]+\])"
_PROXY = re.compile(
    rf"{_SERVER}(?::\d+)?|{_SERVER}:SRV={_SERVER}:\d+:p=\d+:w=\d+(?:\|{_SERVER}:\d+:p=\d+:w=\d+)*"
)


def read(text: str) -> dict[str, str]:
    """
    Read a file as a phone does: one element for each parameter, the last one counts, blanks around a value
    don't.
    """
    root = ElementTree.fromstring(text)
    assert root.tag == "flat-profile"
    settings = {}
    for element in root:
        assert len(element) == 0, element.tag
        assert not element.attrib
        value = (element.text or "").strip()
        name = _INDEX.sub("", element.tag)
        if value and name in _VALUES:
            assert value in _VALUES[name], (name, value)
        if name in _NUMBERS:
            assert 0 <= int(value) <= _NUMBERS[name], (name, value)
        if name in ("Proxy", "Outbound_Proxy") and value:
            assert _PROXY.fullmatch(value), value
        settings[element.tag] = value
    for tag, value in settings.items():
        if value and _KEY.match(tag):
            function(value)
    return settings


def function(text: str) -> dict[str, str]:
    """
    Read what a key does: fields separated by semicolons.
    """
    fields = dict(field.split("=", 1) for field in text.split(";"))
    assert fields.keys() == {"fnc", "nme", "vid"} | _FUNCTIONS[fields["fnc"]], text
    assert fields["vid"].isdigit()
    assert all(fields.values())
    return fields


def check(name: str, content: bytes) -> None:
    """
    Raise what a phone couldn't read of a file.
    """
    text = content.decode("utf-8")
    if name.endswith(".xml"):
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
        read(text)
    elif name.endswith(".pem"):
        assert text.count("-----BEGIN CERTIFICATE-----") == text.count("-----END CERTIFICATE-----") > 0


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, str]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


CLOCKS = [{"model": "8851", "version": "12.0.7"}]


def clock(files: dict[str, bytes]) -> PhoneClock:
    """
    Return the phone's clock: a zone of its list, which it may be further set by, and the rule of summer time.
    """
    got = read(files[OWN].decode("utf-8"))
    assert got["Ignore_DHCP_Time_Offset"] == "Yes"
    offset = _zone(got["Time_Zone"])
    if got["Time_Offset__HH_mm_"]:
        hours, minutes = got["Time_Offset__HH_mm_"].split("/")
        offset += 60 * int(hours) + int(minutes)
    if got["Daylight_Saving_Time_Enable"] == "No":
        return PhoneClock(offset)
    fields = dict(field.split("=") for field in got["Daylight_Saving_Time_Rule"].split(";"))
    assert list(fields) == ["start", "end", "save"]
    save = _seconds(fields["save"])
    assert save % 60 == 0
    return PhoneClock(offset, _rule(fields["start"]), _rule(fields["end"]), save // 60)


def _zone(text: str) -> int:
    if text == "GMT":
        return 0
    match = re.fullmatch(r"GMT([+-])(\d\d):(\d\d)", text)
    assert match is not None, text
    minutes = 60 * int(match[2]) + int(match[3])
    assert text.removeprefix("GMT") in _HALF_HOURS or minutes % 60 == 0, text
    assert minutes <= (60 * 13 if match[1] == "+" else 60 * 12)
    return minutes if match[1] == "+" else -minutes


def _seconds(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in f"{text}:0:0".split(":")[:3])
    assert hours in range(24)
    assert minutes in range(60)
    assert seconds in range(60)
    return 3600 * hours + 60 * minutes + seconds


def _rule(text: str) -> Rule:
    month, day, weekday, time = text.split("/")
    seconds = _seconds(time)
    # The tests' clocks know minutes: a second before one is all of that minute too early.
    minutes = seconds // 60
    assert int(weekday) in range(8)
    if int(weekday) and int(day) < 0:
        assert int(day) == -1
        return Rule(int(month), 0, int(weekday), minutes)
    return Rule(int(month), int(day), int(weekday), minutes)
