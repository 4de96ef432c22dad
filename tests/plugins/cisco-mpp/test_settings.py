from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, own_file

reading = import_module("tests.plugins.cisco-mpp.reading")


def line(plugin: FamilyPlugin, model: str, version: str, line: dict[str, Any], **parameters: Any) -> Any:
    """
    Return the settings of a phone with one line, and what it can't have.
    """
    device = {"id": "d1", "mac": MAC, "model": model, "version": version}
    raw_config = config("bare", sip_lines={"1": {"username": "u", "password": "p", **line}}, **parameters)
    said = plugin.unsupported(device, raw_config)
    return reading.read(own_file(plugin, device, raw_config)), said


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = reading.settings(plugin, "8851", "12.0.7")
    expected = {
        "Admin_Password": 'p:a;s#s,w"o%rd',
        "User_Password": "Zoë<&>",
        "Display_Name_1_": 'Zoë "O\'Neil" <R&D>',
        "Password_1_": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "Short_Name_1_": "1001",
        "Proxy_1_": "192.0.2.10:SRV=192.0.2.10:5061:p=0:w=1|192.0.2.11:5061:p=1:w=1",
        "Use_DNS_SRV_1_": "Yes",
        "SIP_Transport_1_": "TLS",
        "DTMF_Tx_Method_1_": "INFO",
        "DTMF_Tx_Method_2_": "InBand",
        "Proxy_2_": "reg.example.org:SRV=reg.example.org:5070:p=0:w=1",
        "Outbound_Proxy_3_": "sbc.example.org:5062",
        "Use_DNS_SRV_3_": "No",
        "Line_Enable_4_": "No",
        "Voice_Mail_Number": "*98",
        "Voice_Mail_Server_1_": "192.0.2.10",
        "Cfwd_Busy_Deact_Code": "*20",
        "Extension_1_": "1",
        "Extension_2_": "Disabled",
        "Extension_6_": "Disabled",
        "Extended_Function_6_": "",
        "Number_of_Units": "1",
        "VLAN_ID": "100",
        "PC_Port_VLAN_ID": "200",
        "Debug_Level": "WARNING",
    }
    assert {name: got.get(name) for name in expected} == expected
    keys = {name: reading.function(value) for name, value in got.items() if value.startswith("fnc=")}
    assert keys == {
        "Extended_Function_2_": {
            "fnc": "blf+sd+cp",
            "sub": "1002@192.0.2.10",
            "nme": "Zoë & Bob",
            "vid": "1",
        },
        "Extended_Function_3_": {
            "fnc": "sd",
            "ext": "+33123456789@reg.example.org:5070",
            "nme": "Accueil",
            "vid": "2",
        },
        "Extended_Function_4_": {"fnc": "prk", "sub": "701@192.0.2.10", "nme": "Parking", "vid": "1"},
        "Extended_Function_5_": {"fnc": "blf+sd+cp", "sub": "1005@192.0.2.10", "nme": "1005", "vid": "1"},
        "Unit_1_Key_2_": {"fnc": "sd", "ext": "112@192.0.2.10", "nme": "Urgences", "vid": "1"},
        "Unit_1_Key_20_": {"fnc": "blf+sd+cp", "sub": "1030@192.0.2.10", "nme": "On a module", "vid": "1"},
    }


def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin) -> None:
    before, got = reading.settings(plugin, "8851"), reading.settings(plugin, "8851", config="bare")
    assert {name for name in before if name not in got} == {
        "Admin_Password",
        "User_Password",
        "Time_Zone",
        "Time_Offset__HH_mm_",
        "Ignore_DHCP_Time_Offset",
        "Daylight_Saving_Time_Enable",
        "Daylight_Saving_Time_Rule",
    }
    account = ("User_ID", "Auth_ID", "Password", "Display_Name", "Proxy", "Outbound_Proxy", "Short_Name")
    for number in range(1, 11):
        assert {got[f"{name}_{number}_"] for name in (*account, "Extended_Function")} == {""}
        assert got[f"Line_Enable_{number}_"] == got[f"Register_{number}_"] == "No"
        assert got[f"Extension_{number}_"] == "Disabled"
    assert {value for name, value in got.items() if name.startswith("Unit_")} == {""}
    assert (got["Number_of_Units"], got["Enable_VLAN"], got["Enable_LLDP-MED"]) == ("0", "No", "Yes")


