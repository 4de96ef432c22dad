"""
A family of one small make, as short as a family can be.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Template

from provd.pluginkit.errors import RawConfigError
from provd.pluginkit.family.certificates import Form
from provd.pluginkit.family.lines import sip_lines
from provd.pluginkit.family.phones import Facts
from provd.pluginkit.family.plugin import FamilyPlugin, base_url
from provd.pluginkit.family.reports import Report
from provd.sync.current import get_sync_service

URLS = {"http_base_url": "http://192.0.2.5:8667/", "http_port": 8667, "ip": "192.0.2.5"}


class AcmePlugin(FamilyPlugin):
    FILES = ("acme-{MAC}.txt", "{model}-{mac}.txt")
    SENSITIVE = re.compile(r"acme-[0-9A-F]{12}\.txt")
    IMAGE = re.compile(r".*\.img")

    def templates_of(self, device: dict[str, Any], facts: Facts) -> dict[str, Template]:
        return dict.fromkeys(self.FILES, self.templates.get_dev_template(None, device))

    def context(
        self, device: dict[str, Any], raw_config: dict[str, Any], facts: Facts, report: Report
    ) -> dict[str, Any]:
        raw_config["XX_lines"] = sip_lines(raw_config, facts["accounts"], report)
        return raw_config


@pytest.fixture
def plugin(tmp_path: Path) -> AcmePlugin:
    (tmp_path / "models.yml").write_text(
        'defaults: {type: deskphone, branches: ["1", "2"], accounts: 1, lacks: [dns_ip]}\nmodels: {A1: {}}\n'
    )
    (tmp_path / "identity.yml").write_text("vendor: Acme\n")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "base.tpl").write_text(
        "{% for line in XX_lines.values() %}{{ line.username }}{% endfor %}"
        " {{ XX_options }} {{ XX_phone.model }}"
    )
    return AcmePlugin(None, str(tmp_path), {}, {})


def written(plugin: AcmePlugin) -> dict[str, str]:
    folder = Path(plugin._tftpboot_dir)
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()} if folder.exists() else {}


def test_files_carry_the_address_and_the_model(plugin: AcmePlugin) -> None:
    device = {"id": "d1", "mac": "00:11:22:33:44:aa", "model": "A1", "options": {"switchboard": True}}
    plugin.configure(device, {**URLS, "sip_lines": {"1": {"username": "u\n1"}}})
    text = "u1 {'switchboard': True} A1"
    assert written(plugin) == {"acme-0011223344AA.txt": text, "A1-0011223344aa.txt": text}
    assert plugin.get_remote_state_trigger_filename(device) == "acme-0011223344AA.txt"
    plugin.deconfigure(device)
    assert written(plugin) == {}


def test_names_that_are_the_same_are_one_file(plugin: AcmePlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "FILES", ("{MAC}.txt", "{mac}.txt"))
    template = plugin.templates.get_template("base.tpl")
    monkeypatch.setattr(plugin, "templates_of", lambda device, facts: {"{MAC}.txt": template})
    for mac, names in (
        ("00:11:22:33:44:55", {"{MAC}.txt": "001122334455.txt"}),
        ("00:11:22:33:44:5a", {"{MAC}.txt": "00112233445A.txt", "{mac}.txt": "00112233445a.txt"}),
    ):
        assert plugin.file_names({"mac": mac}) == names
        plugin.configure({"mac": mac}, {**URLS, "sip_lines": {}})
        assert names["{MAC}.txt"] in written(plugin)


def test_file_that_would_be_empty_or_has_no_template_goes(
    plugin: AcmePlugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = {"id": "d1", "mac": "00:11:22:33:44:aa", "model": "A1"}
    plugin.configure(device, {**URLS, "sip_lines": {}})
    own = {"acme-0011223344AA.txt"}
    (tmp_path / "templates" / "optional.tpl").write_text("{% if dns_ip %}{{ dns_ip }}{% endif %}")
    optional = plugin.templates.get_template("optional.tpl")
    base = plugin.templates.get_template("base.tpl")
    first, second = plugin.FILES
    monkeypatch.setattr(plugin, "templates_of", lambda device, facts: {first: base, second: optional})
    for address, names in (("192.0.2.1", own | {"A1-0011223344aa.txt"}), (None, own)):
        plugin.configure(device, {**URLS, "dns_ip": address})
        assert written(plugin).keys() == names
    plugin.configure(device, {**URLS, "dns_ip": "192.0.2.1"})
    monkeypatch.setattr(plugin, "templates_of", lambda device, facts: {first: base})
    plugin.configure(device, {**URLS, "dns_ip": "192.0.2.1"})
    assert written(plugin).keys() == own


def test_certificates_are_files_or_texts(
    plugin: AcmePlugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "templates" / "base.tpl").write_text("{{ XX_certificates|join }}")
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    device = {"id": "d1", "mac": "00:11:22:33:44:aa"}
    raw_config = {**URLS, "sip_servers_root_and_intermediate_certificates": [f"root:\n{pem}"]}
    monkeypatch.setattr(plugin, "CERTIFICATES", Form.INLINE)
    plugin.configure(device, raw_config)
    assert written(plugin) == {"acme-0011223344AA.txt": pem}
    monkeypatch.setattr(plugin, "CERTIFICATES", Form.PEM)
    plugin.configure(device, raw_config)
    folder = Path(plugin._tftpboot_dir)
    url = (folder / "acme-0011223344AA.txt").read_text()
    path = folder / url.removeprefix("http://192.0.2.5:8667/")
    assert path.parent == folder / "certificates"
    assert path.read_text() == pem


def test_certificates_are_written_for_no_phone_that_lacks_them(
    plugin: AcmePlugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "templates" / "base.tpl").write_text("{{ XX_certificates|length }}")
    name = "sip_servers_root_and_intermediate_certificates"
    facts = {**plugin.phones.facts(None), "lacks": [name]}
    monkeypatch.setattr(plugin.phones, "facts", lambda model, version=None: facts)
    raw_config = {**URLS, name: ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"]}
    device = {"id": "d1", "mac": "00:11:22:33:44:aa"}
    plugin.configure(device, raw_config)
    assert written(plugin) == {"acme-0011223344AA.txt": "0"}
    assert plugin.unsupported(device, raw_config) == [f"{name}: this phone has no such setting"]


def test_file_is_written_as_the_family_encodes_it(
    plugin: AcmePlugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encoded(device: dict[str, Any], pattern: str, content: bytes) -> bytes:
        return content.upper() if "{model}" in pattern else content

    monkeypatch.setattr(plugin, "encoded", encoded)
    device = {"id": "d1", "mac": "00:11:22:33:44:aa", "model": "A1"}
    plugin.configure(device, {**URLS, "sip_lines": {"1": {"username": "ann"}}})
    assert written(plugin) == {"acme-0011223344AA.txt": "ann {} A1", "A1-0011223344aa.txt": "ANN {} A1"}


@pytest.mark.parametrize("model", [None, "", "../A1", "A/1", ".", "..", "A\x001", "A1\n"])
def test_model_that_is_no_name_of_a_file_has_no_file(plugin: AcmePlugin, model: Any) -> None:
    device = {"id": "d1", "mac": "00:11:22:33:44:aa", "model": model}
    plugin.configure(device, {**URLS, "sip_lines": {}})
    plugin.deconfigure(device)
    names = plugin.file_names(device).values()
    assert all("/" not in name and name.startswith("acme-") for name in names)


def test_first_file_must_have_a_name(plugin: AcmePlugin) -> None:
    with pytest.raises(RawConfigError):
        plugin.configure({"id": "d1", "model": "A1"}, {**URLS})
    plugin.deconfigure({"id": "d1", "model": "A1"})


def test_unsupported_tells_and_writes_nothing(plugin: AcmePlugin) -> None:
    raw_config = {**URLS, "dns_ip": "192.0.2.1", "sip_lines": {"2": {}}}
    assert plugin.unsupported({"id": "d1", "mac": "00:11:22:33:44:aa"}, raw_config) == [
        "dns_ip: this phone has no such setting",
        "sip_lines.2: this phone has 1 accounts",
    ]
    assert written(plugin) == {}


@pytest.mark.parametrize(
    ("raw_config", "url"),
    [
        (URLS, "http://192.0.2.5:8667"),
        ({"http_base_url": "http://192.0.2.5/k3y"}, "http://192.0.2.5/k3y"),
        ({"ip": "192.0.2.5", "http_port": "8667"}, "http://192.0.2.5:8667"),
        ({"http_base_url": None, "ip": "192.0.2.5"}, None),
        ({}, None),
    ],
)
def test_base_url(raw_config: dict[str, Any], url: str | None) -> None:
    assert base_url(raw_config) == url


@pytest.mark.parametrize(
    ("strategy", "url"),
    [(None, "http://192.0.2.5:8667"), ("url_key", None), ("other", "http://192.0.2.5:8667")],
)
def test_files_for_all_phones_have_no_url_that_lacks_the_key_of_a_tenant(
    plugin: AcmePlugin, tmp_path: Path, strategy: str | None, url: str | None
) -> None:
    keyed = AcmePlugin(None, str(tmp_path), {"http_auth_strategy": strategy}, {})
    assert keyed.common_url(URLS) == url
    assert plugin.common_url(URLS) == "http://192.0.2.5:8667"
    assert keyed.common_url({}) is None


def test_synchronizing_without_a_way_to_notify_fails(plugin: AcmePlugin) -> None:
    assert get_sync_service() is None
    failures: list[Any] = []
    plugin.synchronize({"id": "d1"}, {}).addErrback(failures.append)
    assert len(failures) == 1


def test_files_may_have_another_encoding_than_utf_8(plugin: AcmePlugin) -> None:
    class LatinPlugin(AcmePlugin):
        def encoding(self, facts: Facts) -> str:
            return "iso-8859-1"

    class LatinXMLPlugin(LatinPlugin):
        XML = True

    def content(plugin_class: type[AcmePlugin], username: str) -> bytes:
        latin = plugin_class(None, plugin._plugin_dir, {}, {})
        latin.configure({"mac": "00:11:22:33:44:aa"}, {**URLS, "sip_lines": {"1": {"username": username}}})
        return Path(latin._tftpboot_dir, "acme-0011223344AA.txt").read_bytes()

    assert content(LatinPlugin, "ë").startswith(b"\xeb")
    assert content(LatinXMLPlugin, "ë<Ł").startswith(b"\xeb&lt;&#321;")
    with pytest.raises(UnicodeEncodeError):
        content(LatinPlugin, "Ł")
