from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from treq.testing import StubTreq

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import files, load_family, served
from tests.support import result_of

reading = import_module("tests.plugins.cisco-mpp.reading")


def test_every_model_fresh_from_the_factory_is_sent_to_its_own_file(tmp_path: Path) -> None:
    plugin = load_family("cisco-mpp", tmp_path)
    plugin.configure_common(config("bare", admin_password="Geheim-1"))
    written = files(plugin)
    for model in plugin.phones.models:
        for name in (f"{model}-3PCC.xml", f"CP-{model}-3PCC.xml"):
            got = reading.read(written.pop(name).decode("utf-8"))
            assert got["Profile_Rule"] == "http://192.0.2.5:8667/$MA.xml"
            assert not any("Password" in parameter for parameter in got)
            assert not plugin.is_sensitive_filename(name)
    assert written == {}


def test_common_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("cisco-mpp", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    got = reading.read((served(plugin) / "8841-3PCC.xml").read_text("utf-8"))
    assert got["Profile_Rule"] == "/$MA.xml"
    own = reading.settings(plugin, "8841", http_base_url="http://192.0.2.5:8667/k3y")
    assert own["Profile_Rule"] == "http://192.0.2.5:8667/k3y/$MA.xml"


def test_the_whole_chain_of_certificates_is_in_the_one_file_that_the_phone_fetches(tmp_path: Path) -> None:
    plugin = load_family("cisco-mpp", tmp_path)
    url = reading.settings(plugin, "8841")["Custom_CA_Rule"]
    fetched = result_of(result_of(StubTreq(plugin.http_service).get(url)).content())
    chain = config("full")["sip_servers_root_and_intermediate_certificates"]
    assert fetched.decode("ascii") == "".join(chain)


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("00562b043615.xml", True),
        ("00562B043615.XML", True),
        ("00562b043615.cfg", True),
        ("8841-3PCC.xml", False),
        ("sip88xx.12-0-7MPP0201-66.loads", False),
        ("fr-FR_88xx-12.0.1.xml", False),
    ],
)
def test_sensitive_files(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive


def test_site_adds_parameters_for_a_model(tmp_path: Path) -> None:
    plugin = load_family("cisco-mpp", tmp_path)
    template = tmp_path / "cisco-mpp" / "var" / "templates" / "8851.tpl"
    block = "{% block site -%}\n<KEM_Type>BEKEM</KEM_Type>\n{% endblock %}"
    template.write_text(f'{{% extends "base.tpl" %}}{block}')
    assert reading.settings(plugin, "8851")["KEM_Type"] == "BEKEM"
    assert "KEM_Type" not in reading.settings(plugin, "8861")
