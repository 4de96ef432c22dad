"""
What Yealink phones make of their files, read back under the vendor's grammar.
"""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.identification.association import DeviceSupport
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import HERE, MAC, PLUGINS, config, load_family, own_file, served

HEADER = "#!version:1.0.0.1"


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> FamilyPlugin:
    return load_family("yealink", tmp_path_factory.mktemp("plugins"))


def read(text: str) -> dict[str, Any]:
    """
    Read a file as a phone does: the header, then comments and ``name = value``; a later line wins, but for
    ``security.user_password``, which counts once for each user name.
    """
    first, *lines = text.split("\n")
    assert first == HEADER
    settings: dict[str, Any] = {}
    for line in filter(None, lines):
        if line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name, value = name.strip(), value.strip()
        assert equals, line
        assert name.replace(".", "").replace("_", "").isalnum(), line
        assert value, "an empty value would leave what the phone has"
        if name.endswith("security.user_password"):
            user, colon, password = value.partition(":")
            assert colon
            settings.setdefault(name, {})[user] = password
        else:
            settings[name] = value
    return settings


def settings(
    plugin: FamilyPlugin, model: str, version: str | None = None, **parameters: Any
) -> dict[str, Any]:
    device = {"id": "d1", "mac": MAC, "model": model} | ({"version": version} if version else {})
    return read(own_file(plugin, device, config(parameters.pop("config", "full"), **parameters)))


@pytest.mark.parametrize(
    "path", sorted((HERE / "yealink" / "golden").glob("*.cfg")), ids=lambda path: path.name
)
def test_golden_files_follow_the_grammar(path: Path) -> None:
    assert read(path.read_text("utf-8"))["sip.notify_reboot_enable"] == "0"


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


@pytest.mark.parametrize(
    ("zone", "model", "offset", "start", "end", "minutes"),
    [
        ("Europe/Paris", "T46S", "+1", "3/5/7/2", "10/5/7/3", "60"),
        ("America/New_York", "T46S", "-5", "3/2/7/2", "11/1/7/2", "60"),
        ("America/St_Johns", "T46S", "-3:30", "3/2/7/2", "11/1/7/2", "60"),
        ("Australia/Lord_Howe", "T46S", "+10:30", "10/1/7/2", "4/1/7/2", "30"),
        ("Pacific/Auckland", "T28P", "+12", "9/5/7/2", "4/1/7/3", "60"),
        ("Pacific/Chatham", "T46S", "+12:45", "9/5/7/2", "4/1/7/3", "60"),
        ("America/Santiago", "T46S", "-4", "9/1/6/23", "4/1/6/23", "60"),
        ("Africa/Cairo", "T46S", "+2", "4/5/5/0", "10/5/4/23", "60"),
        ("Asia/Jerusalem", "T46S", "+2", "3/4/5/2", "10/5/7/2", "60"),
        ("Europe/Bucharest", "T46S", "+2", "3/5/7/3", "10/5/7/4", "60"),
    ],
)
def test_clocks_change_on_the_days_of_the_zone(
    plugin: FamilyPlugin, zone: str, model: str, offset: str, start: str, end: str, minutes: str
) -> None:
    got = settings(plugin, model, timezone=zone)
    assert got["local_time.time_zone"] == offset
    assert (got["local_time.summer_time"], got["local_time.dst_time_type"]) == ("1", "1")
    assert (got["local_time.start_time"], got["local_time.end_time"]) == (start, end)
    assert got["local_time.offset_time"] == minutes


@pytest.mark.parametrize(
    ("zone", "model", "offset"),
    [
        ("Asia/Kolkata", "T46S", "+5:30"),
        ("Asia/Kathmandu", "T46S", "+5:45"),
        ("Etc/UTC", "T46S", "0"),
        ("Pacific/Kiritimati", "T46S", "+14"),
        ("Pacific/Kiritimati", "T28P", "+13"),
        ("Etc/GMT+12", "T46S", "-11"),
    ],
)
def test_zone_without_summer_time(plugin: FamilyPlugin, zone: str, model: str, offset: str) -> None:
    got = settings(plugin, model, timezone=zone)
    assert (got["local_time.time_zone"], got["local_time.summer_time"]) == (offset, "0")


def test_unknown_zone_and_language_leave_the_phones_own(plugin: FamilyPlugin) -> None:
    raw_config = config("full", timezone="Europe/Atlantis", locale="eo_XX")
    got = read(own_file(plugin, {"mac": MAC, "model": "T46S"}, raw_config))
    assert not {"local_time.time_zone", "lang.gui", "voice.tone.country"} & got.keys()
    report = plugin.unsupported(
        {"mac": MAC, "model": "T46S"}, config("full", timezone="Europe/Atlantis", locale="eo_XX")
    )
    assert {line.partition(":")[0] for line in report} >= {"timezone", "locale"}


