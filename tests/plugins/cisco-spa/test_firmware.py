from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from provd.pluginkit.packages.pkgsdb import read_packages
from tests.plugins.kit import PLUGINS, load_family

reading = import_module("tests.plugins.cisco-spa.reading")

IMAGES = (
    "6.1.5a/spa942-6-1-5a.bin",
    "6.1.5a/spa962-6-1-5a.bin",
    "7.5.2b/spa50x-30x-7-5-2b.bin",
    "7.5.5/spa50x-30x-7-5-5.bin",
    "7.5.5/spa51x-7-5-5.bin",
    "7.5.5/spa525g-7-5-5.bin",
    "7.5.5/notes.txt",
    "7.6.2c/spa525g-7-6-2c.bin",
    "5.1.10/spa3102-5-1-10-GW.bin",
    "1.3.5/SPA112-SPA122_1.3.5_004p.bin",
    "11.1.0/ATA19x.11-1-0MPP0401-002.img",
)


@pytest.mark.parametrize(
    ("wanted", "model", "version", "told"),
    [
        (None, "SPA942", "6.1.3(a)", "6.1.5a/spa942-6-1-5a.bin"),
        (None, "SPA942", "6.1.5(a)", ""),
        (None, "SPA922", None, "6.1.5a/spa942-6-1-5a.bin"),
        (None, "SPA941", "5.1.8", ""),
        (None, "SPA504G", "7.5.3", "7.5.5/spa50x-30x-7-5-5.bin"),
        (None, "SPA504G", "7.4.9c", "7.5.2b/spa50x-30x-7-5-2b.bin"),
        ("7.5.5", "SPA303", "7.5.2a", "7.5.2b/spa50x-30x-7-5-2b.bin"),
        ("7.5.2b", "SPA303", "7.4.8a", "7.5.2b/spa50x-30x-7-5-2b.bin"),
        (None, "SPA504G", "7.5.5", ""),
        ("none", "SPA504G", "7.4.4", ""),
        ("7.9", "SPA504G", "7.4.4", ""),
        (None, "SPA514G", "7.4.4", "7.5.5/spa51x-7-5-5.bin"),
        (None, "SPA525G", "7.4.4", "7.6.2c/spa525g-7-6-2c.bin"),
        ("7.5.5", "SPA525G2", "7.6.2c", "7.5.5/spa525g-7-5-5.bin"),
        (None, "SPA3102", "5.1.10(GW)", ""),
        (None, "SPA3102", "5.1.7", "5.1.10/spa3102-5-1-10-GW.bin"),
        (None, "SPA122", "1.3.5(004p_XU001)", ""),
        (None, "SPA112", "1.3.2", "1.3.5/SPA112-SPA122_1.3.5_004p.bin"),
        (None, "SPA232D", "1.3.2", ""),
        (None, "ATA192", "11-1-0-MSR4", "11.1.0/ATA19x.11-1-0MPP0401-002.img"),
        (None, "SPA1001", "3.1.19(SE)", ""),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str, version: str | None, told: str
) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    for path in IMAGES:
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    url = reading.settings(plugin, model, version, config="autoprov", **parameters)["Upgrade_Rule"]
    assert url == (f"http://192.0.2.5:8667/firmware/{told}" if told else "")


def test_step_that_is_not_installed_is_reported(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    plugin.write("firmware/7.5.5/spa50x-30x-7-5-5.bin", b"")
    got = reading.settings(plugin, "SPA504G", "7.4.9c", config="autoprov")
    assert got["Upgrade_Rule"] == ""
    device = {"mac": reading.MAC, "model": "SPA504G", "version": "7.4.9c"}
    lines = plugin.unsupported(device, reading.config("autoprov"))
    assert "X_firmware: this phone must take 7.5.2b first, which isn't installed" in lines


def test_packages_put_images_where_they_are_looked_for(tmp_path: Path) -> None:
    plugin = load_family("cisco-spa", tmp_path)
    database = read_packages(PLUGINS / "cisco-spa" / "pkgs")
    names = set()
    for package_id, package in database.packages.items():
        (file,) = database.files_of(package_id)
        plugin.write(f"firmware/{package.version}/{file.filename}", b"")
        names.add(file.filename)
    assert {image.name for image in plugin.images()} == names
    offered = {
        reading.settings(plugin, model, "0.1", config="autoprov")["Upgrade_Rule"].rpartition("/")[2]
        for model in plugin.phones.models
        if model != "ATA190"
    }
    # The newest of the SPA50x is offered only to those that have taken the one before.
    assert names - offered == {"spa50x-30x-7-5-5.bin"}
