from __future__ import annotations

from typing import Any

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family import clock
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.tzinform import Time
from tests.plugins.grandstream.reading import settings
from tests.plugins.kit import MAC

NEW = "1.0.11.23"


def reported(plugin: FamilyPlugin, model: str | None, **parameters: Any) -> set[str]:
    raw_config = config(parameters.pop("config", "full"), **parameters)
    lines = plugin.unsupported({"id": "d1", "mac": MAC, "model": model}, raw_config)
    return {line.partition(":")[0] for line in lines}


@pytest.mark.parametrize(
    ("model", "version", "expected"),
    [
        # The numbers of a phone's fifth account, and those of an adapter's second port.
        ("GXP2160", NEW, {"P1701": "0", "P702": None, "P747": None}),
        ("HT802", None, {"P401": "1", "P747": "reg.example.org:5070", "P748": "proxy.example.org:5080"}),
        ("HT802", None, {"P735": "secretary", "P736": "auth-2", "P734": "s3cret", "P402": None}),
        ("HT802", None, {"P850": "102", "P851": "101", "P852": "100", "P2301": None, "P967": "192.0.2.11"}),
        ("HT801", None, {"P271": "1", "P401": None, "P747": None}),
        ("GXP2120", None, {"P1801": "0", "P2812": "", "P1804": ""}),
        # Fixed line keys, then others, number their modes otherwise.
        ("GXP2130", NEW, {"P1363": "0", "P1365": "11", "P1367": "10", "P1369": "9", "P1371": "1"}),
        ("GXP2135", NEW, {"P1369": "19", "P1371": "11", "P1373": "-1", "P323": None}),
        ("GXP2170", NEW, {"P1369": "19", "P1371": "11", "P1373": "-1", "P323": None, "P23795": "-1"}),
        ("GXP2170", NEW, {"P23105": "1", "P23107": "", "P23108": "1070", "P23800": None}),
        ("GXP1780", None, {"P1365": "11", "P1468": "1002", "P1369": "19", "P323": None}),
        ("GXP2000", "1.2.5.3", {"P324": "1", "P304": "0", "P305": "Zoë & Bob", "P306": "1002", "P330": None}),
        ("GXP2110", None, {"P329": "-1", "P330": None, "P1363": None}),
        ("GXV3370", None, {"P23145": "1", "P23148": "1030", "P23795": "-1", "P323": None}),
        ("GXP1620", None, {"P323": None, "P1363": None, "P1347": None}),
        # Names
        ("GRP2615", None, {"pks.vpk.5.keyMode": "BLF", "pks.vpk.40.value": "", "pks.mpk.1.value": None}),
        ("GRP2614", None, {"pks.mpk.14.keyMode": "BLF", "pks.mpk.14.account": "Account1", "P1363": None}),
        ("GRP2616", None, {"account.3.sip.transport": "TlsOrTcp", "account.6.enable": "No"}),
        ("GRP2670", None, {"account.4.enable": "No", "account.12.sip.userid": "", "account.13.enable": None}),
        ("GHP631", None, {"account.2.enable": "Yes", "pks.vpk.1.keyMode": None}),
        ("WP825", None, {"network.port.eth.1.vlan.tag": None, "dateTime.ntp.server.1": "ntp.example.org"}),
    ],
)  # fmt: skip
def test_models_differ(
    plugin: FamilyPlugin, model: str, version: str | None, expected: dict[str, str | None]
) -> None:
    got = settings(plugin, model, version)
    assert {key: got.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("model", "version", "wanted", "by_name", "is_reported"),
    [
        ("GXP2160", NEW, None, False, False),
        ("GXP2160", NEW, True, True, False),
        ("GXP2160", "1.0.7.25", True, True, False),
        ("GXP2160", "1.0.6.7", True, False, True),
        ("GXP2160", None, True, True, False),
        ("GRP2612W", None, None, True, False),
        ("GRP2612W", None, False, False, False),
        ("WP820", None, False, False, False),
        ("GXP1630", None, True, False, True),
        ("GXP1630", None, False, False, False),
        ("HT801V2", None, True, False, True),
        ("GXP2000", None, False, False, True),
    ],
)
def test_file_of_names_or_numbers_may_be_chosen_where_the_phone_reads_both(
    plugin: FamilyPlugin,
    model: str,
    version: str | None,
    wanted: bool | None,
    by_name: bool,
    is_reported: bool,
) -> None:
    parameters = {} if wanted is None else {"X_grandstream_names": wanted}
    got = settings(plugin, model, version, config="autoprov", **parameters)
    assert ("account.1.sip.userid" in got) is by_name
    assert ("P35" in got) is not by_name
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    lines = plugin.unsupported(device, config("autoprov", **parameters))
    assert any(line.startswith("X_grandstream_names:") for line in lines) is is_reported


