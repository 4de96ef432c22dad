from __future__ import annotations

from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.gigaset.reading import configured, settings
from tests.plugins.kit import MAC

PASSWORD = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (
            "N510 IP PRO",
            {
                "MAC_ADDRESS": "001565AA0B1C",
                "BS_AE_SwConfig.ucCountryCodeTone": "7",
                "BS_IP_Data1.ucI_HTTPLANGUAGE": "0x9",
                "BS_IP_Data1.ulI_DNS_SERVER_1": "0xc0000235",
                "BS_IP_Data1.uiI_VLAN_ID": "0x64",
                "BS_IP_Data1.aucS_SIP_DISPLAYNAME[0]": "Zoë O'Neil <R&D>",
                "BS_IP_Data1.aucS_SIP_PASSWORD[0]": PASSWORD.replace('"', ""),
                "BS_IP_Data3.aucS_SIP_LOGIN_ID_2[0]": "auth-2",
                "BS_IP_Data1.aucS_SIP_SERVER_2[0]": "proxy.example.org",
                "BS_IP_Data1.uiI_SIP_SERVER_PORT_2": "0x13d8",
                "BS_IP_Data1.aucS_SIP_REGISTRAR_2[0]": "reg.example.org",
                "BS_IP_Data1.uiI_SIP_REGISTRAR_PORT_2": "0x13ce",
                "BS_IP_Data1.aucS_OUTBOUND_PROXY_3[0]": "sbc.example.org",
                "BS_IP_Data1.ucI_OUTBOUND_PROXY_MODE_3": "0",
                "BS_IP_Data1.aucS_VOIP_NET_AM_NUMBER_2[0]": "*97",
                "BS_IP_Data1.ucI_DTMF_TX_MODE_BITS": "4",
            },
        ),
        (
            "N720 DM PRO",
            {
                "BS_IP_Data.ucB_TIME_USE_AUTOMATIC_NTP_SYN": "1",
                "BS_VOIP_Data.astVoipProviders[0].aucSIP_REGISTRAR[%]": "192.0.2.10",
                "BS_VOIP_Data.astVoipProviders[%].NetCodeDND_ON[%]": "*25",
                "BS_VOIP_Data.astVoipProviders[%].NetCodeCFU_OFF[%]": "*20",
                "BS_VOIP_Data.astVoipAccounts[1].aucS_SIP_USER_ID[0]": "secretary",
                "BS_VOIP_Data.astVoipAccounts[99].ucB_SIP_ACCOUNT_IS_ACTIVE_1": "0",
            },
        ),
        (
            "N870 IP PRO",
            {
                "WebUIAccounts.1.Password": 'p:a;s#s,w"o%rd ',
                "DmGlobal.0.TimeZone": "Europe/Paris",
                "SipProvider.0.TransportProtocol": "3",
                "SipProvider.0.DTMFTransmission": "4",
                "SipProvider.0.AcceptNonSRTPCalls": "1",
                "SipProvider.0.FailoverServerAddress": "192.0.2.11",
                "SipProvider.1.AcceptNonSRTPCalls": "0",
                "SipProvider.1.DTMFTransmission": "1",
                "SipProvider.1.ProxyServerPort": "5080",
                "SipProvider.2.OutboundProxyMode": "0",
                "SipProvider.2.OutboundProxyAddress": "sbc.example.org",
                "SipAccount.00001.AuthPassword": PASSWORD,
                "SipAccount.00002.ProviderId": "1",
                "SipAccount.00003.ProviderId": "2",
                "add_hs 00003": {"hs.RegStatus": "ToReg"},
                "hs.00001.DECT_AC": "1001",
                "hs.00003.DECT_AC": "0003",
            },
        ),
        (
            "Maxwell 3 PRO",
            {
                "SIP.Account.0.DisplayName": 'Zoë "O\'Neil" <R&D>',
                "SIP.Account.1.RegistrationServer.Port": "5070",
                "SIP.Account.2.OutboundProxy.Mode": "1",
                "SIP.Account.3.Active": "0",
                "SIP.TransportProtocol": "2",
                "NET.VLAN.Tagging": "2",
                "NET.VLAN.PC.Identifier": "200",
                "WebUI.UserPassword": "Zoë<&>",
                "PhoneUI.Keys.FunctionKeys.0.Type": "0",
                "PhoneUI.Keys.FunctionKeys.1.Type": "4",
                "PhoneUI.Keys.FunctionKeys.1.CallPickupCode": "*8",
                "PhoneUI.Keys.FunctionKeys.2.PhoneNumber": "+33123456789",
                "PhoneUI.Keys.FunctionKeys.7.Type": "-1",
            },
        ),
        (
            "P820",
            {
                "language": "Français",
                "utc_offset": "3600",
                "user_pass1": PASSWORD,
                "user_host2": "reg.example.org:5070",
                "user_outbound2": "proxy.example.org:5080;transport=tls",
                "user_savp2": "mandatory",
                "user_active12": "off",
                "fwd_busy_on_code1": "*23",
                "fkey1": ("1", "Zoë & Bob", "blf 1002|*8"),
                "fkey31": ("active", "", "line"),
            },
        ),
    ],
)
def test_full_config_means_what_it_says(plugin: FamilyPlugin, model: str, expected: dict[str, Any]) -> None:
    got = settings(plugin, model)
    assert {name: got.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        ("N510 IP PRO", {"ucCountryCodeTone", "ucI_HTTPLANGUAGE", "uiI_TIME_TIMEZONE"}),
        ("N720 DM PRO", {"ucCountryCodeTone", "ucI_HTTPLANGUAGE", "uiI_TIME_TIMEZONE"}),
        ("Maxwell 3 PRO", {"AdminPassword", "UserPassword", "Language", "ToneScheme", "TimeZone"}),
    ],
)
def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin, model: str, kept: set[str]) -> None:
    before, got = settings(plugin, model), settings(plugin, model, config="bare")
    left = {name.rpartition(".")[2] for name in before if name not in got}
    assert left == kept | (
        {"AutoAdjustClockForDST"}
        if model.startswith("Maxwell")
        else {
            "ucB_TIME_USE_AUTOMATIC_DST",
            "uiI_TIME_COUNTRY",
        }
    )
    secrets = [name for name in got if "PASSWORD" in name.upper() and "SIP" in name.upper()]
    assert secrets
    assert {got[name] for name in secrets} == {""}
    assert not any(value in ("k7d2m1", "192.0.2.10", "1002") for value in got.values())


