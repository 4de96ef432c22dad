from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from provd.sync.sip import SynchronizeException
from tests.plugins.kit import MAC, files, load_family, own_file, served
from tests.support import failed_with

reading = import_module("tests.plugins.cisco-spa.reading")


def test_first_file_of_each_model_says_where_its_own_is_and_nothing_secret(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    plugin.configure_common(config("full"))
    written = files(plugin)
    assert {"spa504G.cfg", "spa942.cfg", "spa525G2.cfg", "spa122.cfg", "init.cfg", "ata191.cfg"} <= set(
        written
    )
    for name, content in written.items():
        got = reading.read(content)
        assert got["Profile_Rule"] == "http://192.0.2.5:8667/$MA.xml"
        assert not any("ass" in setting for setting in got)
        told = plugin.identity.of_tftp(name)
        assert told is not None
        assert name in plugin.phones.facts(told["model"])["first"]


def test_first_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("full"))
    for content in files(plugin).values():
        assert reading.read(content)["Profile_Rule"] == "/$MA.xml"
    text = own_file(
        plugin, {"mac": MAC, "model": "SPA504G"}, config("full", http_base_url="http://h:8667/k3y/")
    )
    assert reading.read(text)["Profile_Rule"] == "http://h:8667/k3y/$MA.xml"


def test_each_port_of_an_enterprise_adapter_has_a_file(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    device = {"id": "d1", "mac": MAC, "model": "ATA190"}
    plugin.configure(device, config("full"))
    written = files(plugin)
    assert {name for name in written if "/" not in name} == {reading.PORT_1, reading.PORT_2}
    assert plugin.get_remote_state_trigger_filename(device) == reading.PORT_1
    ports = [reading.read_enterprise(written[name]) for name in (reading.PORT_1, reading.PORT_2)]
    assert [port.findtext(".//line/name") for port in ports] == ["k7d2m1", "secretary"]
    hosts = [[host.text for host in port.iterfind(".//processNodeName")] for port in ports]
    assert hosts == [["192.0.2.10", "192.0.2.11"], ["reg.example.org"]]
    assert ports[0].findtext(".//timeZone") == "W. Europe Standard/Daylight Time"
    plugin.configure(device, config("one-line"))
    assert reading.read_enterprise(files(plugin)[reading.PORT_2]).find(".//line") is None
    failed_with(SynchronizeException, plugin.synchronize(device, config("full")))
    # Known for another model by then, it leaves no account behind.
    plugin.configure({**device, "model": "ATA191"}, config("full"))
    assert {name for name in files(plugin) if "/" not in name} == {reading.OWN}


def test_root_certificate_is_the_one_that_the_phone_is_told(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    url = reading.settings(plugin, "SPA504G")["Custom_CA_Rule"]
    root = config("full")["sip_servers_root_and_intermediate_certificates"][0]
    path = served(plugin) / url.removeprefix("http://192.0.2.5:8667/")
    assert path.read_text("ascii").strip() == root.strip()


def test_dictionaries_that_are_here_are_offered(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    got = reading.settings(plugin, "SPA504G", locale="de_DE")
    assert not {"Dictionary_Server_Script", "Language_Selection", "Locale"} & got.keys()
    for path in ("spa50x-30x/German.xml", "spa50x-30x/English.xml", "spa942/German.xml"):
        plugin.write(f"dictionaries/{path}", b"")
    got = reading.settings(plugin, "SPA504G", locale="de_AT")
    folder = "http://192.0.2.5:8667/dictionaries/spa50x-30x/"
    assert (
        got["Dictionary_Server_Script"] == f"serv={folder};d0=English;x0=English.xml;d1=German;x1=German.xml"
    )
    assert (got["Language_Selection"], got["Locale"]) == ("German", "de-DE")
    got = reading.settings(plugin, "SPA942", locale="de_DE")
    assert got["Language_Selection"] == "German"
    assert "Locale" not in got
    got = reading.settings(plugin, "SPA525G", locale="en_GB")
    assert (got["Language_Selection"], got["Locale"]) == ("English", "en-GB")
    assert "Dictionary_Server_Script" not in got


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("001565aa0b1c.xml", True),
        ("001565AA0B1C.xml", True),
        (reading.PORT_1, True),
        (reading.PORT_2, True),
        ("spa504G.cfg", False),
        ("init.cfg", False),
        ("spa50x-30x-7-5-5.bin", False),
        ("French.xml", False),
    ],
)
def test_sensitive_files(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive
