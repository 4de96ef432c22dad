from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.aastra.reading import read, settings
from tests.plugins.kit import MAC, own_file


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "6757i", "3.3.1.4365")
    expected = {
        "sip transport protocol": "4",
        "sips persistent tls": "1",
        "sip line1 screen name": "1001",
        "sip line1 display name": 'Zoë "O\'Neil" <R&D>',
        "sip line1 backup registrar ip": "192.0.2.11",
        "sip line1 registrar port": "5061",
        "sip line1 srtp mode": "1",
        "sip line1 vmail": "*98",
        "sip line2 registrar ip": "reg.example.org",
        "sip line2 registrar port": "5070",
        "sip line2 proxy ip": "proxy.example.org",
        "sip line2 proxy port": "5080",
        "sip line2 backup proxy ip": "proxy2.example.org",
        "sip line2 backup registrar ip": "0.0.0.0",
        "sip line2 auth name": "auth-2",
        "sip line2 srtp mode": "2",
        "sip line2 vmail": "*97",
        "sip line3 outbound proxy": "sbc.example.org",
        "sip line3 outbound proxy port": "5062",
        "sip line4 user name": "",
        "sip line9 registrar ip": "0.0.0.0",
        "directed call pickup prefix": "*8",
        "tagging enabled": "1",
        "vlan id": "100",
        "vlan id port 1": "200",
        "tos priority map": "(26,5)(46,5)",
        "log module user interface": "7",
        "time server1": "ntp.example.org",
        "dns1": "192.0.2.53",
        "time zone minutes": "-60",
        "tone set": "France",
    }
    assert {name: got.get(name) for name in expected} == expected
    assert "sip line10 user name" not in got


def test_bare_config_leaves_nothing_of_an_old_one(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "6757i", config="bare")
    assert {value for name, value in got.items() if name.startswith("sip line")} == {"", "0.0.0.0"}
    assert {name.partition(" ")[0] for name in got} == {
        *("contact", "download", "http"),
        *("directed", "sip", "sips", "tagging", "time"),
    }
    assert (got["tagging enabled"], got["time server disabled"], got["directed call pickup"]) == (
        "0",
        "1",
        "0",
    )


@pytest.mark.parametrize(
    ("version", "marks"), [("2.6.0.1008", False), ("3.0.1.2024", False), ("3.2.2.1136", True), (None, True)]
)
def test_lines_and_keys_replace_what_was_set_on_the_phone_where_firmware_can(
    plugin: FamilyPlugin, version: str | None, marks: bool
) -> None:
    device = {"mac": MAC, "model": "6757i"} | ({"version": version} if version else {})
    text = own_file(plugin, device, config("full"))
    for name in ("sip line1 user name", "sip line9 user name", "topsoftkey2 type"):
        assert (f"\n^{name}:" in text) is marks
        assert (f"\n{name}:" in text) is not marks


@pytest.mark.parametrize(
    ("modes", "out_of_band", "methods", "reported"),
    [
        (("SIP-INFO", "SIP-INFO", "SIP-INFO"), "0", "111", set()),
        (("RTP-in-band", "SIP-INFO", "RTP-in-band"), "0", "010", set()),
        (("RTP-out-of-band", "RTP-out-of-band", None), "1", "000", set()),
        (("RTP-out-of-band", "RTP-in-band", "SIP-INFO"), "1", "001", {2, 3}),
        (("RTP-in-band", "RTP-out-of-band", "SIP-INFO"), "0", "001", {2}),
        (("SIP-INFO", "RTP-out-of-band", None), "1", "100", {1}),
        ((None, None, None), None, "000", set()),
    ],
)
def test_all_lines_send_digits_in_one_way_besides_sip_info(
    plugin: FamilyPlugin,
    modes: tuple[str | None, ...],
    out_of_band: str | None,
    methods: str,
    reported: set[int],
) -> None:
    raw_config = config("full", sip_dtmf_mode=None)
    for number, mode in enumerate(modes, 1):
        raw_config["sip_lines"][str(number)]["dtmf_mode"] = mode
    said = plugin.unsupported({"mac": MAC, "model": "6867i"}, raw_config)
    assert {
        number for number in (1, 2, 3) if any(f"sip_lines.{number}.dtmf_mode" in line for line in said)
    } == reported
    got = read(own_file(plugin, {"mac": MAC, "model": "6867i"}, raw_config))
    assert got.get("sip out-of-band dtmf") == out_of_band
    assert "".join(got[f"sip line{number} dtmf method"] for number in (1, 2, 3)) == methods


