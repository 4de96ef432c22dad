from __future__ import annotations

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, own_file
from tests.plugins.snom.reading import read, settings


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "D785", "10.1.33.33")
    expected = {
        "setting_server": "http://192.0.2.5:8667/",
        "http_pass": 'p:a;s#s,w"o%rd ',
        "webserver_admin_password": 'p:a;s#s,w"o%rd ',
        "webserver_user_password": "Zoë<&>",
        "admin_mode": "off",
        "user_realname[1]": 'Zoë "O\'Neil" <R&D>',
        "user_pass[1]": " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "user_host[1]": "192.0.2.10",
        "user_outbound[1]": "192.0.2.10;transport=tls",
        "user_idle_number[1]": "1001",
        "user_savp[1]": "optional",
        "user_dtmf_info[1]": "sip_info_only",
        "user_failover_identity[1]": "4",
        "user_host[4]": "192.0.2.11",
        "user_outbound[4]": "192.0.2.11;transport=tls",
        "user_name[4]": "k7d2m1",
        "user_mailbox[4]": "",
        "hide_identity[4]": "on",
        "hide_identity[1]": "off",
        "user_pname[2]": "auth-2",
        "user_host[2]": "reg.example.org:5070",
        "user_outbound[2]": "proxy.example.org:5080;transport=tls",
        "user_savp[2]": "mandatory",
        "user_dtmf_info[2]": "off",
        "codec_priority_list[2]": "g722,pcmu,pcma,g729",
        "codec_priority_list[1]": "",
        "user_mailbox[2]": "*97",
        "user_failover_identity[2]": "5",
        "user_host[5]": "reg.example.org:5070",
        "user_outbound[5]": "proxy2.example.org;transport=tls",
        "user_outbound[3]": "sbc.example.org:5062;transport=tls",
        "user_active[6]": "off",
        "user_active[12]": "off",
        "status_msgs_that_are_blocked": "Identity04IsNotRegistered Identity05IsNotRegistered",
        "dkey_retrieve": "speed *98",
        "dnd_off_code[1]": "*25",
        "fwd_busy_off_code[1]": "*20",
        "fwd_time_on_code[3]": "*22",
        "fkey[0]": "line",
        "fkey[0].context": "1",
        "fkey[1]": "blf 1002|*8",
        "fkey[1].label": "Zoë & Bob",
        "fkey[2]": "speed +33123456789",
        "fkey[2].context": "2",
        "fkey[3]": "orbit 701",
        "fkey[5]": "line",
        "fkey[5].context": "active",
        "fkey[29]": "blf 1030|*8",
        "fkey[77]": "line",
    }
    assert {name: got.get(name) for name in expected} == expected
    assert "fkey[78]" not in got
    assert "user_active[13]" not in got


def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin) -> None:
    got, before = settings(plugin, "D785", config="bare"), settings(plugin, "D785")
    kept = {name for name in before if name not in got}
    assert {name.partition("[")[0] for name in kept} == {
        # Of an identity that is switched off.
        *("user_srtp", "user_savp", "user_dtmf_info", "codec_priority_list", "dnd_on_code", "dnd_off_code"),
        *("fwd_all_on_code", "fwd_all_off_code", "fwd_busy_on_code", "fwd_busy_off_code"),
        *("fwd_time_on_code", "fwd_time_off_code"),
        # What is the phone's own where the configuration says nothing.
        *("admin_mode", "http_user", "http_pass", "webserver_admin_name", "webserver_admin_password"),
        *("webserver_user_name", "webserver_user_password"),
        *("language", "web_language", "tone_scheme", "timezone", "url"),
    }
    for number in range(1, 13):
        assert got[f"user_active[{number}]"] == "off"
        assert got[f"user_pass[{number}]"] == got[f"user_name[{number}]"] == ""
        assert got[f"user_failover_identity[{number}]"] == ""
    assert {got[f"fkey[{n}]"] + got[f"fkey[{n}].label"] for n in range(78)} == {"line"}
    empty = {"vlan_id", "vlan_qos", "vlan_pc_id", "syslog_server", "ntp_server", "dns_server1"}
    empty |= {"dkey_retrieve", "context_key[3]", "status_msgs_that_are_blocked"}
    assert {got[name] for name in empty} == {""}
    assert got["vlan_port_tagging"] == "off"