def test_every_key_of_a_phone_with_both_files_can_be_set_by_name(plugin: FamilyPlugin) -> None:
    keys = {str(n): {"type": "blf", "value": str(1000 + n)} for n in range(1, 49)}
    got = settings(plugin, "GXP2170", NEW, funckeys=keys, X_grandstream_names=True)
    assert [got[f"pks.vpk.{n}.value"] for n in range(1, 49)] == [str(1000 + n) for n in range(1, 49)]
    by_number = reported(plugin, "GXP2170", funckeys=keys)
    assert {f"funckeys.{n}" for n in range(7, 49)} <= by_number
    assert not {f"funckeys.{n}" for n in range(1, 7)} & by_number


LEFT = {
    *("P2", "P196", "P1362", "P64", "P246", "P143"),  # the phone's own accounts, language and time zone
    *(f"P{n}" for n in (99, 130, 183, 191, 850, 851, 852)),  # how an account that is off would send
    *(f"P{block}{tail}" for block in (4, 5, 6, 17, 18) for tail in (15, 20, 43, 48)),
    *(f"P2{block}0{tail}" for block in range(3, 9) for tail in (1, 2, 3)),
    *("users.admin.password", "users.user.password", "language.gui", "dateTime.timezone"),
    *(
        f"account.{n}.{name}"
        for n in range(1, 5)
        for name in (
            *("sip.transport", "sip.subscribe.mwi", "featureCodes.callFeatures", "sip.blf.callPickup.prefix"),
            *("dtmf.sendInAudio", "dtmf.sendInRtp", "dtmf.sendInSip"),
        )
    ),
}


@pytest.mark.parametrize("model", ["GXP2160", "GRP2614", "HT802", "GXP2000"])
def test_bare_config_resets_what_an_old_one_left(plugin: FamilyPlugin, model: str) -> None:
    got = settings(plugin, model, config="bare")
    assert settings(plugin, model).keys() - got.keys() <= LEFT
    for name in ("P212", "P237", "P238", "P144"):
        got.pop(name, None)
    assert set(got.values()) <= {"", "0", "No", "None", "-1", "Account1", "**"}


def test_line_has_its_key_unless_another_one_is_put_there(plugin: FamilyPlugin) -> None:
    keys = {"1": {"type": "blf", "value": "1001"}, "3": {"type": "blf", "value": "1003"}}
    got = settings(plugin, "GXP2160", NEW, funckeys=keys)
    assert [got[f"P{n}"] for n in (1363, 1365, 1366, 1367)] == ["11", "0", "1", "11"]
    # The GRP26xx can't have another one there.
    got = settings(plugin, "GRP2614", funckeys=keys)
    assert [got[f"pks.vpk.{n}.keyMode"] for n in (1, 2, 3)] == ["Line", "Line", "Line"]
    assert reported(plugin, "GRP2614", funckeys=keys) >= {"funckeys.1", "funckeys.3"}
    got = settings(plugin, "GRP2614", funckeys=keys, config="one-line")
    assert [got[f"pks.vpk.{n}.keyMode"] for n in (1, 2, 3)] == ["Line", "None", "BLF"]


