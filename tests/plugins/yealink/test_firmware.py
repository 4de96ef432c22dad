from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from tests.plugins.kit import PLUGINS, load_family
from tests.plugins.yealink.reading import settings


@pytest.mark.parametrize(
    ("wanted", "model", "version", "told"),
    [
        (None, "T46S", "66.85.0.5", "66.86.0.15/T46S%28T48S%26T42S%29-66.86.0.15.rom"),
        ("66.85.0.5", "T46S", "66.86.0.15", "66.85.0.5/T46S-66.85.0.5.rom"),
        ("none", "T46S", "66.85.0.5", None),
        ("66.99.0.1", "T46S", "66.85.0.5", None),
        ("66.86.0.15", "T46U", "108.86.0.1", None),
        (None, "T42S", "67.81.0.1", "66.86.0.15/T46S%28T48S%26T42S%29-66.86.0.15.rom"),
        (None, "T20P", None, "old/9.73.0.50.rom"),
        (None, "T99Z", "66.80.0.1", "66.86.0.15/T46S%28T48S%26T42S%29-66.86.0.15.rom"),
        (None, "VP59", "91.86.0.1", "91.283.0.30/VP59-91.283.0.30.rom"),
        (None, "W75DM", None, "w/W75DM-175.87.0.1.rom"),
        (None, "W80DM", None, "w/$PN-103.87.0.18.rom"),
        (None, "W80B", None, "w/$PN-103.87.0.18.rom"),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str, version: str | None, told: str | None
) -> None:
    plugin = load_family("yealink", tmp_path)
    for path in (
        "66.86.0.15/T46S(T48S&T42S)-66.86.0.15.rom",
        "66.85.0.5/T46S-66.85.0.5.rom",
        "66.85.0.5/notes.txt",
        "old/9.73.0.50.rom",
        "91.283.0.30/VP59-91.283.0.30.rom",
        "w/W75DM-175.87.0.1.rom",
        "w/W80DM-103.87.0.18.rom",
        "w/W80B-103.87.0.18.rom",
    ):
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = settings(plugin, model, version, config="autoprov", **parameters)
    url = got.get("static.firmware.url", got.get("firmware.url"))
    assert url == ("%NULL%" if told is None else f"http://192.0.2.5:8667/firmware/{told}")


def test_firmware_installed_later_is_found(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    assert settings(plugin, "T46S")["static.firmware.url"] == "%NULL%"
    plugin.write("firmware/66.86.0.15/T46S-66.86.0.15.rom", b"")
    assert settings(plugin, "T46S")["static.firmware.url"].endswith("/66.86.0.15/T46S-66.86.0.15.rom")
    plugin.write("firmware/66.86.0.15/T46S-66.86.0.20.rom", b"")
    assert settings(plugin, "T46S")["static.firmware.url"].endswith("/66.86.0.15/T46S-66.86.0.20.rom")


def test_handsets_get_their_newest_image_over_the_air(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    for path in ("a/W73H-116.85.0.20.rom", "b/W73H-116.86.0.1.rom"):
        plugin.write(f"firmware/{path}", b"")
    url = "http://192.0.2.5:8667/firmware/b/W73H-116.86.0.1.rom"
    assert settings(plugin, "W70B")["over_the_air.url.w73h"] == url
    assert settings(plugin, "W70B")["over_the_air.url.w56h"] == "%NULL%"
    assert settings(plugin, "W70B", X_firmware="none")["over_the_air.url.w73h"] == "%NULL%"


def test_packages_put_images_where_they_are_looked_for(tmp_path: Path) -> None:
    plugin = load_family("yealink", tmp_path)
    parser = configparser.RawConfigParser()
    parser.read(PLUGINS / "yealink" / "pkgs" / "pkgs.db", encoding="utf-8")
    packages = [name.removeprefix("pkg_") for name in parser.sections() if name.startswith("pkg_")]
    assert packages
    for package in packages:
        section = parser[f"pkg_{package}"]
        graph, version = section["install"].split()
        assert version == section["version"] == package
        command = parser[f"install_{graph}"]["a-b"].split()
        names = [parser[f"file_{file}"]["filename"] for file in section["files"].split()]
        sources = [f"$FILE{index + 1}" for index in range(len(names))]
        assert command == ["cp", *sources, "firmware/$ARG1/"]
        for name in names:
            plugin.write(f"firmware/{version}/{name}", b"")
    found = {(image.folder, ".".join(map(str, image.version))) for image in plugin.images()}
    assert found == {(package, package) for package in packages}
