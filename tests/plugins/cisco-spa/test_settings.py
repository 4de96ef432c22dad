from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, own_file

reading = import_module("tests.plugins.cisco-spa.reading")


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = reading.settings(plugin, "SPA509G", "7.6.2c")
    expected = {
        "Profile_Rule": "http://192.0.2.5:8667/$MA.xml",
        "Admin_Passwd": 'p:a;s#s,w"o%rd',
        "User_Password": "Zoë<&>",
        "Proxy_1_": "192.0.2.10:SRV=192.0.2.10:5061:p=0|192.0.2.11:5061:p=1",
        "Use_DNS_SRV_1_": "Yes",
        "Display_Name_1_": 'Zoë "O\'Neil" <R&D>',
        "Password_1_": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "Use_Auth_ID_1_": "Yes",
        "SIP_Transport_1_": "TLS",
        "DTMF_Tx_Method_1_": "INFO",
        "DTMF_Tx_Method_2_": "InBand",
        "Proxy_2_": "reg.example.org:SRV=reg.example.org:5070:p=0",
        "Outbound_Proxy_2_": "proxy.example.org:SRV=proxy.example.org:5080:p=0|proxy2.example.org:5061:p=1",
        "Use_Outbound_Proxy_2_": "Yes",
        "Proxy_3_": "192.0.2.10:5061",
        "Outbound_Proxy_3_": "sbc.example.org:5062",
        "Voice_Mail_Server_1_": "192.0.2.10:5061",
        "Mailbox_ID_1_": "k7d2m1",
        "Line_Enable_4_": "No",
        "Password_12_": "",
        "Voice_Mail_Number": "*98",
        "Secure_Call_Setting": "Yes",
        "Extension_1_": "1",
        "Short_Name_1_": "1001",
        "Extended_Function_2_": "fnc=sd+blf+cp;sub=1002@192.0.2.10;nme=Zoë & Bob",
        "Extended_Function_4_": "fnc=sd+blf;sub=701@192.0.2.10;nme=Parking",
        "Extension_4_": "Disabled",
        "Extended_Function_12_": "fnc=sd;ext=112@192.0.2.10;nme=Urgences",
        "Unit_1_Key_18": "fnc=sd+blf+cp;sub=1030@192.0.2.10;nme=On a module",
        "Unit_2_Key_26": "fnc=sd+blf+cp;sub=1070@192.0.2.10;nme=1070",
        "Attendant_Console_Call_Pickup_Code": "*8#",
        "VLAN_ID": "100",
        "PC_Port_VLAN_ID": "200",
        "SIP_CoS_Value_1_": "5",
        "Blind_Transfer_Code": "",
        "DND_Act_Code": "*25",
        "DND_Deact_Code": "",
        "Cfwd_All_Act_Code": "*21",
        "Cfwd_Busy_Deact_Code": "*20",
        "Group_Call_Pickup_Code": "*9",
    }
    assert {name: got.get(name) for name in expected} == expected


def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin) -> None:
    before, got = (reading.settings(plugin, "SPA504G", config=name) for name in ("full", "bare"))
    per_line = {name for name in before if name.endswith(tuple(f"_{n}_" for n in range(1, 5)))}
    assert before.keys() - got.keys() - per_line == {
        "Admin_Passwd",
        "User_Password",
        "Time_Zone",
        "Time_Offset__HH_mm_",
        "Daylight_Saving_Time_Enable",
        "Daylight_Saving_Time_Rule",
    }
    for number in range(1, 5):
        assert got[f"Line_Enable_{number}_"] == "No"
        assert got[f"Password_{number}_"] == got[f"Auth_ID_{number}_"] == got[f"Proxy_{number}_"] == ""
        assert (got[f"Extension_{number}_"], got[f"Extended_Function_{number}_"]) == ("Disabled", "")
    assert got["Unit_1_Key_1"] == got["Unit_2_Key_32"] == got["Attendant_Console_Call_Pickup_Code"] == ""
    assert (got["Enable_VLAN"], got["Enable_PC_Port_VLAN_Tagging"]) == ("No", "No")


