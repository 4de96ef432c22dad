from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from treq.testing import StubTreq

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import MAC, load_family, own_file, served
from tests.plugins.yealink.reading import HEADER, read, settings
from tests.support import result_of


def test_boot_file_names_the_devices_own_file_alone(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    plugin.configure({"mac": MAC, "model": "T46S", "version": "66.86.0.15"}, config("full"))
    boot = (served(plugin) / "001565aa0b1c.boot").read_text("utf-8").splitlines()
    assert boot[0] == HEADER
    assert [line for line in boot if not line.startswith("#")] == ["include:config <001565aa0b1c.cfg>"]
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


def test_site_adds_lines_for_a_model(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    template = tmp_path / "yealink" / "var" / "templates" / "T46S.tpl"
    template.write_text('{% extends "base.tpl" %}{% block site -%}\nlang.gui = Dutch\n{% endblock %}')
    assert settings(plugin, "T46S")["lang.gui"] == "Dutch"
    assert settings(plugin, "T46U")["lang.gui"] == "French"


def test_files_are_served_over_both_protocols(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    image = "T46S(T48S,T42S,T41S)-66.86.0.15.rom"
    plugin.write(f"firmware/66.86.0.15/{image}", b"image")
    url = settings(plugin, "T46S", "66.86.0.15")["static.firmware.url"]
    client = StubTreq(plugin.http_service)
    assert result_of(result_of(client.get(url)).content()) == b"image"
    own = result_of(result_of(client.get("http://192.0.2.5:8667/001565aa0b1c.cfg")).content())
    assert own.startswith(HEADER.encode())
    assert result_of(client.get("http://192.0.2.5:8667/firmware/")).code == 403

    class Response:
        def accept(self, file: Any) -> None:
            self.content = file.read(100_000)
            file.close()

    response = Response()
    request = {"address": ("192.0.2.9", 2000), "packet": {"filename": b"001565aa0b1c.cfg"}}
    plugin.tftp_service.handle_read_request(request, response)
    assert response.content == own
