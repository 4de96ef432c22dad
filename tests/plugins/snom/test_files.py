from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from treq.testing import StubTreq

from provd.plugincheck.samples import config
from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.sync.current import set_sync_service
from tests.plugins.kit import MAC, load_family, served
from tests.plugins.snom.reading import OWN, read, settings
from tests.support import result_of

LEADING = '<file url="http://192.0.2.5:8667/001565AA0B1C.xml"/>'


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("D785", ["001565aa0b1c.xml", "snomD785-001565AA0B1C.htm", "snomD785-001565aa0b1c.htm"]),
        ("M900", ["001565aa0b1c.xml", "snomM900-001565AA0B1C.htm", "snomM900-001565aa0b1c.xml"]),
        (None, ["001565aa0b1c.xml"]),
    ],
)
def test_whatever_a_phone_asks_for_leads_to_its_own_file(
    tmp_path: Path, model: str | None, names: list[str]
) -> None:
    plugin = load_family("snom", tmp_path)
    plugin.configure({"mac": MAC, "model": model}, config("full"))
    for name in names:
        assert LEADING in (served(plugin) / name).read_text("utf-8")
    assert plugin.get_remote_state_trigger_filename({"mac": MAC}) == OWN
    read((served(plugin) / OWN).read_text("utf-8"))


def test_address_without_letters_has_one_own_file(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path)
    plugin.configure({"mac": "00:04:13:12:34:56", "model": "D785"}, config("full"))
    read((served(plugin) / "000413123456.xml").read_text("utf-8"))


def test_firmware_6_gets_no_xml(plugin: FamilyPlugin) -> None:
    with pytest.raises(RawConfigError, match="reads no XML"):
        settings(plugin, "320", "6.5.20")
    assert settings(plugin, "320", "7.3.30")
    assert settings(plugin, "M300", "03.23.0005")


def test_common_files_come_under_the_names_that_each_kind_asks_for(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path)
    plugin.configure_common(config("bare"))
    names = {path.name for path in served(plugin).iterdir()}
    assert {"snom715.htm", "snomD785.htm", "snomMP.htm", "snomM900.htm", "snomM900.xml"} <= names
    assert {"snomM900-firmware.htm", "snomM900-firmware.xml"} <= names
    assert "snomD785.xml" not in names
    got = read((served(plugin) / "snomD785.htm").read_text("utf-8"))
    assert got == {"auto_reboot_on_setting_change": "on", "setting_server": "http://192.0.2.5:8667/"}


def test_common_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    for path in served(plugin).iterdir():
        assert "192.0.2.5" not in path.read_text("utf-8")


def test_key_in_the_url_goes_before_every_path(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path)
    plugin.write("firmware/10.1.33.33/snomD785-10.1.33.33-SIP-r.bin", b"")
    got = settings(plugin, "D785", http_base_url="http://192.0.2.5:8667/k3y/")
    assert got["setting_server"] == "http://192.0.2.5:8667/k3y/"
    assert got["firmware_status"] == "http://192.0.2.5:8667/k3y/001565AA0B1C-firmware.xml"
    assert got["url[0]"].startswith("http://192.0.2.5:8667/k3y/certificates/")
    for path in served(plugin).iterdir():
        assert path.is_dir() or "8667/k3y/" in path.read_text("utf-8")


def test_certificates_are_files_in_der_the_root_first(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path)
    got = settings(plugin, "D785")
    paths = [served(plugin) / got[f"url[{n}]"].removeprefix("http://192.0.2.5:8667/") for n in (0, 1)]
    assert [b"Root of a test" in path.read_bytes() for path in paths] == [True, False]
    assert [path.read_bytes()[:2] for path in paths] == [b"\x30\x82"] * 2


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("000413ABCDEF.xml", True),
        ("000413abcdef.xml", True),
        ("000413ABCDEF-firmware.xml", True),
        ("snomD785-000413ABCDEF.htm", True),
        ("snomD785.htm", False),
        ("snomD785-10.1.33.33-SIP-r.bin", False),
    ],
)
def test_sensitive_files(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive


def test_site_adds_settings_for_a_model(tmp_path: Path) -> None:
    plugin = load_family("snom", tmp_path)
    template = tmp_path / "snom" / "var" / "templates" / "D785.tpl"
    line = '<date_us_format perm="R">on</date_us_format>'
    template.write_text(f'{{% extends "base.tpl" %}}{{% block site %}}\n{line}\n{{% endblock %}}')
    assert settings(plugin, "D785")["date_us_format"] == "on"
    assert "date_us_format" not in settings(plugin, "D735")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("snomD785.htm", b"text/xml"),
        ("001565AA0B1C.xml", b"text/xml"),
        ("firmware/1/snomD785-10.1.33.33-SIP-r.bin", b"application/octet-stream"),
    ],
)
def test_files_are_served_as_what_they_are(tmp_path: Path, path: str, kind: bytes) -> None:
    plugin = load_family("snom", tmp_path)
    plugin.configure_common(config("bare"))
    plugin.configure({"mac": MAC, "model": "D785"}, config("full"))
    plugin.write("firmware/1/snomD785-10.1.33.33-SIP-r.bin", b"image")
    response = result_of(StubTreq(plugin.http_service).get(f"http://192.0.2.5:8667/{path}"))
    assert response.headers.getRawHeaders(b"content-type") == [kind]
    assert result_of(response.content()) == (served(plugin) / path).read_bytes()


@pytest.mark.parametrize(
    ("model", "event"),
    [
        ("D785", "check-sync;reboot=false"),
        ("M900", "check-sync;reboot=true"),
        ("m9", "check-sync;reboot=true"),
        (None, "check-sync;reboot=false"),
    ],
)
def test_bases_reboot_to_fetch_their_files(plugin: FamilyPlugin, model: str | None, event: str) -> None:
    class Service:
        TYPE = "AsteriskAMI"

        async def sip_notify_by_ip(self, *args: Any) -> None:
            self.sent = args

    service: Any = Service()
    set_sync_service(service)
    try:
        result_of(plugin.synchronize({"ip": "192.0.2.17", "model": model}, {}))
    finally:
        set_sync_service(None)
    assert service.sent == ("192.0.2.17", event, None)