@pytest.mark.parametrize(
    ("model", "version", "has", "has_not"),
    [
        ("SPA942", "6.1.5(a)", "Extended_Function_2_", "Unit_1_Key_1"),
        ("SPA942", "5.1.10", "Extension_2_", "Extended_Function_2_"),
        ("SPA942", "6.1.5(a)", "Secure_Call_Setting", "Custom_CA_Rule"),
        ("SPA942", "6.1.3(a)", "SIP_Transport_1_", "Secure_Call_Setting"),
        ("SPA962", "6.1.5(a)", "Unit_2_Key_32", "SPCP_Auto-detect"),
        ("SPA901", "4.1.11(c)", "Line_Enable_1_", "Station_Name"),
        ("SPA504G", "7.4.9c", "SPCP_Auto-detect", "SPA525-auto-detect-sccp"),
        ("SPA504G", "7.3.1", "Enable_VLAN", "Custom_CA_Rule"),
        ("SPA525G2", "7.5.5", "SPA525-auto-detect-sccp", "SPCP_Auto-detect"),
        ("SPA2102", "5.2.12", "Secure_Call_Setting_2_", "Secure_Call_Setting"),
        ("SPA2102", "3.3.6", "VLAN_ID", "Secure_Call_Setting_2_"),
        ("SPA3102", "5.1.10(GW)", "Dial_Plan_1_", "Dial_Plan_2_"),
        ("SPA8000", "6.1.11", "Line_Enable_8_", "Line_Enable_9_"),
        ("PAP2T", "3.1.15(LS)", "Admin_Passwd", "VLAN_ID"),
        ("SPA122", "1.4.1(SR5)", "Web_Login_Guest_Name", "Admin_Passwd"),
        ("SPA122", "1.4.1(SR5)", "WAN_VLAN_Setting/WAN_VLAN_ID", "VLAN_ID"),
        ("SPA122", "1.4.1(SR5)", "Time_Setup/Time_Zone", "Time_Zone"),
        ("ATA192", "11-2-1-MSR1", "Web_Login_Admin_Password", "Primary_DNS"),
        ("SPA999", None, "Line_Enable_4_", "Line_Enable_5_"),
    ],
)
def test_branches_and_models_differ(
    plugin: FamilyPlugin, model: str, version: str | None, has: str, has_not: str
) -> None:
    got = reading.settings(plugin, model, version)
    assert has in got
    assert has_not not in got


def report(plugin: FamilyPlugin, model: str, version: str | None, **parameters: Any) -> dict[str, str]:
    device = {"mac": MAC, "model": model} | ({"version": version} if version else {})
    lines = plugin.unsupported(device, config("full", **parameters))
    return dict(line.split(": ", 1) for line in lines)


def test_second_server_needs_a_dns_server_on_old_phones(plugin: FamilyPlugin) -> None:
    for model, proxy in (("SPA942", "192.0.2.10:5061"), ("SPA504G", None)):
        got = reading.settings(plugin, model, dns_enabled=False)
        assert (got["Use_DNS_SRV_1_"] == "No") is (proxy is not None)
        assert got["Proxy_1_"] == (proxy or "192.0.2.10:SRV=192.0.2.10:5061:p=0|192.0.2.11:5061:p=1")
        said = report(plugin, model, None, dns_enabled=False)
        assert ("sip_lines.1.backup_proxy_ip" in said) is (proxy is not None)
        assert "sip_lines.1.backup_proxy_ip" not in report(plugin, model, None)


def test_text_that_the_phones_characters_cannot_spell_is_reported(plugin: FamilyPlugin) -> None:
    raw_config = config("autoprov")
    raw_config["sip_lines"]["1"]["display_name"] = "Łukasz ë"
    text = own_file(plugin, {"mac": MAC, "model": "SPA942"}, raw_config)
    assert text.startswith('<?xml version="1.0" encoding="ISO-8859-1"?>')
    assert "<Display_Name_1_>?ukasz ë</Display_Name_1_>" in text
    for model, reported in (("SPA942", True), ("SPA504G", False)):
        lines = plugin.unsupported({"mac": MAC, "model": model}, raw_config)
        assert any(line.startswith("sip_lines.1.display_name:") for line in lines) is reported


def test_one_srtp_mode_holds_for_all_lines_of_a_phone_and_for_each_of_an_adapter(
    plugin: FamilyPlugin,
) -> None:
    raw_config = config("full", sip_srtp_mode="disabled")
    assert reading.settings(plugin, "SPA504G", sip_srtp_mode="disabled")["Secure_Call_Setting"] == "No"
    lines = plugin.unsupported({"mac": MAC, "model": "SPA504G"}, raw_config)
    assert "sip_lines.2.srtp_mode: all lines of the phone are as its first one" in lines
    got = reading.settings(plugin, "SPA122", sip_srtp_mode="disabled")
    assert (got["Secure_Call_Setting_1_"], got["Secure_Call_Setting_2_"]) == ("No", "Yes")