@pytest.mark.parametrize(
    ("locale", "language", "tones"),
    [
        ("fr_CA", "French_CA", "United States"),
        ("fr_BE", "French", "Belgium"),
        ("pt_BR", "Portuguese_LA", "Brazil"),
        ("es_MX", "Spanish_LA", "Mexico"),
        ("zh_TW", "Chinese_T", None),
        ("en_GB", "English", "Great Britain"),
        ("no_NO", None, "Norway"),
    ],
)
def test_language_and_tones_follow_the_locale(
    plugin: FamilyPlugin, locale: str, language: str | None, tones: str | None
) -> None:
    got = settings(plugin, "T46S", locale=locale)
    assert (got.get("lang.gui"), got.get("lang.wui"), got.get("voice.tone.country")) == (
        language,
        language,
        tones,
    )


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


@pytest.mark.parametrize(
    ("wanted", "model", "version", "told"),
    [
        (None, "T46S", "66.85.0.5", "66.86.0.15/T46S%28T48S%26T42S%29-66.86.0.15.rom"),
        ("66.85.0.5", "T46S", "66.86.0.15", "66.85.0.5/T46S-66.85.0.5.rom"),
        ("none", "T46S", "66.85.0.5", None),
        ("66.99.0.1", "T46S", "66.85.0.5", None),
        ("66.86.0.15", "T46U", "108.86.0.1", None),
        (None, "T42S", "67.81.0.1", "66.86.0.15/T46S%28T48S%26T42S%29-66.86.0.15.rom"),
        (None, "T20P", None, "old/9.73.0.50.rom"),
        (None, "T99Z", "66.80.0.1", "66.86.0.15/T46S%28T48S%26T42S%29-66.86.0.15.rom"),
        (None, "VP59", "91.86.0.1", "91.283.0.30/VP59-91.283.0.30.rom"),
        (None, "W75DM", None, "w/W75DM-175.87.0.1.rom"),
        (None, "W80DM", None, "w/$PN-103.87.0.18.rom"),
        (None, "W80B", None, "w/$PN-103.87.0.18.rom"),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str, version: str | None, told: str | None
) -> None:
    plugin = load_family("yealink", tmp_path)
    for path in (
        "66.86.0.15/T46S(T48S&T42S)-66.86.0.15.rom",
        "66.85.0.5/T46S-66.85.0.5.rom",
        "66.85.0.5/notes.txt",
        "old/9.73.0.50.rom",
        "91.283.0.30/VP59-91.283.0.30.rom",
        "w/W75DM-175.87.0.1.rom",
        "w/W80DM-103.87.0.18.rom",
        "w/W80B-103.87.0.18.rom",
    ):
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = settings(plugin, model, version, config="autoprov", **parameters)
    url = got.get("static.firmware.url", got.get("firmware.url"))
    assert url == ("%NULL%" if told is None else f"http://192.0.2.5:8667/firmware/{told}")


def test_firmware_installed_later_is_found(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    assert settings(plugin, "T46S")["static.firmware.url"] == "%NULL%"
    plugin.write("firmware/66.86.0.15/T46S-66.86.0.15.rom", b"")
    assert settings(plugin, "T46S")["static.firmware.url"].endswith("/66.86.0.15/T46S-66.86.0.15.rom")
    plugin.write("firmware/66.86.0.15/T46S-66.86.0.20.rom", b"")
    assert settings(plugin, "T46S")["static.firmware.url"].endswith("/66.86.0.15/T46S-66.86.0.20.rom")


def test_handsets_get_their_newest_image_over_the_air(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    for path in ("a/W73H-116.85.0.20.rom", "b/W73H-116.86.0.1.rom"):
        plugin.write(f"firmware/{path}", b"")
    url = "http://192.0.2.5:8667/firmware/b/W73H-116.86.0.1.rom"
    assert settings(plugin, "W70B")["over_the_air.url.w73h"] == url
    assert settings(plugin, "W70B")["over_the_air.url.w56h"] == "%NULL%"
    assert settings(plugin, "W70B", X_firmware="none")["over_the_air.url.w73h"] == "%NULL%"


def test_boot_file_names_the_devices_own_file_alone(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    plugin.configure({"mac": MAC, "model": "T46S", "version": "66.86.0.15"}, config("full"))
    boot = (served(plugin) / "001565aa0b1c.boot").read_text("utf-8").splitlines()
    assert boot[0] == HEADER
    assert [line for line in boot if not line.startswith("#")] == ["include:config <001565aa0b1c.cfg>"]
    plugin.deconfigure({"mac": MAC})
    plugin.configure({"mac": MAC, "model": "T46G", "version": "28.80.0.130"}, config("full"))
    assert not (served(plugin) / "001565aa0b1c.boot").exists()


def test_common_files_are_spelled_for_the_branches_of_their_phones(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    plugin.configure_common(config("bare"))
    url = "auto_provision.server.url"
    spelled = {
        name: {key for key in read((served(plugin) / name).read_text("utf-8")) if key.endswith(url)}
        for name in ("y000000000000.cfg", "y000000000028.cfg", "y000000000066.cfg")
    }
    assert spelled == {
        "y000000000000.cfg": {url},
        "y000000000028.cfg": {url, f"static.{url}"},
        "y000000000066.cfg": {f"static.{url}"},
    }
    assert not (served(plugin) / "y000000000000.boot").exists()


def test_common_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    for path in served(plugin).iterdir():
        assert "server.url" not in path.read_text("utf-8")


def test_certificates_are_files_and_the_root_is_the_last_to_be_named(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    raw_config = config("full")
    chain = raw_config["sip_servers_root_and_intermediate_certificates"]
    text = own_file(plugin, {"mac": MAC, "model": "T46S"}, raw_config)
    urls = [line.partition("= ")[2] for line in text.splitlines() if "trusted_certificates.url" in line]
    paths = [served(plugin) / url.removeprefix("http://192.0.2.5:8667/") for url in urls]
    assert [path.read_text("ascii") for path in paths] == [text.strip() + "\n" for text in reversed(chain)]


def test_key_in_the_url_goes_before_every_path(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    plugin.write("firmware/66.86.0.15/T46S-66.86.0.15.rom", b"")
    got = settings(plugin, "T46S", http_base_url="http://192.0.2.5:8667/k3y/")
    assert got["static.auto_provision.server.url"] == "http://192.0.2.5:8667/k3y/"
    assert got["static.firmware.url"].startswith("http://192.0.2.5:8667/k3y/firmware/")
    assert got["static.trusted_certificates.url"].startswith("http://192.0.2.5:8667/k3y/certificates/")


@pytest.mark.parametrize(
    ("info", "support"),
    [
        ({"vendor": "Yealink", "model": "T46S", "version": "66.86.0.15"}, DeviceSupport.EXACT),
        ({"vendor": "Yealink", "model": "VP59", "version": "91.283.0.30"}, DeviceSupport.EXACT),
        ({"vendor": "Yealink", "model": "T46S", "version": "66.99.0.1"}, DeviceSupport.COMPLETE),
        ({"vendor": "Yealink", "model": "T46S"}, DeviceSupport.COMPLETE),
        ({"vendor": "Yealink", "model": "T18", "version": "18.0.0.80"}, DeviceSupport.COMPLETE),
        ({"vendor": "Yealink", "model": "T46X"}, DeviceSupport.INCOMPLETE),
        ({"vendor": "Yealink", "model": "Q1"}, DeviceSupport.PROBABLE),
        ({"vendor": "Yealink"}, DeviceSupport.PROBABLE),
        ({"vendor": "Snom", "model": "D785"}, DeviceSupport.IMPROBABLE),
        ({"mac": MAC}, DeviceSupport.UNKNOWN),
    ],
)
def test_support_of_phones(plugin: FamilyPlugin, info: dict[str, str], support: DeviceSupport) -> None:
    assert plugin.pg_associator.associate(info) == support


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("001565aa0b1c.cfg", True),
        ("001565AA0B1C.cfg", True),
        ("001565aa0b1c-local.cfg", True),
        ("001565aa0b1c-contact.xml", True),
        ("001565aa0b1c.boot", False),
        ("y000000000028.cfg", False),
        ("T46S-66.86.0.15.rom", False),
    ],
)
def test_sensitive_files(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive


MODELS = st.sampled_from(["T46S", "T19P_E2", "CP960", "W90DM", "AX83H", "VP59", "T49G", "T99"])
VERSIONS = st.lists(st.integers(0, 999), min_size=4, max_size=4).map(lambda ns: ".".join(map(str, ns)))


@given(
    word=st.sampled_from(["Yealink ", "yealink ", "YEALINK ", "Yealink-"]),
    sip=st.sampled_from(["", "SIP-", "SIP VP-", "VP-"]),
    model=MODELS,
    version=VERSIONS,
    gap=st.sampled_from([" ", "  "]),
    mac=st.integers(1, 2**48 - 2).map(lambda number: f"{number:012x}"),
    colons=st.booleans(),
)
def test_user_agent_built_like_the_captured_ones(
    plugin: FamilyPlugin, word: str, sip: str, model: str, version: str, gap: str, mac: str, colons: bool
) -> None:
    if "VP-" in sip and not model.startswith("T"):
        sip = "SIP-"
    colon_mac = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
    info = plugin.identity.of_http(f"{word}{sip}{model}{gap}{version} {colon_mac if colons else mac}", "x")
    assert info == {"vendor": "Yealink", "model": model, "version": version, "mac": colon_mac}


def test_packages_put_images_where_they_are_looked_for(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    parser = configparser.RawConfigParser()
    parser.read(PLUGINS / "yealink" / "pkgs" / "pkgs.db", encoding="utf-8")
    packages = [name.removeprefix("pkg_") for name in parser.sections() if name.startswith("pkg_")]
    assert packages
    for package in packages:
        section = parser[f"pkg_{package}"]
        graph, version = section["install"].split()
        assert version == section["version"] == package
        command = parser[f"install_{graph}"]["a-b"].split()
        names = [parser[f"file_{file}"]["filename"] for file in section["files"].split()]
        sources = [f"$FILE{index + 1}" for index in range(len(names))]
        assert command == ["cp", *sources, "firmware/$ARG1/"]
        for name in names:
            plugin.write(f"firmware/{version}/{name}", b"")
    found = {(image.folder, ".".join(map(str, image.version))) for image in plugin.images()}
    assert found == {(package, package) for package in packages}
