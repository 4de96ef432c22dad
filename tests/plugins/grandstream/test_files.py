from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from treq.testing import StubTreq
from twisted.web.resource import Resource, getChildForRequest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.sync.current import set_sync_service
from tests.plugins.grandstream.reading import DIGITS, check, read, read_binary, settings
from tests.plugins.kit import MAC, files, load_family, own_file, served
from tests.support import result_of
from tests.sync.test_sip import RecordedNotifies


@pytest.mark.parametrize(
    ("model", "names", "trigger"),
    [
        ("GXP2160", {f"cfg{DIGITS}.xml"}, f"cfg{DIGITS}.xml"),
        ("GXP2000", {f"cfg{DIGITS}"}, f"cfg{DIGITS}"),
        ("HT386", {f"cfg{DIGITS}"}, f"cfg{DIGITS}"),
        ("GRP9999", {f"cfg{DIGITS}.xml"}, f"cfg{DIGITS}.xml"),
        (None, {f"cfg{DIGITS}", f"cfg{DIGITS}.xml"}, f"cfg{DIGITS}.xml"),
    ],
)
def test_phones_get_the_file_that_they_read(
    tmp_path: Path, model: str | None, names: set[str], trigger: str
) -> None:
    plugin = load_family("grandstream", tmp_path)
    # At first nothing may be known but the address.
    plugin.configure({"id": "d1", "mac": MAC}, config("full"))
    device = {"id": "d1", "mac": MAC, "model": model}
    plugin.configure(device, config("full"))
    assert files(plugin).keys() == names
    assert plugin.get_remote_state_trigger_filename(device) == trigger
    for name, content in files(plugin).items():
        check(name, content)
        assert plugin.is_sensitive_filename(name)


def test_both_files_of_a_phone_of_no_known_model_say_the_same(tmp_path: Path) -> None:
    plugin = load_family("grandstream", tmp_path)
    plugin.configure({"id": "d1", "mac": MAC}, config("full"))
    written = files(plugin)
    assert read_binary(written[f"cfg{DIGITS}"]) == read(written[f"cfg{DIGITS}.xml"].decode("utf-8"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufffe\uffff")))
def test_any_password_reaches_the_phone(plugin: FamilyPlugin, password: str) -> None:
    for model in ("BT200", "GXP1610", "WP820"):
        raw_config = config("autoprov", admin_password=password)
        raw_config["sip_lines"]["1"]["password"] = password
        text = own_file(plugin, {"mac": MAC, "model": model}, raw_config)
        got = (
            read(text) if text.startswith("<") else dict(line.split("=", 1) for line in text.split("\n")[:-1])
        )
        assert got.get("P34", got.get("account.1.sip.subscriber.password")) == password
        assert got.get("P2", got.get("users.admin.password", "")) == password


def test_common_file_sends_phones_here_but_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("grandstream", tmp_path / "a")
    plugin.configure_common(config("bare"))
    got = read((served(plugin) / "cfg.xml").read_text("utf-8"))
    assert (got["P212"], got["P237"], got["P234"]) == ("1", "192.0.2.5:8667", "")
    plugin = load_family("grandstream", tmp_path / "b", http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    assert "P237" not in read((served(plugin) / "cfg.xml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("url", "protocol", "path"),
    [
        ("http://192.0.2.5:8667/k3y/", "1", "192.0.2.5:8667/k3y"),
        ("https://provd.example.org", "2", "provd.example.org"),
        ("http://[2001:db8::5]:8667", "1", "[2001:db8::5]:8667"),
    ],
)
def test_urls_are_split_into_protocol_and_path(tmp_path: Path, url: str, protocol: str, path: str) -> None:
    plugin = load_family("grandstream", tmp_path)
    plugin.write("firmware/1.0.11.85/gxp2160fw.bin", b"")
    got = settings(plugin, "GXP2160", http_base_url=url)
    assert (got["P212"], got["P237"]) == (protocol, path)
    assert (got["P6767"], got["P192"]) == (protocol, f"{path}/firmware/1.0.11.85")


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("cfg000b82aa0b1c", True),
        ("cfg000b82aa0b1c.bin", True),
        ("CFG000B82AA0B1C.xml", True),
        ("devc074adaa0b1c.cfg", True),
        ("cfg.xml", False),
        ("cfggrp2614.xml", False),
        ("gxp2160fw.bin", False),
    ],
)
def test_sensitive_files(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive


def test_site_adds_settings_for_a_model(tmp_path: Path) -> None:
    plugin = load_family("grandstream", tmp_path)
    templates = tmp_path / "grandstream" / "var" / "templates"
    for model, line in (("GXP2160", "<P8458>1</P8458>"), ("GXP2000", "P8458=1")):
        (templates / f"{model}.tpl").write_text(
            '{% extends "base.tpl" %}{% block site -%}\n' + line + "\n{% endblock %}"
        )
        assert settings(plugin, model)["P8458"] == "1"
    assert "P8458" not in settings(plugin, "GXP2170")


class Gateway(Resource):
    """
    Hands requests to a plugin's service as the daemon does.
    """

    isLeaf = True

    def __init__(self, service: Any) -> None:
        super().__init__()
        self._service = service

    def render(self, request: Any) -> Any:
        self._service.path_preprocess(request)
        return getChildForRequest(self._service, request).render(request)


@pytest.mark.parametrize("folder", ["", "GXP2000/", "provd/GXP-2000/"])
def test_file_is_served_in_any_folder(tmp_path: Path, folder: str) -> None:
    plugin = load_family("grandstream", tmp_path)
    plugin.configure({"mac": MAC, "model": "GXP2000"}, config("full"))
    plugin.write("firmware/1.2.5.3/gxp2000e.bin", b"image")
    client = StubTreq(Gateway(plugin.http_service))
    url = "http://192.0.2.5:8667/"
    content = result_of(result_of(client.get(f"{url}{folder}cfg{DIGITS}")).content())
    assert read_binary(content)["P3"] == 'Zoë "O\'Neil" <R&D>'
    assert result_of(result_of(client.get(f"{url}firmware/1.2.5.3/gxp2000e.bin")).content()) == b"image"
    # Some phones stop at a page that says that there is nothing.
    assert result_of(client.get(f"{url}{folder}cfg{DIGITS}.xml")).code == 404

    class Response:
        def accept(self, file: Any) -> None:
            self.content = file.read(100_000)
            file.close()

    response = Response()
    name = f"/{folder}cfg{DIGITS}".encode()
    request = {"address": ("192.0.2.9", 2000), "packet": {"filename": name}}
    plugin.tftp_service.handle_read_request(request, response)
    assert response.content == content


@pytest.mark.parametrize(
    ("model", "event"), [("GXP2160", "resync"), ("GRP2614", "check-sync"), (None, "check-sync")]
)
def test_phones_are_asked_by_the_event_that_they_know(
    plugin: FamilyPlugin, model: str | None, event: str
) -> None:
    recorded = RecordedNotifies()
    set_sync_service(recorded)
    try:
        result_of(plugin.synchronize({"id": "d1", "model": model, "ip": "192.0.2.17"}, {}))
    finally:
        set_sync_service(None)
    assert [asked[2] for asked in recorded.sent] == [event]
