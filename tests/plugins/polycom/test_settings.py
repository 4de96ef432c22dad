from __future__ import annotations

from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, own_file
from tests.plugins.polycom.reading import read, settings

FULL = {
    "device.prov.serverName": "http://192.0.2.5:8667/",
    "device.auth.localAdminPassword": 'p:a;s#s,w"o%rd ',
    "device.auth.localUserPassword": "Zoë<&>",
    "device.net.vlanId": "100",
    "reg.1.displayName": 'Zoë "O\'Neil" <R&D>',
    "reg.1.label": "1001",
    "reg.1.auth.password": " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "reg.1.server.1.transport": "TLS",
    "reg.1.server.2.address": "192.0.2.11",
    "reg.1.server.2.failOver.reRegisterOn": "1",
    "reg.2.server.1.address": "reg.example.org",
    "reg.2.server.1.port": "5070",
    "reg.2.outboundProxy.address": "proxy.example.org",
    "reg.2.outboundProxy.port": "5080",
    "reg.2.srtp.require": "1",
    "reg.3.outboundProxy.address": "sbc.example.org",
    "reg.12.address": "",
    "msg.mwi.2.callBack": "*97",
    "call.directedCallPickupString": "*8",
    "softkey.2.action": "*21$P1N32$$Tinvite$",
    "softkey.5.action": "*20$Tinvite$",
    "softkey.7.action": "700$Trefer$",
    "lcl.ml.lang": "French_France",
    "lcl.datetime.time.24HourClock": "1",
}
"""What some parameters are by the configuration ``full``."""


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "VVX450", "6.4.4.8275")
    assert {name: got[name] for name in FULL} == FULL
    assert "reg.13.address" not in got


DIFFERENCES: dict[tuple[str, str], dict[str, bool]] = {
    ("SPIP335", "4.0.4.2906"): {"reg.1.srtp.enable": True, "device.baseProfile": False},
    ("SPIP335", "3.3.5.0247"): {
        "sec.srtp.enable": True,
        "reg.1.srtp.enable": False,
        "device.prov.serverType": True,
        "sec.TLS.customCaCert.1": False,
    },
    ("SPIP335", "3.2.3.1734"): {"device.prov.serverName": True, "device.prov.serverType": False},
    ("SPIP601", "3.1.6.0017"): {
        "softkey.1.enable": True,
        "sec.srtp.enable": False,
        "reg.12.address": True,
        "attendant.reg": False,
    },
    ("SPIP300", "2.1.3.0066"): {"reg.2.address": True, "softkey.1.enable": False},
    ("SPIP650", "4.0.4.2906"): {"attendant.resourceList.48.address": True, "lineKey.1.category": False},
    ("VVX400", "4.1.4.7430"): {"lineKey.264.category": True, "device.baseProfile": False},
    ("VVX450", "6.4.4.8275"): {"device.baseProfile": True, "lineKey.103.category": False},
    ("EdgeE100", "8.0.0.1"): {"reg.16.address": True, "lineKey.51.category": False},
}
"""Which parameters phones have in their files, by model and version."""


@pytest.mark.parametrize("phone", DIFFERENCES)
def test_branches_and_models_differ(plugin: FamilyPlugin, phone: tuple[str, str]) -> None:
    got = settings(plugin, *phone)
    assert {name: name in got for name in DIFFERENCES[phone]} == DIFFERENCES[phone]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("RTP-in-band", ("1", "0", "0")),
        ("RTP-out-of-band", ("1", "1", "0")),
        ("SIP-INFO", ("0", "", "1")),
        (None, ("", "", "")),
    ],
)
def test_dtmf(plugin: FamilyPlugin, mode: str | None, expected: tuple[str, ...]) -> None:
    got = settings(plugin, "VVX450", config="one-line", sip_dtmf_mode=mode)
    names = ("tone.dtmf.viaRtp", "tone.dtmf.rfc2833Control", "voIpProt.SIP.dtmfViaSignaling.rfc2976")
    assert tuple(got[name] for name in names) == expected


@pytest.mark.parametrize(
    ("of_all", "of_line", "phone", "line"),
    [
        ("disabled", None, "000", "000"),
        ("preferred", None, "110", "110"),
        ("required", "disabled", "111", "000"),
        ("disabled", "required", "100", "111"),
    ],
)
def test_srtp_is_enabled_if_one_line_wants_it(
    plugin: FamilyPlugin, of_all: str, of_line: str | None, phone: str, line: str
) -> None:
    raw_config = config("one-line", sip_srtp_mode=of_all)
    raw_config["sip_lines"]["1"]["srtp_mode"] = of_line
    got = read(own_file(plugin, {"mac": MAC, "model": "VVX450"}, raw_config).encode())
    parts = ("enable", "offer", "require")
    assert "".join(got[f"sec.srtp.{part}"] for part in parts) == phone
    assert "".join(got[f"reg.1.srtp.{part}"] for part in parts) == line


