from __future__ import annotations

from pathlib import Path

import pytest
from treq.testing import StubTreq

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, files, load_family, own_file, served
from tests.plugins.polycom.reading import DIGITS, DIRECTORY, MASTER, OWN, directory, master, read, settings
from tests.support import result_of

NEW, OLD = {"model": "VVX450", "version": "6.4.4.8275"}, {"model": "SPIP650", "version": "4.0.15.1047"}


def test_every_way_to_a_master_file_leads_to_the_phones_own_settings(tmp_path: Path) -> None:
    plugin = load_family("polycom", tmp_path)
    plugin.configure_common(config("bare"))
    plugin.configure({"mac": MAC, **NEW}, config("one-line"))
    common = master(files(plugin)["000000000000.cfg"])["CONFIG_FILES"]
    own = master(files(plugin)[MASTER])["CONFIG_FILES"]
    assert common.replace("[PHONE_MAC_ADDRESS]", DIGITS) == own == OWN
    assert read(files(plugin)[OWN])["reg.1.address"] == "k7d2m1"


@pytest.mark.parametrize(
    ("phone", "one_line", "full"),
    [
        (NEW, False, True),  # its keys show no speed dial that isn't configured
        (OLD, True, True),
        ({"model": "Trio8800"}, False, False),
        ({"model": "SPIP335", "version": "4.0.4.2906"}, False, False),
    ],
)
def test_directory_is_the_servers_where_keys_depend_on_it(
    tmp_path: Path, phone: dict[str, str], one_line: bool, full: bool
) -> None:
    plugin, device = load_family("polycom", tmp_path), {"mac": MAC, **phone}
    for name, expected in (("full", full), ("one-line", one_line)):
        plugin.configure(device, config(name))
        assert (DIRECTORY in files(plugin)) is expected
    if one_line:
        assert directory(files(plugin)[DIRECTORY]) == {}


@pytest.mark.parametrize("phone", [NEW, OLD])
def test_nothing_of_a_removed_configuration_is_left(tmp_path: Path, phone: dict[str, str]) -> None:
    plugin, device = load_family("polycom", tmp_path), {"mac": MAC, **phone}
    full, bare = (read(own_file(plugin, device, config(name)).encode()) for name in ("full", "bare"))
    kept = full.keys() - bare.keys()
    parts = ("device.auth.", "tcpIpApp.sntp.", "lcl.ml.", "reg.", "attendant.resourceList.")
    assert {name for name in kept if not name.startswith(parts)} == set()
    for number in range(1, 13):
        assert {value for name, value in bare.items() if name.startswith(f"reg.{number}.")} == {""}
        assert bare[f"msg.mwi.{number}.callBack"] == bare[f"msg.mwi.{number}.subscribe"] == ""
    for number in range(1, 17):
        assert bare[f"attendant.resourceList.{number}.address"] == ""
    assert {value for name, value in bare.items() if name.endswith(".category")} <= {"Unassigned"}
    assert {value for name, value in bare.items() if name.startswith("softkey.")} == {"0", ""}
    assert bare["device.net.vlanId"] == bare["device.dns.serverAddress"] == bare["mb.main.home"] == ""
    assert (bare["device.syslog.transport"], bare["tcpIpApp.sntp.address.overrideDHCP"]) == ("0", "0")
    assert bare["sec.TLS.customCaCert.1"] == ""


def test_uploads_are_refused_at_once_and_change_nothing(tmp_path: Path) -> None:
    plugin = load_family("polycom", tmp_path)
    plugin.configure({"mac": MAC, **NEW}, config("full"))
    before = files(plugin)
    client = StubTreq(plugin.http_service)
    for name in (OWN, DIRECTORY, f"{DIGITS}-phone.cfg", f"{DIGITS}-app.log"):
        assert result_of(client.put(f"http://192.0.2.5/{name}", data=b"x")).code == 405
    assert files(plugin) == before
    assert result_of(client.get(f"http://192.0.2.5/{DIGITS}-phone.cfg")).code == 404


def test_files_with_settings_contacts_or_calls_are_sensitive(plugin: FamilyPlugin) -> None:
    for mac in ("0004f2aa0b1c", "0004F2AA0B1C"):
        for rest in ("config.cfg", "phone.cfg", "web.cfg", "directory.xml", "calls.xml"):
            assert plugin.is_sensitive_filename(f"{mac}-{rest}")
        for rest in (".cfg", "-license.cfg", "-app.log"):
            assert not plugin.is_sensitive_filename(f"{mac}{rest}")
    for name in ("000000000000.cfg", "sip.ld", "3111-48450-001.sip.ld"):
        assert not plugin.is_sensitive_filename(name)


def test_key_in_the_url_is_in_no_file_that_isnt_sensitive(tmp_path: Path) -> None:
    plugin = load_family("polycom", tmp_path)
    plugin.write("firmware/6.4.6/sip.ld", b"")
    plugin.configure_common(config("bare", http_base_url="http://192.0.2.5:8667/k3y"))
    plugin.configure({"mac": MAC, **NEW}, config("full", http_base_url="http://192.0.2.5:8667/k3y"))
    holding = {name for name, content in files(plugin).items() if b"k3y" in content}
    assert holding == {OWN}


def test_site_adds_parameters_for_a_model(tmp_path: Path) -> None:
    plugin = load_family("polycom", tmp_path)
    template = tmp_path / "polycom" / "var" / "templates" / "VVX450.tpl"
    template.write_text(
        '{% extends "base.tpl" %}{% block site %}<prov prov.polling.enabled="1"/>{% endblock %}'
    )
    assert settings(plugin, "VVX450")["prov.polling.enabled"] == "1"
    assert "prov.polling.enabled" not in settings(plugin, "VVX350")
    assert (served(plugin) / MASTER).exists()