@given(
    password=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
    | st.sampled_from(["#", '"', '"a"', " a", "a ", "a#b", 'a"b', 'a"#', '#"', "!x", "^x", "a: b", "//", ";"])
)
def test_password_is_read_as_it_is_or_reported_and_left_out(plugin: FamilyPlugin, password: str) -> None:
    raw_config = config("one-line")
    raw_config["sip_lines"]["1"]["password"] = password
    said = [line for line in plugin.unsupported({"mac": MAC}, raw_config) if ".password" in line]
    got = read(own_file(plugin, {"mac": MAC}, raw_config))
    assert got["sip line1 password"] == ("" if said else password)
    if said:
        assert '"' in password
        assert "#" in password or password != password.strip() or password.startswith('"')


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("22222", True),
        ("0", True),
        ("4294967295", True),
        ("4294967296", False),
        ("12a", False),
        ("-1", False),
        ("٣", False),
    ],
)
def test_phones_own_passwords_are_numbers(plugin: FamilyPlugin, password: str, is_taken: bool) -> None:
    parameters: dict[str, Any] = {"admin_password": password, "user_password": password}
    got = settings(plugin, "6867i", config="bare", **parameters)
    said = plugin.unsupported({"mac": MAC, "model": "6867i"}, config("bare", **parameters))
    for role in ("admin", "user"):
        assert got.get(f"{role} password") == (password if is_taken else None)
        assert any(line.startswith(f"{role}_password:") for line in said) is not is_taken


@pytest.mark.parametrize(
    ("zone", "minutes", "start", "end", "save"),
    [
        ("America/New_York", "300", "3 2 1 2", "11 1 1 2", "60"),
        ("Europe/Paris", "-60", "3 -1 1 2", "10 -1 1 3", "60"),
        ("Australia/Lord_Howe", "-630", "10 1 1 2", "4 1 1 2", "30"),
        ("America/St_Johns", "210", "3 2 1 2", "11 1 1 2", "60"),
        ("Asia/Jerusalem", "-120", "3 4 6 2", "10 -1 1 2", "60"),
    ],
)
def test_clocks_count_west_and_weeks_from_either_end(
    plugin: FamilyPlugin, zone: str, minutes: str, start: str, end: str, save: str
) -> None:
    got = settings(plugin, "6867i", timezone=zone)
    assert (got["time zone name"], got["time zone minutes"], got["dst config"]) == ("Custom", minutes, "3")
    for side, expected in (("start", start), ("end", end)):
        found = (got[f"dst {side} {field}"] for field in ("month", "week", "day", "hour"))
        assert " ".join(found) == expected
    assert (got["dst minutes"], got["dst [start|end] relative date"]) == (save, "1")


@pytest.mark.parametrize(
    ("parameters", "settings_expected"),
    [
        ({}, {"tos sip": "26", "tos rtcp": "46", "priority non-ip": "5", "lldp": "0"}),
        ({"vlan_priority": None}, {"tos priority map": None, "tos sip": None, "vlan id": "100"}),
        ({"vlan_pc_port_id": None}, {"vlan id port 1": "4095"}),
        ({"vlan_enabled": False}, {"tagging enabled": "0", "vlan id": None, "tos sip": None, "lldp": None}),
        ({"vlan_id": 0}, {"tagging enabled": "0", "vlan id": None}),
        ({"sip_transport": "tls"}, {"sips persistent tls": "1", "https user certificates": None}),
        ({"sip_transport": "udp"}, {"sips persistent tls": "0", "sip transport protocol": "1"}),
        ({"http_base_url": "https://p.example.org/k"}, {"download protocol": "HTTPS", "https port": "443"}),
        ({"locale": "en_US"}, {"language": "0", "tone set": "US", "time format": "0"}),
        ({"locale": "pl_PL"}, {"language": None, "tone set": "Europe", "input language": None}),
    ],
)
def test_parameters_and_their_settings(
    plugin: FamilyPlugin, parameters: dict[str, Any], settings_expected: dict[str, str | None]
) -> None:
    got = settings(plugin, "6867i", **parameters)
    assert {name: got.get(name) for name in settings_expected} == settings_expected


def test_tls_to_several_servers_needs_a_certificate_of_the_phones_own(plugin: FamilyPlugin) -> None:
    def said(**parameters: Any) -> set[str]:
        lines = plugin.unsupported({"mac": MAC, "model": "6867i"}, config("full", **parameters))
        return {line.partition(":")[0] for line in lines if "TLS" in line}

    pem = "-----BEGIN X-----\nQQ==\n-----END X-----\n"
    assert said() == {"sip_lines.2", "sip_lines.3"}
    assert said(sip_local_certificate=pem, sip_local_key=pem) == set()
    assert said(sip_transport="tcp") == set()
    assert "sip_transport" in said(sip_servers_root_and_intermediate_certificates=[])