def test_handsets_that_are_not_named_lose_their_accounts(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "N870 IP PRO", config="bare")
    assert "DeleteNotProvisionedHS" in got
    assert not any(name.startswith(("SipAccount", "add_hs")) for name in got)


@pytest.mark.parametrize(
    ("numbers", "masks"),
    [
        ([], ["0x0"] * 6),
        ([1], ["0x3f", "0x0", "0x0", "0x0", "0x0", "0x0"]),
        ([1, 3], ["0x3b", "0x0", "0x4", "0x0", "0x0", "0x0"]),
        ([2, 6], ["0x0", "0x1f", "0x0", "0x0", "0x0", "0x20"]),
    ],
)
def test_handsets_without_a_line_have_the_first_one(
    plugin: FamilyPlugin, numbers: list[int], masks: list[str]
) -> None:
    lines = {str(n): {"username": "u", "password": "p", "proxy_ip": "h"} for n in numbers}
    got = configured(plugin, "N510 IP PRO", config("bare", sip_lines=lines))
    for kind in ("uiSendMask", "uiReceiveMask"):
        assert [got[f"BS_Accounts.astAccounts[{index}].{kind}"] for index in range(6)] == masks
    assert not any("Mask" in name for name in settings(plugin, "C610 IP"))


@pytest.mark.parametrize(
    ("extensions", "pins"),
    [
        (["1001", "21001", "7"], ["1001", "1002", "0007"]),
        (["", "", ""], ["0000", "0002", "0003"]),
        (["9999", "19999", "0000"], ["9999", "0000", "0001"]),
    ],
)
def test_each_handset_has_a_pin_of_its_own(
    plugin: FamilyPlugin, extensions: list[str], pins: list[str]
) -> None:
    lines = {
        str(index + 1): {"username": "u", "password": "p", "proxy_ip": "h", "number": extension}
        for index, extension in enumerate(extensions)
    }
    got = configured(plugin, "N670 IP PRO", config("bare", sip_lines=lines))
    assert [got[f"hs.{index:05}.DECT_AC"] for index in range(1, 4)] == pins


def test_more_servers_than_the_base_has_sets_are_reported(plugin: FamilyPlugin) -> None:
    lines = {str(n): {"username": f"u{n}", "password": "p", "proxy_ip": f"h{n}"} for n in range(1, 13)}
    raw_config = config("bare", sip_lines=lines)
    report = plugin.unsupported({"mac": MAC, "model": "N870 IP PRO"}, raw_config)
    assert {line.partition(":")[0] for line in report} == {"sip_lines.11", "sip_lines.12"}
    got = configured(plugin, "N870 IP PRO", config("bare", sip_lines=lines))
    assert got["SipProvider.9.Domain"] == "h10"
    assert "SipProvider.10.Domain" not in got
    assert "add_hs 00011" not in got


