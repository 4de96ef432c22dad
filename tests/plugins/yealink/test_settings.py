from __future__ import annotations

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, own_file
from tests.plugins.yealink.reading import read, settings


def test_full_config_means_what_it_says(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "T46S", "66.86.0.15")
    expected = {
        "static.auto_provision.server.url": "http://192.0.2.5:8667/",
        "static.security.user_password": {"admin": 'p:a;s#s,w"o%rd', "nurse": "Zoë<&>"},
        "account.1.display_name": 'Zoë "O\'Neil" <R&D>',
        "account.1.password": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "account.1.sip_server.2.address": "192.0.2.11",
        "account.1.sip_server.1.transport_type": "2",
        "account.1.srtp_encryption": "1",
        "account.1.dtmf.type": "2",
        "account.2.srtp_encryption": "2",
        "account.2.dtmf.type": "0",
        "account.2.sip_server.1.address": "reg.example.org",
        "account.2.outbound_proxy_enable": "1",
        "account.2.outbound_proxy.1.address": "proxy.example.org",
        "account.2.outbound_proxy.1.port": "5080",
        "account.2.sip_server.2.address": "%NULL%",
        "account.3.outbound_proxy.1.address": "sbc.example.org",
        "account.9.enable": "0",
        "account.16.enable": "0",
        "voice_mail.number.1": "*98",
        "voice_mail.number.2": "*97",
        "forward.busy.off_code": "*20",
        "linekey.1.type": "15",
        "linekey.2.type": "16",
        "linekey.2.extension": "*8",
        "linekey.3.line": "2",
        "linekey.4.type": "10",
        "linekey.6.type": "0",
        "linekey.12.value": "112",
        "expansion_module.1.key.3.value": "1030",
        "expansion_module.2.key.3.value": "1070",
        "expansion_module.6.key.40.type": "0",
    }
    assert {name: got.get(name) for name in expected} == expected
    assert "linekey.28.type" not in got
    assert "linekey.2.pickup_value" not in got
    assert not any(name.startswith(("network.", "syslog.", "security.")) for name in got)


def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin) -> None:
    got = settings(plugin, "T46S", config="bare")
    before = settings(plugin, "T46S")
    kept = {name for name in before if name not in got}
    assert {name.partition(".")[0] for name in kept if not name.endswith((".line", ".extension"))} <= {
        "account",
        "lang",
        "local_time",
        "static",
        "voice",
    }
    assert {name for name in kept if name.startswith(("static", "lang", "local_time", "voice"))} == {
        "lang.gui",
        "lang.wui",
        "local_time.dhcp_time",
        "local_time.dst_time_type",
        "local_time.end_time",
        "local_time.offset_time",
        "local_time.start_time",
        "local_time.summer_time",
        "local_time.time_zone",
        "static.network.primary_dns",
        "static.network.secondary_dns",
        "static.security.user_name.admin",
        "static.security.user_name.user",
        "static.security.user_password",
        "static.trusted_certificates.url",
        "voice.tone.country",
    }
    for number in range(1, 17):
        assert got[f"account.{number}.enable"] == "0"
        assert got[f"account.{number}.password"] == "%NULL%"
    assert {value for name, value in got.items() if name.endswith("key.1.type")} == {"0"}