@pytest.mark.parametrize(
    ("version", "transport", "mode", "option", "setting", "said"),
    [
        ("12.0.7", "tls", "disabled", "Optional", "No", False),
        ("12.0.7", "tls", "preferred", "Optional", "Yes", False),
        ("12.0.7", "tls", "required", "Strict", "No", False),
        ("12.0.7", "udp", "required", "Required", "No", False),
        ("11.2.1", "tcp", "required", "Required", "No", False),
        ("11.1.2", "tls", "required", "Strict", "Yes", True),
        ("10.4.1", "tls", "preferred", "Optional", "Yes", False),
    ],
)
def test_srtp_that_is_required_is_never_left_out(
    plugin: FamilyPlugin, version: str, transport: str, mode: str, option: str, setting: str, said: bool
) -> None:
    got, report = line(
        plugin, "8841", version, {}, sip_srtp_mode=mode, sip_transport=transport, sip_proxy_ip="h"
    )
    assert (got["Secure_Call_Option_1_"], got["Secure_Call_Setting"]) == (option, setting)
    assert got["Secure_Call_Serv"] == ("No" if mode == "disabled" else "Yes")
    assert [text.partition(":")[0] for text in report] == (["sip_srtp_mode"] if said else [])


@pytest.mark.parametrize(
    ("model", "version", "key", "function"),
    [
        ("8841", "12.0.7", {"type": "park", "value": "701"}, "fnc=prk;sub=701@h;nme=701;vid=1"),
        ("8841", "11.1.2", {"type": "park", "value": "701"}, "fnc=blf+sd;sub=701@h;nme=701;vid=1"),
        ("8875", "3.1.1", {"type": "park", "value": "701"}, "fnc=prk;sub=701@h;nme=701;vid=1"),
        ("8841", "12.0.7", {"type": "park", "label": "P"}, "fnc=prk;sub=700@h;nme=P;vid=1"),
        (
            "8841",
            "12.0.7",
            {"type": "blf", "value": "9", "label": "a;b=c"},
            "fnc=blf+sd;sub=9@h;nme=a b=c;vid=1",
        ),
        (
            "8841",
            "12.0.7",
            {"type": "blf", "value": "bob@x.org"},
            "fnc=blf+sd;sub=bob@x.org;nme=bob@x.org;vid=1",
        ),
        ("8841", "12.0.7", {"type": "speeddial", "value": "9", "line": 2}, "fnc=sd;ext=9@$PROXY;nme=9;vid=2"),
        ("8841", "12.0.7", {"type": "speeddial", "value": "1;fnc=sd"}, ""),
    ],
)
def test_keys_in_the_words_of_the_phone(
    plugin: FamilyPlugin, model: str, version: str, key: dict[str, Any], function: str
) -> None:
    got, report = line(plugin, model, version, {"proxy_ip": "h"}, funckeys={"2": key}, exten_park="700")
    assert got["Extended_Function_2_"] == function
    assert any(text.startswith("funckeys.2") for text in report) is (";" in f"{key}")


def test_ipv6_servers_are_bracketed(plugin: FamilyPlugin) -> None:
    servers = {"proxy_ip": "2001:db8::1", "backup_proxy_ip": "2001:db8::2", "backup_proxy_port": 5070}
    got, _said = line(plugin, "8841", "12.0.7", servers)
    assert got["Proxy_1_"] == "[2001:db8::1]:SRV=[2001:db8::1]:5060:p=0:w=1|[2001:db8::2]:5070:p=1:w=1"


def test_what_the_phone_cannot_have_is_reported_without_its_value(plugin: FamilyPlugin) -> None:
    raw_config = config(
        "full",
        admin_username="root",
        protocol="SCCP",
        sip_local_key="-----BEGIN PRIVATE KEY-----",
        timezone="Europe/Atlantis",
        vlan_id=0,
        funckeys={"1": {"type": "blf", "value": "s3;cret"}},
    )
    report = plugin.unsupported({"mac": MAC, "model": "7841", "version": "12.0.7"}, raw_config)
    assert {text.partition(":")[0] for text in report} == {
        "admin_password",
        "admin_username",
        "exten_dnd",
        "funckeys.1",
        "locale",
        "protocol",
        "sip_lines.1.password",
        "sip_lines.2.voicemail",
        "sip_local_key",
        "timezone",
        "user_username",
        "vlan_id",
        "vlan_priority",
    }
    assert not any(secret in " ".join(report) for secret in ("s3", "PRIVATE", "root", "nurse"))