@pytest.mark.parametrize(
    ("line", "expected", "dropped"),
    [
        ({"backup_proxy_ip": "b"}, ("r", "b", ""), set()),
        ({"backup_registrar_ip": "b", "backup_proxy_ip": "b"}, ("r", "b", ""), set()),
        ({"backup_registrar_ip": "b", "backup_proxy_ip": "c"}, ("r", "b", ""), {"backup_proxy_ip"}),
        ({"proxy_ip": "p", "backup_proxy_ip": "c"}, ("r", "", "p"), {"backup_proxy_ip"}),
        ({"proxy_ip": "p", "outbound_proxy_ip": "o"}, ("r", "", "o"), {"proxy_ip"}),
        ({"registrar_port": 5060}, ("r", "", ""), set()),
        ({"registrar_port": 5070}, ("r", "", "r"), set()),
    ],
)
def test_servers_of_a_line(
    plugin: FamilyPlugin, line: dict[str, Any], expected: tuple[str, ...], dropped: set[str]
) -> None:
    raw_config = config("one-line")
    raw_config["sip_lines"]["1"].update({"registrar_ip": "r", "proxy_ip": "r", **line})
    device = {"mac": MAC, "model": "VVX450"}
    said = {text.partition(":")[0] for text in plugin.unsupported(device, raw_config)}
    assert said == {f"sip_lines.1.{name}" for name in dropped}
    got = read(own_file(plugin, device, raw_config).encode())
    names = ("server.1.address", "server.2.address", "outboundProxy.address")
    assert tuple(got[f"reg.1.{name}"] for name in names) == expected


@pytest.mark.parametrize(
    ("zone", "offset", "by_date", "start", "stop"),
    [
        ("Europe/Paris", "3600", "0", "3/1/2/1/1", "10/1/3/1/1"),
        ("America/New_York", "-18000", "0", "3/8/2/1/0", "11/1/2/1/0"),
        ("Asia/Jerusalem", "7200", "0", "3/22/2/6/0", "10/1/2/1/1"),
        ("Pacific/Auckland", "43200", "0", "9/1/2/1/1", "4/1/3/1/0"),
        ("Asia/Kolkata", "19800", None, None, None),
    ],
)
def test_clock(
    plugin: FamilyPlugin, zone: str, offset: str, by_date: str | None, start: str | None, stop: str | None
) -> None:
    got = settings(plugin, "VVX450", timezone=zone)
    saving = "tcpIpApp.sntp.daylightSavings"
    assert (got["tcpIpApp.sntp.gmtOffset"], got.get(f"{saving}.fixedDayEnable")) == (offset, by_date)
    for side, expected in (("start", start), ("stop", stop)):
        parts = ("month", "date", "time", "dayOfWeek", "dayOfWeek.lastInMonth")
        told = [got[name] for part in parts if (name := f"{saving}.{side}.{part}") in got]
        assert "/".join(told) == (expected or "")


def test_certificates_are_those_of_the_configuration(plugin: FamilyPlugin) -> None:
    chain = config("full")["sip_servers_root_and_intermediate_certificates"]
    got = settings(plugin, "VVX450")
    for number, pem in enumerate(chain, 1):
        assert got[f"sec.TLS.customCaCert.{number}"].split() == pem.split()
        assert got[f"sec.TLS.profile.1.caCert.application{number}"] == "1"
    assert got["sec.TLS.customCaCert.3"] == ""
    assert got["sec.TLS.profileSelection.SIP"] == "ApplicationProfile1"


@pytest.mark.parametrize(
    "parameters",
    [
        {"admin_username": "s3cret"},
        {"locale": "eo_XX"},
        {"ntp_enabled": False},
        {"protocol": "SCCP"},
        {"sip_local_key": "s3cret"},
        {"syslog_port": 1514, "syslog_enabled": True, "syslog_ip": "192.0.2.7"},
        {"user_username": "s3cret"},
        {"vlan_id": 0, "vlan_enabled": True},
        {"vlan_pc_port_id": 200, "vlan_enabled": True, "vlan_id": 100},
    ],
)
def test_what_the_phone_cannot_have_is_reported_without_its_value(
    plugin: FamilyPlugin, parameters: dict[str, Any]
) -> None:
    raw_config = config("one-line", **parameters)
    (said,) = plugin.unsupported({"mac": MAC, "model": "VVX450"}, raw_config)
    assert said.startswith(f"{next(iter(parameters))}: ")
    assert "s3cret" not in said