@pytest.mark.parametrize(
    ("modes", "srtp", "accepts", "said"),
    [
        (["disabled", "disabled"], "0", "1", []),
        (["preferred", "preferred"], "1", "1", []),
        (["required", "required"], "1", "0", []),
        (["required", "preferred"], "1", "1", ["sip_lines.1.srtp_mode"]),
        (["required", "disabled"], "1", "1", ["sip_lines.1.srtp_mode", "sip_lines.2.srtp_mode"]),
    ],
)
def test_maxwells_secure_all_lines_alike(
    plugin: FamilyPlugin, modes: list[str], srtp: str, accepts: str, said: list[str]
) -> None:
    lines = {
        str(index + 1): {"username": "u", "password": "p", "proxy_ip": "h", "srtp_mode": mode}
        for index, mode in enumerate(modes)
    }
    got = configured(plugin, "Maxwell 3 PRO", config("bare", sip_lines=lines))
    assert (got["SIP.Security.SRTP"], got["SIP.Security.AcceptNonSRTPCalls"]) == (srtp, accepts)
    report = plugin.unsupported({"mac": MAC, "model": "Maxwell 3 PRO"}, config("bare", sip_lines=lines))
    assert [line.partition(":")[0] for line in report] == said


@pytest.mark.parametrize(
    ("password", "pin"), [("1234", "0x12,0x34"), ("0900", "0x09,0x00"), ("secret", None)]
)
def test_password_of_four_digits_is_the_bases_pin(
    plugin: FamilyPlugin, password: str, pin: str | None
) -> None:
    got = settings(plugin, "N510 IP PRO", config="bare", admin_password=password)
    assert got.get("BS_CUSTOM.aucKdsPin[0]") == pin


@pytest.mark.parametrize(
    ("zone", "model", "told"),
    [
        ("Europe/Berlin", "N510 IP PRO", ("0x1b", "1", "0x19")),
        ("Europe/Lisbon", "N510 IP PRO", ("0x1a", "1", "0xff")),
        ("America/New_York", "N510 IP PRO", ("0xd", "0", "0xff")),
        ("Asia/Kathmandu", "N510 IP PRO", ("0x31", "0", "0xff")),
        ("Pacific/Chatham", "N510 IP PRO", (None, None, None)),
        ("Europe/Warsaw", "N870 IP PRO", "Europe/Berlin"),
        ("America/Argentina/Buenos_Aires", "N870 IP PRO", None),
        ("America/Sao_Paulo", "N870 IP PRO", "America/Sao_Paulo"),
        ("Australia/Adelaide", "Maxwell 3 PRO", None),
        ("America/New_York", "Maxwell 3 PRO", "GMT-5.America/New_York"),
        ("Etc/UTC", "Maxwell 3 PRO", "GMT+0.Greenwich"),
    ],
)
def test_zones_by_code_and_by_name(plugin: FamilyPlugin, zone: str, model: str, told: Any) -> None:
    got = settings(plugin, model, config="bare", timezone=zone)
    if model.startswith("N510"):
        names = ("uiI_TIME_TIMEZONE", "ucB_TIME_USE_AUTOMATIC_DST", "uiI_TIME_COUNTRY")
        assert tuple(got.get(f"BS_IP_Data1.{name}") for name in names) == told
    else:
        assert got.get("DmGlobal.0.TimeZone", got.get("System.DateAndTime.TimeZone")) == told


def test_what_the_encoding_of_a_base_lacks_is_a_reference(plugin: FamilyPlugin) -> None:
    raw_config = config("one-line")
    raw_config["sip_lines"]["1"]["display_name"] = "Ľudmila Černá"
    got = configured(plugin, "N510 IP PRO", raw_config)
    assert got["BS_IP_Data1.aucS_SIP_DISPLAYNAME[0]"] == "Ľudmila Černá"


def test_what_the_phone_cannot_have_is_reported_without_its_value(plugin: FamilyPlugin) -> None:
    raw_config = config(
        "autoprov",
        admin_username="root",
        dns_enabled=True,
        dns_ip="2001:db8::1",
        http_base_url="https://192.0.2.5:8667",
        protocol="SCCP",
        sip_transport="tcp",
        timezone="Europe/Atlantis",
        vlan_enabled=True,
        vlan_id=0,
        X_firmware="1.2.3",
    )
    report = plugin.unsupported({"mac": MAC, "model": "N510 IP PRO"}, raw_config)
    assert {line.partition(":")[0] for line in report} == {
        "X_firmware",
        "admin_password",
        "admin_username",
        "dns_ip",
        "http_base_url",
        "protocol",
        "sip_transport",
        "timezone",
        "user_password",
        "user_username",
        "vlan_id",
    }
    assert not any(secret in " ".join(report) for secret in ("Geheim", "root", "2001", "1.2.3"))
