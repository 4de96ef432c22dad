from __future__ import annotations

from pathlib import Path

import pytest
from treq.testing import StubTreq

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.tftp.readservices import open_regular, path_below
from tests.plugins.aastra.reading import OWN, read, settings
from tests.plugins.kit import MAC, files, load_family, served
from tests.support import result_of

PEM = "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n"
OWN_TLS = {
    "sip_local_certificate": PEM.format("CERTIFICATE", "Q0VSVA==" * 12),
    "sip_local_key": PEM.format("EC PRIVATE KEY", "S0VZ"),
    "sip_local_root_and_intermediate_certificates": [
        PEM.format("CERTIFICATE", name) for name in ("Um8=", "SW4=")
    ],
}


def fetched(plugin: FamilyPlugin, path: str) -> tuple[int, bytes]:
    response = result_of(StubTreq(plugin.http_service).get(f"http://192.0.2.5:8667/{path}"))
    return response.code, result_of(response.content())


def test_common_files_are_there_for_every_generation_and_hold_no_secrets(tmp_path: Path) -> None:
    plugin = load_family("aastra", tmp_path)
    plugin.configure_common(config("autoprov"))
    plugin.configure_common(config("autoprov"))
    written = files(plugin)
    assert {"aastra.cfg", "startup.cfg", "6867i.cfg", "53i.cfg", "6753i.cfg", "6930w.cfg"} <= written.keys()
    for name, content in written.items():
        got = read(content.decode("utf-8"))
        assert (got["http server"], got["http port"], got["http path"]) == ("192.0.2.5", "8667", "")
        assert got["contact rcs"] == "0"
        assert not any("password" in setting for setting in got)
        assert not plugin.is_sensitive_filename(name)


def test_common_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("aastra", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    assert read(files(plugin)["aastra.cfg"].decode("utf-8")) == {"contact rcs": "0"}
    own = settings(plugin, "6867i", http_base_url="http://192.0.2.5:8667/k3y")
    assert (own["http server"], own["http port"], own["http path"]) == ("192.0.2.5", "8667", "k3y")
    assert own["sips trusted certificates"].startswith("k3y/certificates/")


@pytest.mark.parametrize("folder", ["", "Aastra/"])
def test_files_are_found_below_the_folder_that_dhcp_servers_were_set_up_with(
    tmp_path: Path, folder: str
) -> None:
    plugin = load_family("aastra", tmp_path)
    plugin.configure_common(config("bare"))
    plugin.configure({"mac": MAC, "model": "6867i"}, config("one-line"))
    for name in ("startup.cfg", OWN):
        content = (served(plugin) / name).read_bytes()
        assert fetched(plugin, folder + name) == (200, content)
        with open_regular(path_below(str(served(plugin)), f"{folder}{name}".encode())) as file:
            assert file.read() == content
    assert fetched(plugin, f"{folder}../../plugin-info")[0] == 404
    assert fetched(plugin, "Aastra")[0] == 403


def test_certificate_and_key_of_the_phone_are_files_of_its_own(tmp_path: Path) -> None:
    plugin = load_family("aastra", tmp_path)
    got = settings(plugin, "6867i", **OWN_TLS)
    for parameter, name in (
        ("sip_local_certificate", "sips local certificate"),
        ("sip_local_key", "sips private key"),
        ("sip_local_root_and_intermediate_certificates", "sips root and intermediate certificates"),
    ):
        expected = OWN_TLS[parameter]
        text = "".join(expected) if isinstance(expected, list) else expected
        content = files(plugin)[got[name]].decode("ascii")
        assert content.replace("\n", "") == text.replace("\n", "")
        assert max(map(len, content.split("\n"))) <= 64
        assert plugin.is_sensitive_filename(got[name])
    settings(plugin, "6867i")
    assert {path for path in files(plugin) if path.endswith(".pem") and "/" not in path} == set()


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("00085D19E401.cfg", True),
        ("00085d19e401.tuz", True),
        ("00085D19E401-key.pem", True),
        ("aastra.cfg", False),
        ("6867i.cfg", False),
        ("security.tuz", False),
        ("6867i.st", False),
    ],
)
def test_files_of_one_phone_are_sensitive(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive
