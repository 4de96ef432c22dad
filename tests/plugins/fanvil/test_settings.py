from __future__ import annotations

from pathlib import Path

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.fanvil.reading import read, settings
from tests.plugins.kit import MAC, load_family, own_file

ONLY_IN_ONE = {
    *("EnableDST", "DSTType", "FuncKeyPageNum", "SideKeyPageNum", "SecondSNTPServer", "Version"),
    *("xmlContact[1]Name", "xmlContact[1]Addr", "xmlContact[1]UserName", "xmlContact[1]PassWd"),
    *("SoftDssConfig.Fkey1Type", "SoftDssConfig.Fkey1Value", "SoftDssConfig.Fkey1Title"),
}


def test_both_grammars_say_the_same(tmp_path: Path) -> None:
    """
    The names in XML are those of the text without blanks; what is in a list has its number in front.
    """
    plugin = load_family("fanvil", tmp_path)
    xml = settings(plugin, "X4U", locale="it_IT")
    (tmp_path / "fanvil" / "var" / "templates" / "X4U.tpl").write_text('{% extends "text.tpl" %}')
    text = settings(plugin, "X4U", locale="it_IT")
    lists = {"line": "SIP", "account": "Account", "dssSide": "SidekeyConfig", "internal": "DsskeyConfig"}

    def as_text(path: str) -> str:
        *groups, name = path.split("/")
        listed = "".join(group for group in groups if "[" in group)
        for tag, word in lists.items():
            listed = listed.replace(f"{tag}[", word)
        return (listed + name).replace("]Fkey[", ".Fkey").replace("]", "" if "xml" not in listed else "]")

    from_xml = {as_text(path): value for path, value in xml.items()}
    from_text = {name.replace(" ", ""): value for name, value in text.items()}
    assert from_xml.keys() ^ from_text.keys() <= ONLY_IN_ONE
    assert {name: value for name, value in from_xml.items() if name in from_text} == {
        name: value for name, value in from_text.items() if name in from_xml
    }


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "V65", "2.12.21")
    expected = {
        "ap/FlashServerIP": "192.0.2.5:8667",
        "ap/FlashFileName": "$mac.cfg",
        "ap/FlashProtocol": "4",
        "web/account[1]/Password": 'p:a;s#s,w"o%rd ',
        "web/account[2]/Password": "Zoë<&>",
        "sip/line[1]/DisplayName": 'Zoë "O\'Neil" <R&D>',
        "sip/line[1]/RegisterPswd": " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "sip/line[1]/Transport": "3",
        "sip/line[1]/MediaCrypto": "1",
        "sip/line[1]/DTMFMode": "2",
        "sip/line[1]/BackupAddr": "192.0.2.11",
        "sip/line[2]/MediaCrypto": "2",
        "sip/line[2]/DTMFMode": "0",
        "sip/line[2]/ProxyAddr": "proxy.example.org",
        "sip/line[2]/BakProxyAddr": "proxy2.example.org",
        "sip/line[3]/ProxyAddr": "sbc.example.org",
        "sip/line[3]/ProxyPort": "5062",
        "sip/line[20]/EnableReg": "0",
        "sip/line[1]/CFBOffSvcCode": "*20",
        "dsskey/dssSide[1]/Fkey[1]/Value": "SIP1",
        "dsskey/dssSide[1]/Fkey[2]/Value": "1002@1/ba*81002",
        "dsskey/dssSide[1]/Fkey[3]/Value": "+33123456789@2/f",
        "dsskey/dssSide[1]/Fkey[4]/Value": "701@1/c",
        "dsskey/dssSide[2]/Fkey[3]/Value": "112@1/f",
        "dsskey/internal[2]/Fkey[3]/Value": "112@1/f",
        "dsskey/dssSide[5]/Fkey[9]/Type": "0",
        "dsskey/SideKeyPageNum": "2",
        "phone/display/DefaultLanguage": "5",
    }
    assert {name: got.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("model", "version", "has", "has_not"),
    [
        ("C62", "2.5.1", "Config File Name", "Flash File Name"),
        ("C62", "2.5.1", "Syslog address", "Time Zone"),
        ("X4", "2.10.2.6887", "Syslog Server", "Syslog address"),
        ("X4", "2.10.2.6887", "Dsskey Config5.Fkey6 Type", "Dsskey Config6.Fkey1 Type"),
        ("X3", None, "Sidekey Config1.Fkey2 Type", "Dsskey Config1.Fkey3 Type"),
        ("X3SG-Pro", None, "SIP4 Enable Reg", "SIP5 Enable Reg"),
        ("X5U-V2", None, "dsskey/dssSide[1]/Fkey[5]/Type", "dsskey/dssSide[1]/Fkey[6]/Type"),
        ("X210", None, "dsskey/internal[3]/Fkey[32]/Type", "dsskey/internal[4]/Fkey[1]/Type"),
        ("X7", None, "dsskey/internal[5]/Fkey[15]/Type", "dsskey/internal[5]/Fkey[16]/Type"),
        ("i10D", None, "dsskey/dssSoft[2]/Type", "qos/EnablePVID"),
        ("i61", None, "sip/line[1]/AutoAnswer", "phone/xmlContact[1]/Addr"),
        ("i52W", None, "sip/line[4]/EnableReg", "sip/line[1]/AutoAnswer"),
        ("V67", "2.6.1", "dsskey/internal[4]/Fkey[29]/Type", "dsskey/internal[5]/Fkey[1]/Type"),
        ("A32i", "2.12.1", "SIP20 Enable Reg", "Default Language"),
    ],
)
def test_models_differ(plugin: FamilyPlugin, model: str, version: str | None, has: str, has_not: str) -> None:
    got = settings(plugin, model, version)
    assert has in got
    assert has_not not in got


