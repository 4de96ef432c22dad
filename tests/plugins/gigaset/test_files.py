from __future__ import annotations

from pathlib import Path

import pytest
from treq.testing import StubTreq
from twisted.internet.defer import Deferred

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.gigaset.reading import read, settings
from tests.plugins.kit import files, load_family, served
from tests.support import result_of

ADDRESS = "7c:2f:80:62:57:d7"
BASE = "http://192.0.2.5:8667"


@pytest.mark.parametrize(
    "model", ["N510 IP PRO", "N720 DM PRO", "N870 IP PRO", "Maxwell 3 PRO", "P820", None]
)
def test_own_file_is_one_and_served_in_any_case(tmp_path: Path, model: str | None) -> None:
    plugin = load_family("gigaset", tmp_path)
    device = {"id": "d1", "mac": ADDRESS, "model": model}
    plugin.configure(device, config("full"))
    assert plugin.get_remote_state_trigger_filename(device) == "7C2F806257D7.xml"
    own = (served(plugin) / "7C2F806257D7.xml").read_bytes()
    assert [path.name for path in served(plugin).glob("*.xml")] == ["7C2F806257D7.xml"]
    for asked in ("7c2f806257d7.xml", "7C2F806257D7.xml", "7C2f806257D7.XML", "42/2/..//../7C2F806257D7.xml"):
        assert fetched(plugin, asked) == own


def fetched(plugin: FamilyPlugin, path: str) -> bytes:
    """
    Return what a path is answered with, rewritten by the plugin first as the daemon has it done.
    """

    class Service(type(plugin.http_service)):  # type: ignore[misc]  # the class that the plugin uses
        def getChildWithDefault(self, name: bytes, request: object) -> object:
            if not getattr(request, "straight", False):
                request.straight = True  # type: ignore[attr-defined]
                request.postpath.insert(0, name)  # type: ignore[attr-defined]
                plugin.http_service.path_preprocess(request)
                name = request.postpath.pop(0)  # type: ignore[attr-defined]
            return super().getChildWithDefault(name, request)

    service = Service(str(served(plugin)))
    service.contentTypes = plugin.http_service.contentTypes
    response: Deferred[object] = StubTreq(service).get(f"{BASE}/{path.lstrip('/')}")
    return result_of(result_of(response).content())  # type: ignore[attr-defined,no-any-return]


def test_path_never_leaves_the_folder(tmp_path: Path) -> None:
    plugin = load_family("gigaset", tmp_path)
    (served(plugin).parent / "secret.xml").write_text("secret")
    for path in ("../secret.xml", "../../secret.xml", "42/2/../../../secret.xml", "..", ""):
        assert b"secret" not in fetched(plugin, path)


def test_phones_with_snoms_firmware_are_led_to_their_own_file(tmp_path: Path) -> None:
    plugin = load_family("gigaset", tmp_path)
    plugin.configure_common(config("bare", admin_password="Geheim-1"))
    common = files(plugin)
    assert set(common) == {"GigasetP710.htm", "GigasetP810.htm", "GigasetP82x.htm", "GigasetP85x.htm"}
    for content in common.values():
        assert read(content)["setting_server"] == f"{BASE}/"
        assert b"Geheim" not in content
    plugin.configure({"mac": ADDRESS, "model": "P82x"}, config("full"))
    for name in ("GigasetP82x-7C2F806257D7.htm", "GigasetP82x-7c2f806257d7.htm"):
        assert read(files(plugin)[name])["file"] == [f"{BASE}/7C2F806257D7.xml"]
    plugin.deconfigure({"mac": ADDRESS, "model": "P820"})
    assert {name for name in files(plugin) if not name.startswith("certificates/")} == set(common)


def test_common_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("gigaset", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    assert not any(b"setting_server" in content for content in files(plugin).values())


@pytest.mark.parametrize(
    ("model", "setting", "value"),
    [
        ("N510 IP PRO", "S_CONFIGFILE_URL", "192.0.2.5:8667/k3y/001565AA0B1C.xml"),
        ("N510 IP PRO", "BS_IP_Data1.aucS_DATA_SERVER[0]", "192.0.2.5:8667/k3y"),
        ("N720 DM PRO", "BS_IP_Data.aucS_DATA_SERVER[0]", "192.0.2.5:8667/k3y"),
        ("N870 IP PRO", "Provisioning.global.ProvisioningServer", f"{BASE}/k3y/001565AA0B1C.xml"),
        ("Maxwell 3 PRO", "System.Provision.ProvisioningServer", f"{BASE}/k3y/001565AA0B1C.xml"),
        ("P820", "setting_server", f"{BASE}/k3y/"),
    ],
)
def test_key_in_the_url_goes_before_every_path(
    plugin: FamilyPlugin, model: str, setting: str, value: str
) -> None:
    assert settings(plugin, model, http_base_url=f"{BASE}/k3y/")[setting] == value


def test_site_adds_settings_for_a_model_and_keeps_handsets(tmp_path: Path) -> None:
    plugin = load_family("gigaset", tmp_path)
    templates = tmp_path / "gigaset" / "var" / "templates"
    block = '{% block site -%}\n<param name="DmGlobal.0.SuotaEnable" value="1"/>\n{% endblock %}'
    (templates / "N870 IP PRO.tpl").write_text(f'{{% extends "base.tpl" %}}{block}')
    assert settings(plugin, "N870 IP PRO")["DmGlobal.0.SuotaEnable"] == "1"
    assert "DmGlobal.0.SuotaEnable" not in settings(plugin, "N670 IP PRO")
    assert "DeleteNotProvisionedHS" in settings(plugin, "N870 IP PRO")
    (templates / "removal.tpl").write_text("")
    assert "DeleteNotProvisionedHS" not in settings(plugin, "N870 IP PRO")
