from __future__ import annotations

from pathlib import Path

import pytest

from provd.pluginkit.packages.pkgsdb import read_packages
from tests.plugins.grandstream.reading import settings
from tests.plugins.kit import MAC, PLUGINS, load_family


@pytest.mark.parametrize(
    ("wanted", "model", "told"),
    [
        (None, "GXP2160", "1.0.11.85"),
        ("1.0.11.79", "GXP2160", "1.0.11.79"),
        ("none", "GXP2160", None),
        ("1.0.11.99", "GXP2160", None),
        (None, "GXP2170", "1.0.11.99"),
        (None, "GXP2140", None),
        (None, "GXP1625", "1.0.7.81"),
        (None, "HT801", "1.0.63.3"),
        (None, "HT801V2", None),
        (None, "DP750", "1.0.17.1"),
        (None, "GXP2000", "1.2.5.3"),
        (None, "GXP9999", None),
        (None, None, None),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, wanted: str | None, model: str | None, told: str | None
) -> None:
    plugin = load_family("grandstream", tmp_path)
    for path in (
        "1.0.11.85/gxp2160fw.bin",
        "1.0.11.79/gxp2160fw.bin",
        "1.0.11.99/gxp2170fw.bin",
        "1.0.7.81/gxp1600fw.bin",
        "1.0.63.3/ht801fw.bin",
        "1.0.17.1/dp750fw.bin",
        "1.0.17.1/dp720fw.bin",
        "1.2.5.3/gxp2000e.bin",
        "1.2.5.3/notes.txt",
    ):
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = settings(plugin, model, config="autoprov", **parameters)
    path = "" if told is None else f"192.0.2.5:8667/firmware/{told}"
    assert (got["P192"], got["P238"]) == (path, "2" if told is None else "0")
    assert got.get("P6767") == (None if told is None else "1")


def test_phone_with_a_file_of_names_cannot_be_told(tmp_path: Path) -> None:
    plugin = load_family("grandstream", tmp_path)
    device = {"mac": MAC, "model": "GRP2614"}
    raw_config = {"http_base_url": "http://192.0.2.5:8667", "http_port": 8667, "sip_lines": {}}
    assert not any(line.startswith("X_firmware") for line in plugin.unsupported(device, dict(raw_config)))
    plugin.write("firmware/1.0.13.59/grp2610fw.bin", b"")
    assert any(line.startswith("X_firmware") for line in plugin.unsupported(device, dict(raw_config)))
    settled = {**raw_config, "X_firmware": "none"}
    assert not any(line.startswith("X_firmware") for line in plugin.unsupported(device, settled))


def test_packages_put_images_where_they_are_looked_for(tmp_path: Path) -> None:
    plugin = load_family("grandstream", tmp_path)
    database = read_packages(PLUGINS / "grandstream" / "pkgs")
    fitting = {name for model in plugin.phones.models for name in plugin.phones.facts(model)["images"]}
    for package_id, package in database.packages.items():
        (file,) = database.files_of(package_id)
        assert file.filename in fitting
        assert package_id == f"{file.filename.removesuffix('fw.bin')}-{package.version}"
        plugin.write(f"firmware/{package.version}/{file.filename}", b"")
    assert len(plugin.images()) == len(database.packages)