@pytest.mark.parametrize(
    ("model", "version", "has", "has_not"),
    [
        ("T46G", "28.80.0.130", "syslog.mode", "static.syslog.enable"),
        ("T46G", "28.81.0.25", "static.syslog.enable", "syslog.mode"),
        ("T46G", "28.73.0.50", "account.1.transport", "account.1.sip_server.1.transport_type"),
        ("T46G", "28.80.0.130", "account.1.sip_server.1.transport_type", "account.1.transport"),
        ("T46G", "28.73.0.50", "account.1.outbound_host", "account.1.outbound_proxy.1.address"),
        ("T46G", "28.73.0.50", "linekey.2.pickup_value", "static.firmware.url"),
        ("T46G", "28.72.0.50", "linekey.2.extension", "linekey.2.pickup_value"),
        ("T42U", "108.82.0.1", "linekey.2.pickup_value", "syslog.mode"),
        ("T42U", "108.83.0.1", "linekey.2.extension", "linekey.2.pickup_value"),
        ("VP59", "91.283.0.30", "static.syslog.enable", "linekey.2.pickup_value"),
        ("W60B", "77.85.0.20", "syslog.mode", "lang.gui"),
        ("W60B", "77.85.0.20", "static.syslog.enable", "linekey.1.type"),
        ("W80DM", "103.87.0.18", "account.1.sip_server.template", "account.1.sip_server.1.address"),
        ("W80B", "103.87.0.18", "static.firmware.url", "account.1.enable"),
        ("T41P", "36.71.0.160", "account.3.enable", "account.4.enable"),
        ("T41P", "36.73.0.50", "account.6.enable", "account.7.enable"),
        ("T46Z", "200.86.0.1", "linekey.27.type", "linekey.28.type"),
        ("T44U", "108.86.0.1", "linekey.24.type", "linekey.25.type"),
    ],
)
def test_branches_and_models_differ(
    plugin: FamilyPlugin, model: str, version: str, has: str, has_not: str
) -> None:
    got = settings(plugin, model, version)
    assert has in got
    assert has_not not in got


@pytest.mark.parametrize(("model", "first"), [("T32G", "0"), ("T38G", "0"), ("T28P", "1"), ("T46S", "1")])
def test_keys_count_accounts_from_the_models_first_number(
    plugin: FamilyPlugin, model: str, first: str
) -> None:
    got = settings(plugin, model)
    assert (got["linekey.1.line"], got["linekey.2.line"]) == (first, first)


def test_memory_keys_come_between_line_keys_and_modules(plugin: FamilyPlugin) -> None:
    keys = {str(n): {"type": "blf", "value": str(1000 + n)} for n in (6, 7, 16, 17, 54, 55)}
    got = settings(plugin, "T28P", funckeys=keys)
    values = {
        name: value for name, value in got.items() if name.endswith(".value") and value.startswith("10")
    }
    assert values == {
        "linekey.6.value": "1006",
        "memorykey.1.value": "1007",
        "memorykey.10.value": "1016",
        "expansion_module.1.key.1.value": "1017",
        "expansion_module.1.key.38.value": "1054",
        "expansion_module.2.key.1.value": "1055",
    }


def test_what_the_phone_cannot_have_is_reported_without_its_value(plugin: FamilyPlugin) -> None:
    raw_config = config(
        "full",
        admin_username="ad:min",
        vlan_id=0,
        ntp_enabled=False,
        sip_local_key="-----BEGIN PRIVATE KEY-----",
        protocol="SCCP",
        X_firmware="1.2.3.4",
        funckeys={"1": {"type": "magic", "value": "1"}, "2": {"type": "blf"}, "x": {"type": "park"}},
        sip_servers_root_and_intermediate_certificates=["rubbish"],
    )
    raw_config["sip_lines"]["2"]["outbound_proxy_ip"] = "sbc.example.org"
    report = plugin.unsupported({"mac": MAC, "model": "T46S"}, raw_config)
    assert {line.partition(":")[0] for line in report} == {
        "X_firmware",
        "admin_password",
        "admin_username",
        "funckeys.1",
        "funckeys.2",
        "funckeys.x",
        "ntp_enabled",
        "protocol",
        "sip_lines.1.password",
        "sip_lines.2.proxy_ip",
        "sip_local_key",
        "sip_servers_root_and_intermediate_certificates.0",
        "vlan_id",
    }
    assert not any(secret in " ".join(report) for secret in ("s3cret", "PRIVATE", "ad:min"))


def test_port_of_the_proxy_belongs_to_the_registrar_that_defaults_to_it(plugin: FamilyPlugin) -> None:
    raw_config = config("autoprov", sip_transport="tcp")
    raw_config["sip_lines"]["1"]["proxy_port"] = 5070
    got = read(own_file(plugin, {"mac": MAC, "model": "T46S"}, raw_config))
    assert got["account.1.sip_server.1.port"] == "5070"
    assert got["account.1.outbound_proxy_enable"] == "0"