def test_parking_key_without_a_value_parks_at_the_code(plugin: FamilyPlugin) -> None:
    keys = {"1": {"type": "park"}}
    assert settings(plugin, "GXP2000", funckeys=keys, exten_park="700")["P303"] == "700"
    assert "exten_park" not in reported(plugin, "GXP2000", funckeys=keys, exten_park="700")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"ntp_enabled": False}, {"P30": "", "P144": "0"}),
        ({"ntp_enabled": None, "ntp_ip": None}, {"P30": "", "P144": "1"}),
        ({"dns_ip": "2001:db8::53"}, {"P92": "0", "P95": "0"}),
        ({"vlan_id": 0}, {"P51": "0", "P87": "0", "P229": "0", "P230": "0"}),
        ({"vlan_pc_port_id": None}, {"P51": "100", "P87": "5", "P229": "0", "P230": "0"}),
        ({"syslog_port": 1514, "syslog_level": "debug"}, {"P207": "192.0.2.7:1514", "P208": "1"}),
        ({"syslog_level": "critical"}, {"P208": "4"}),
        ({"syslog_enabled": False}, {"P207": "", "P208": "0"}),
        ({"locale": "zh_TW"}, {"P1362": None}),
        ({"locale": "pt_BR"}, {"P1362": "pt"}),
        ({"exten_pickup_call": None}, {"P1347": "**"}),
        ({"timezone": "Asia/Kathmandu"}, {"P246": "STD-5:45"}),
        ({"timezone": "America/St_Johns"}, {"P246": "STD+3:30DST+2:30,M3.2.0/2,M11.1.0/2"}),
        ({"timezone": "America/Santiago"}, {"P246": "STD+4DST+3,M9.1.6/24,M4.1.6/24"}),
        ({"timezone": "Etc/UTC"}, {"P64": "customize", "P246": "STD+0", "P143": "0"}),
        ({"timezone": "Europe/Atlantis"}, {"P64": None, "P246": None, "P143": None}),
        ({"sip_dtmf_mode": None}, {"P2301": "0", "P2302": "1", "P2303": "0"}),
    ],
)
def test_parameters_mean_what_they_say(
    plugin: FamilyPlugin, parameters: dict[str, Any], expected: dict[str, str | None]
) -> None:
    got = settings(plugin, "GXP2160", NEW, **parameters)
    assert {key: got.get(key) for key in expected} == expected


def test_certificate_of_the_phone_is_written_as_lines(plugin: FamilyPlugin) -> None:
    body = "MIIB" * 20
    pem = f"-----BEGIN CERTIFICATE-----\r\n{body}\r\n-----END CERTIFICATE-----\r\n"
    got = settings(plugin, "GXP2160", sip_local_certificate=pem, sip_local_key="rubbish")
    lines = f"-----BEGIN CERTIFICATE-----\n{body[:64]}\n{body[64:]}\n-----END CERTIFICATE-----\n"
    assert (got["P280"], got["P279"]) == (lines, "")
    both = {"sip_local_certificate": pem, "sip_local_key": "rubbish"}
    assert not {"sip_local_certificate"} & reported(plugin, "GXP2160", **both)
    assert "sip_local_key" in reported(plugin, "GXP2160", **both)
    assert both.keys() <= reported(plugin, "GRP2614", **both)
    assert both.keys() <= reported(plugin, "GXP2000", **both)


def test_rules_by_date_are_reported(plugin: FamilyPlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    # No zone of today has such rules.
    change = {"month": 3, "day": "D9", "time": Time(7200)}
    dst = {"start": change, "end": {**change, "month": 9}, "save": Time(3600)}
    monkeypatch.setattr(clock, "get_timezone_info", lambda name: {"utcoffset": Time(0), "dst": dst})
    assert settings(plugin, "GXP2160", timezone="Europe/Paris")["P246"] == "STD+0"
    assert "timezone" in reported(plugin, "GXP2160", timezone="Europe/Paris")


def test_what_the_phone_cannot_have_is_reported_without_its_value(plugin: FamilyPlugin) -> None:
    raw_config = config(
        "full",
        admin_username="boss",
        dns_ip="2001:db8::53",
        protocol="SCCP",
        X_firmware="1.2.3.4",
        funckeys={"1": {"type": "magic", "value": "1"}, "x": {"type": "park"}},
    )
    raw_config["sip_lines"]["2"]["outbound_proxy_ip"] = "sbc.example.org"
    raw_config["sip_lines"]["9"] = {"username": "ninth"}
    raw_config["sip_lines"]["x"] = {"username": "tenth"}
    report = plugin.unsupported({"mac": MAC, "model": "GXP2160"}, raw_config)
    assert {line.partition(":")[0] for line in report} >= {
        "X_firmware",
        "admin_username",
        "dns_ip",
        "funckeys.1",
        "funckeys.x",
        "protocol",
        "sip_lines.2.proxy_ip",
        "sip_lines.9",
        "sip_lines.x",
    }
    assert not any(secret in " ".join(report) for secret in ("s3cret", "boss", "ninth"))