def test_keys_that_cannot_be_spelled_do_nothing_and_are_reported(plugin: FamilyPlugin) -> None:
    keys = {
        "2": {"type": "speeddial", "value": "1;fnc=sd", "label": "x"},
        "3": {"type": "blf", "value": "1002", "label": "a;b"},
        "4": {"type": "park"},
        "5": {"type": "speeddial", "value": "ann@example.org"},
    }
    got = reading.settings(plugin, "SPA508G", funckeys=keys, exten_pickup_call=None, exten_park=None)
    assert [got[f"Extended_Function_{n}_"] for n in range(2, 6)] == [
        "",
        "fnc=sd+blf;sub=1002@192.0.2.10;nme=a,b",
        "",
        "fnc=sd;ext=ann@example.org;nme=ann@example.org",
    ]
    said = report(plugin, "SPA508G", None, funckeys=keys, exten_park=None)
    assert {name for name in said if name.startswith("funckeys")} == {
        "funckeys.2",
        "funckeys.3.label",
        "funckeys.4",
    }


def test_keys_name_the_proxy_unless_it_is_a_list(plugin: FamilyPlugin) -> None:
    keys = {"2": {"type": "speeddial", "value": "1002"}}
    got = reading.settings(plugin, "SPA504G", config="one-line", funckeys=keys)
    assert got["Extended_Function_2_"] == "fnc=sd;ext=1002@$PROXY;nme=1002"


def test_devices_without_soft_keys_leave_codes_to_the_server(plugin: FamilyPlugin) -> None:
    for model in ("SPA122", "SPA301"):
        got = reading.settings(plugin, model)
        assert {value for name, value in got.items() if name.endswith(("Act_Code", "Deact_Code"))} == {""}
        assert "exten_fwd_busy" in report(plugin, model, None)
    assert "exten_fwd_busy" not in report(plugin, "SPA504G", None)
    said = report(plugin, "SPA504G", None, exten_fwd_busy="*1234567")
    assert said["exten_fwd_busy"].startswith("is longer than 7 digits")
    assert reading.settings(plugin, "SPA504G", exten_fwd_busy="*1234567")["Cfwd_Busy_Act_Code"] == ""


def test_names_of_accounts_are_the_devices_own_but_on_newer_adapters(plugin: FamilyPlugin) -> None:
    assert report(plugin, "SPA504G", None)["user_username"] == "is always user on this phone"
    assert "user_username" not in report(plugin, "SPA122", None)
    assert reading.settings(plugin, "SPA122")["Web_Login_Guest_Name"] == "nurse"
    assert "user_username" in report(plugin, "SPA122", None, user_password=None)


def test_nothing_secret_is_reported(plugin: FamilyPlugin) -> None:
    for model in plugin.phones.models:
        text = " ".join(plugin.unsupported({"mac": MAC, "model": model}, config("full")))
        assert not any(secret in text for secret in ("s3cret", "p:a;s", "Zoë", "CERTIFICATE"))


@pytest.mark.parametrize(
    ("zone", "model", "setting", "value"),
    [
        (
            "Europe/Paris",
            "SPA504G",
            "Daylight_Saving_Time_Rule",
            "start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1:0:0",
        ),
        (
            "America/New_York",
            "PAP2T",
            "Daylight_Saving_Time_Rule",
            "start=3/8/7/2:0:0;end=11/1/7/2:0:0;save=1:0:0",
        ),
        (
            "Australia/Lord_Howe",
            "SPA942",
            "Daylight_Saving_Time_Rule",
            "start=10/1/7/2:0:0;end=4/1/7/2:0:0;save=0:30:0",
        ),
        (
            "America/Santiago",
            "SPA504G",
            "Daylight_Saving_Time_Rule",
            "start=9/2/7/0:0:0;end=4/2/7/0:0:0;save=1:0:0",
        ),
        ("America/St_Johns", "SPA504G", "Time_Zone", "GMT-04:00"),
        ("America/St_Johns", "SPA504G", "Time_Offset__HH_mm_", "00/30"),
        ("Pacific/Kiritimati", "SPA504G", "Time_Offset__HH_mm_", "01/00"),
        ("Etc/UTC", "SPA504G", "Time_Zone", "GMT"),
        ("Etc/UTC", "SPA504G", "Daylight_Saving_Time_Enable", "No"),
        ("Europe/Berlin", "SPA122", "Time_Setup/Time_Zone", "+01 2 2"),
        ("Europe/Athens", "SPA122", "Time_Setup/Time_Zone", None),
    ],
)
def test_clocks_are_spelled_in_the_ways_of_the_devices(
    plugin: FamilyPlugin, zone: str, model: str, setting: str, value: str | None
) -> None:
    assert reading.settings(plugin, model, config="autoprov", timezone=zone).get(setting) == value
