from __future__ import annotations

from pathlib import Path

import pytest

from provd.plugincheck.samples import config
from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.fanvil.reading import check, read, read_check, settings
from tests.plugins.kit import load_family, served

X5U = "x5upro-fanvil-release-ff01-6907-2.12.22.2-krnlvUT2025-04-16-20.32.45.z"
V6X = "v6x-unified-release-a006-2.12.20.3-krnlvUT2024-01-05-10.00.00.z"
URL = "http://192.0.2.5:8667"


def test_common_files_have_the_grammar_of_their_model(tmp_path: Path) -> None:
    plugin = load_family("fanvil", tmp_path)
    plugin.configure_common(config("bare"))
    names = {path.name for path in served(plugin).iterdir()}
    assert {"f0X5hw1.100.cfg", "F0V5UV200000.cfg", "F0V00X200000.cfg"} <= names
    for path in served(plugin).iterdir():
        check(path.name, path.read_bytes())
    new, old = (
        read((served(plugin) / name).read_text("utf-8")) for name in ("F0V0V6600000.cfg", "f0C00580000.cfg")
    )
    assert new["ap/FlashServerIP"] == old["Download Server IP"] == "192.0.2.5:8667"
    assert new["ap/AutoServerDigest"] == old["Auto Server Digest"] == "1"


def test_common_files_send_no_tenant_to_a_url_without_its_key(tmp_path: Path) -> None:
    plugin = load_family("fanvil", tmp_path, http_auth_strategy="url_key")
    plugin.configure_common(config("bare"))
    for path in served(plugin).iterdir():
        text = path.read_text("utf-8")
        check(path.name, text.encode())
        assert "192.0.2.5" not in text


def test_key_in_the_url_goes_before_every_path(tmp_path: Path) -> None:
    plugin = load_family("fanvil", tmp_path)
    plugin.write(f"firmware/2.12.22.2/{X5U}", b"")
    got = settings(plugin, "X5U-V2", http_base_url="https://pbx.example.org:8667/k3y/")
    assert got["ap/FlashServerIP"] == "pbx.example.org:8667/k3y"
    assert got["ap/FlashProtocol"] == "5"
    assert got["fwCheck/UpgradeServer1"] == "https://pbx.example.org:8667/k3y/firmware/2.12.22.2"


@pytest.mark.parametrize(
    ("name", "is_sensitive"),
    [
        ("0c383eaa0b1c.cfg", True),
        ("0C383EAA0B1C.cfg", True),
        ("F0V0V6600000.cfg", False),
        ("fanvil_x5u_v2_hwv2_0.txt", False),
        (X5U, False),
    ],
)
def test_sensitive_files(plugin: FamilyPlugin, name: str, is_sensitive: bool) -> None:
    assert plugin.is_sensitive_filename(name) is is_sensitive


def test_site_adds_settings_for_a_model(tmp_path: Path) -> None:
    plugin = load_family("fanvil", tmp_path)
    templates = tmp_path / "fanvil" / "var" / "templates"
    block = '{% extends "base.tpl" %}{% block site %}\n'
    (templates / "X4U.tpl").write_text(
        f"{block}  <cti><DNDOnUrl>http://x/</DNDOnUrl></cti>\n{{% endblock %}}"
    )
    (templates / "X4.tpl").write_text(f"{block}<CTI CONFIG MODULE>\nDND On Url :http://x/\n{{% endblock %}}")
    assert settings(plugin, "X4U")["cti/DNDOnUrl"] == "http://x/"
    assert settings(plugin, "X4")["DND On Url"] == "http://x/"
    assert "cti/DNDOnUrl" not in settings(plugin, "X5U")


@pytest.mark.parametrize(
    ("wanted", "model", "told", "check_file"),
    [
        (None, "X5U-V2", "2.12.22.2", "fanvil_x5u_v2_hwv2_0.txt"),
        (None, "X5U-Pro", "2.12.22.2", "fanvil_x5u_pro_hwv2_0.txt"),
        ("2.12.22.2", "X5U-V2", "2.12.22.2", "fanvil_x5u_v2_hwv2_0.txt"),
        ("2.12.20.3", "X5U-V2", None, None),
        ("none", "X5U-V2", None, None),
        (None, "X5U", None, None),
        (None, "V61W", "2.12.20.3", "fanvil_v61w_hwv1_0.txt"),
        (None, "V62-Pro", "2.12.20.3", "fanvil_v62_pro_hwv1_0.txt"),
        (None, "V67", "2.6.11.1", "fanvil_v67_hw1_1.txt"),
        (None, "X4", "2.14.0.7386", "fanvil_x4_hwv1_0.txt"),
        (None, "X5U-/../x", "2.12.22.2", "fanvil_x5u_x_hwv2_0.txt"),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str, told: str | None, check_file: str | None
) -> None:
    plugin = load_family("fanvil", tmp_path)
    for path in (
        f"2.12.22.2/{X5U}",
        f"2.12.20.3/{V6X}",
        "2.12.9.1/v6x-unified-release-a006-2.12.9.1.z",
        "2.6.11.1/V67-fanvil-release-2.6.11.1-UT2025-01-01-00.00.00.zip",
        "2.14.0.7386/x4-2.14.0.7386.z",
        "2.14.0.7386/notes.txt",
    ):
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = settings(plugin, model, config="autoprov", **parameters)
    prefix = "fwCheck/" if "fwCheck/UpgradeServer1" in got else ""
    name = "UpgradeServer1" if prefix else "Upgrade Server 1"
    assert got[f"{prefix}{name}"] == (f"{URL}/firmware/{told}" if told else "")
    assert got.get("fwCheck/EnableAutoUpgrade", got.get("Enable Auto Upgrade")) == ("1" if told else "0")
    written = {path.name: path for path in served(plugin).rglob("fanvil_*.txt")}
    assert set(written) == ({check_file} if check_file else set())
    for path in written.values():
        assert (path.parent / read_check(path.read_text("utf-8"))["Firmware"]).is_file()
        assert read_check(path.read_text("utf-8"))["Version"] == told


def test_file_of_a_version_names_its_image_and_when_it_was_built(tmp_path: Path) -> None:
    plugin = load_family("fanvil", tmp_path)
    plugin.write(f"firmware/2.12.22.2/{X5U}", b"")
    settings(plugin, "X5U-V2")
    text = (served(plugin) / "firmware" / "2.12.22.2" / "fanvil_x5u_v2_hwv2_0.txt").read_text("utf-8")
    assert read_check(text) == {"Version": "2.12.22.2", "Firmware": X5U, "BuildTime": "2025.04.16 20:32"}