def test_base_shares_servers_between_lines(plugin: FamilyPlugin) -> None:
    raw_config = config("full")
    raw_config["sip_lines"]["7"] = {**raw_config["sip_lines"]["1"], "username": "seventh"}
    got = read(own_file(plugin, {"mac": MAC, "model": "M900", "version": "07.40.0104"}, raw_config))
    expected = {
        "user_host[1]": "192.0.2.10",
        "user_outbound[1]": "",
        "user_host[2]": "reg.example.org:5070",
        "user_outbound[2]": "proxy.example.org:5080",
        "user_host[4]": "",
        "subscr_sip_ua_data_server_id[1]": "1",
        "subscr_sip_ua_data_server_id[2]": "2",
        "subscr_sip_ua_data_server_id[7]": "1",
        "subscr_sip_hs_idx[7]": "7",
        "subscr_sip_line_name[1]": "1001",
        "user_mailnumber[2]": "*97",
        "user_name[7]": "seventh",
        "user_active[7]": "on",
        "user_active[4]": "off",
        "user_active[1000]": "off",
        "user_pass[4]": "",
        "http_engineer_user": "admin",
        "http_basic_user": "nurse",
    }
    assert {name: got.get(name) for name in expected} == expected


def test_base_has_room_for_ten_servers(plugin: FamilyPlugin) -> None:
    lines = {str(n): {"username": f"u{n}", "password": "p", "proxy_ip": f"192.0.2.{n}"} for n in range(1, 13)}
    raw_config = config("one-line", sip_lines=lines)
    device = {"mac": MAC, "model": "M400", "version": "07.40.0104"}
    got = read(own_file(plugin, device, config("one-line", sip_lines=lines)))
    assert got["user_host[10]"] == "192.0.2.10"
    assert "user_host[11]" not in got
    assert [got[f"user_active[{n}]"] for n in (10, 11, 12)] == ["on", "off", "off"]
    report = plugin.unsupported(device, raw_config)
    assert {line.partition(":")[0] for line in report} == {"sip_lines.11", "sip_lines.12"}


@pytest.mark.parametrize(
    ("model", "version", "has", "has_not"),
    [
        ("D375", "8.9.3.60", "gui_fkey4", "context_key[3]"),
        ("D375", "10.1.54.13", "context_key[3]", "gui_fkey4"),
        ("D375", "10.1.54.13", "provisioning_order", "dkey_directory"),
        ("D375", "8.9.3.60", "fkey[65]", "provisioning_order"),
        ("320", "8.7.5.35", "dkey_directory", "gui_fkey4"),
        ("720", "8.9.3.80", "fkey[71]", "dkey_directory"),
        ("PA1", "8.4.35", "user_active[1]", "user_active[2]"),
        ("D120", None, "user_active[2]", "fkey[0]"),
        ("m9", None, "user_active[9]", "vlan_port_tagging"),
        ("M900", "05.20.0001", "http_user", "http_engineer_user"),
        ("M900", "05.30.0009", "user_mailbox[1]", "http_basic_user"),
        ("M900", "05.30.0010", "http_basic_user", "user_mailnumber[1]"),
        ("M900", "07.20.0001", "user_mailnumber[1]", "subscr_sip_line_name[1]"),
        ("M300", None, "user_active[20]", "user_active[21]"),
        ("D860", None, "locale", "fkey[97]"),
        ("Z1", None, "fkey[31]", "fkey[32]"),
    ],
)
def test_generations_and_models_differ(
    plugin: FamilyPlugin, model: str, version: str | None, has: str, has_not: str
) -> None:
    got = settings(plugin, model, version)
    assert has in got
    assert has_not not in got


def test_major_versions_compare_as_numbers(plugin: FamilyPlugin) -> None:
    assert plugin.phones.facts("D375", "10.1.54.13")["accents"]
    assert not plugin.phones.facts("D375", "9.1")["accents"]


@pytest.mark.parametrize(
    ("lines", "failover"),
    [({"1": "4"}, "2"), ({"1": "4", "2": "4"}, "3")],
)
def test_backup_server_takes_the_next_free_account(
    plugin: FamilyPlugin, lines: dict[str, str], failover: str
) -> None:
    sip_lines = {
        number: {"username": "u", "password": "p", "proxy_ip": "192.0.2.1", "backup_proxy_ip": "192.0.2.2"}
        for number in lines
    }
    got = settings(plugin, "D785", config="one-line", sip_lines=sip_lines)
    assert got["user_failover_identity[1]"] == failover
    assert got[f"user_outbound[{failover}]"] == "192.0.2.2;transport=udp"


def test_line_1_never_fails_over_to_account_12(plugin: FamilyPlugin) -> None:
    line = {"username": "u", "password": "p", "proxy_ip": "192.0.2.1"}
    lines = {str(number): dict(line) for number in range(1, 12)}
    lines["1"]["backup_proxy_ip"] = lines["2"]["backup_proxy_ip"] = "192.0.2.2"
    raw_config = config("one-line", sip_lines=lines)
    got = read(own_file(plugin, {"mac": MAC, "model": "D785"}, config("one-line", sip_lines=lines)))
    assert (got["user_failover_identity[1]"], got["user_failover_identity[2]"]) == ("", "12")
    report = plugin.unsupported({"mac": MAC, "model": "D785"}, raw_config)
    assert [line for line in report if line.startswith("sip_lines.1.backup_proxy_ip")]


def test_blf_key_without_a_pickup_code_still_monitors(plugin: FamilyPlugin) -> None:
    assert settings(plugin, "D785", exten_pickup_call=None)["fkey[1]"] == "blf 1002"


def test_phone_book_takes_the_last_free_key_where_there_is_none_for_it(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "715", "8.9.3.60")
    assert got["fkey[4]"] == "blf 1005|*8"
    assert not any(value.startswith("url ") for value in got.values())
    got = settings(plugin, "720", "8.9.3.60")
    assert got["fkey[17]"].startswith("url http://192.0.2.6:9498/")
    assert got["fkey[17].label"] == "Annuaire"
    report = plugin.unsupported({"mac": MAC, "model": "715"}, config("full"))
    assert any(line.startswith("X_accent_phonebook_ip: no key") for line in report)


def test_address_of_ipv6_is_bracketed_before_its_port(plugin: FamilyPlugin) -> None:
    lines = {"1": {"username": "u", "password": "p", "proxy_ip": "2001:db8::1", "proxy_port": 5070}}
    got = settings(plugin, "D785", config="one-line", sip_lines=lines)
    assert got["user_host[1]"] == "[2001:db8::1]:5070"
    assert got["user_outbound[1]"] == "[2001:db8::1]:5070;transport=udp"


def test_menu_code_is_set_where_the_password_is_one(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "D785", admin_password="4711")
    assert got["admin_mode_password"] == got["admin_mode_password_confirm"] == got["http_pass"] == "4711"
    assert "admin_mode_password" not in settings(plugin, "D785", admin_password="٤٧")


def test_log_of_another_port_and_level(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "D785", syslog_port=1514, syslog_level="debug")
    assert (got["syslog_server"], got["log_level"]) == ("192.0.2.7:1514", "9")


def test_what_the_phone_cannot_have_is_reported_without_its_value(plugin: FamilyPlugin) -> None:
    raw_config = config(
        "full",
        user_password=None,
        vlan_id=0,
        ntp_enabled=False,
        sip_subscribe_mwi=False,
        sip_local_key="-----BEGIN PRIVATE KEY-----",
        protocol="SCCP",
        X_firmware="1.2.3.4",
        funckeys={"1": {"type": "magic", "value": "1"}, "99": {"type": "blf", "value": "1"}},
        sip_servers_root_and_intermediate_certificates=["rubbish"],
    )
    raw_config["sip_lines"]["2"]["outbound_proxy_ip"] = "sbc.example.org"
    raw_config["sip_lines"]["3"]["proxy_ip"] = None
    report = plugin.unsupported({"mac": MAC, "model": "D785"}, raw_config)
    assert {line.partition(":")[0] for line in report} == {
        "X_firmware",
        "admin_password",
        "dns_ip",
        "exten_park",
        "exten_pickup_group",
        "funckeys.1",
        "funckeys.99",
        "ntp_enabled",
        "protocol",
        "sip_lines.2.proxy_ip",
        "sip_local_key",
        "sip_servers_root_and_intermediate_certificates.0",
        "sip_subscribe_mwi",
        "user_username",
        "vlan_id",
    }
    assert not any(secret in " ".join(report) for secret in ("s3cret", "PRIVATE", "p:a"))