@pytest.mark.parametrize("model", ["X4", "X5U-V2", "C62", "H2U-V2", "i64", "W620W"])
def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin, model: str) -> None:
    got, before = settings(plugin, model, config="bare"), settings(plugin, model)
    # What it has no factory value for, and what counts only beside a switch that is now off.
    kept = (
        "web",
        "Account",
        "mm",
        "Select Your Tone",
        "phone/d",
        "Default Language",
        "Language",
        "Time Zone",
        "DST",
    )
    under_a_switch = ("VLAN", "PVID", "Priority", "DNS", "SNTP")
    left = {name for name in before.keys() - got.keys() if not name.startswith(kept)}
    assert {name for name in left if not any(word in name for word in under_a_switch)} == set()
    for name, value in got.items():
        if name.endswith(("Enable Reg", "EnableReg", "VLAN", "PVID", "Type", "SNTP", "Enable Failback")):
            assert value == "0", name
        if name.endswith(
            ("Pswd", "User", "Phone Number", "PhoneNumber", "Value", "Addr", "SvcCode", "LCDTitle")
        ):
            assert value == "", name


@pytest.mark.parametrize(
    ("zone", "quarters", "name"),
    [
        ("Europe/Paris", "4", "UTC+1"),
        ("America/New_York", "-20", "UTC-5"),
        ("Asia/Kolkata", "22", "UTC+5:30"),
        ("Asia/Kathmandu", "23", "UTC+5:45"),
        ("America/St_Johns", "-14", "UTC-3:30"),
        ("Pacific/Kiritimati", "56", "UTC+14"),
        ("Etc/UTC", "0", "UTC"),
    ],
)
def test_zones_count_quarters_of_an_hour(plugin: FamilyPlugin, zone: str, quarters: str, name: str) -> None:
    got = settings(plugin, "X4", timezone=zone)
    assert (got["Time Zone"], got["Time Zone Name"]) == (quarters, name)


@pytest.mark.parametrize(
    ("model", "locale", "language", "tone"),
    [
        ("X5U-V2", "zh_TW", "tc", "10"),
        ("X5U-V2", "cs_CZ", "cz", "12"),
        ("X4", "fr_CA", "4", "18"),
        ("V64", "fr_CA", "5", "18"),
        ("V64", "es_ES", "6", "33"),
        ("X303", "es_ES", "10", "33"),
        ("C58", "de_AT", "de", "22"),
        ("X5U-V2", "nb_NO", None, "6"),
        ("A32i", "fr_FR", None, "25"),
    ],
)
def test_language_goes_by_the_model_and_tones_by_the_country(
    plugin: FamilyPlugin, model: str, locale: str, language: str | None, tone: str
) -> None:
    got = settings(plugin, model, locale=locale)
    names = ("phone/display/DefaultLanguage", "Default Language", "Language")
    assert next((got[name] for name in names if name in got), None) == language
    assert got.get("mm/SelectYourTone", got.get("Select Your Tone")) == tone


def test_what_the_phone_cannot_have_is_reported_without_its_value(plugin: FamilyPlugin) -> None:
    raw_config = config(
        "full",
        vlan_id=0,
        sip_local_key="-----BEGIN PRIVATE KEY-----",
        protocol="SCCP",
        syslog_level="critical",
        timezone="America/Santiago",
        X_firmware="1.2.3.4",
        exten_park=None,
        funckeys={"1": {"type": "park"}, "2": {"type": "blf", "value": "1", "label": "a.b"}},
    )
    report = plugin.unsupported({"mac": MAC, "model": "X5U-V2"}, raw_config)
    assert {line.partition(":")[0] for line in report} == {
        *("X_firmware", "admin_password", "exten_pickup_group", "funckeys.1", "funckeys.2.label", "protocol"),
        *(
            "sip_local_key",
            "sip_servers_root_and_intermediate_certificates",
            "syslog_level",
            "timezone",
            "vlan_id",
        ),
    }
    assert not any(secret in " ".join(report) for secret in ("p:a", "PRIVATE"))


def test_park_key_without_a_value_parks_at_the_extension(plugin: FamilyPlugin) -> None:
    got = settings(
        plugin,
        "X4",
        funckeys={"2": {"type": "park"}, "3": {"type": "blf", "value": "7"}},
        exten_pickup_call=None,
    )
    assert got["Dsskey Config1.Fkey2 Value"] == "700@1/c"
    assert got["Dsskey Config1.Fkey3 Value"] == "7@1/ba"


def test_password_of_digits_opens_the_menu_too(plugin: FamilyPlugin) -> None:
    assert settings(plugin, "X4", admin_password="2468")["Menu Password"] == "2468"
    assert "Menu Password" not in settings(plugin, "X4")
    report = plugin.unsupported({"mac": MAC, "model": "X4"}, config("autoprov", admin_password="2468"))
    assert report == []


def test_line_without_a_server_is_off(plugin: FamilyPlugin) -> None:
    got = read(
        own_file(plugin, {"mac": MAC, "model": "X4"}, config("bare", sip_lines={"1": {"username": "u"}}))
    )
    assert (got["SIP1 Enable Reg"], got["SIP1 Phone Number"]) == ("0", "u")
