from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from provd.pluginkit.family.firmware import Image, InstalledImages, choose_image, url_path
from provd.pluginkit.family.reports import Report

PATTERN = re.compile(r"(?P<model>\w+)-(?P<version>[\d.]+)\.rom|plain\.bin")


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / "firmware" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "firmware" / path).write_bytes(b"")


def age(folder: Path) -> None:
    for path in (folder, *folder.iterdir()):
        os.utime(path, ns=(10**18, 10**18))


def test_images_are_those_whose_names_fit(tmp_path: Path) -> None:
    put(tmp_path, "10.0/A-10.0.rom", "9.0/A-9.0.rom", "9.0/README", "9.0/plain.bin", "9.0/deep/A-1.0.rom")
    (tmp_path / "firmware" / "A-3.0.rom").write_bytes(b"")
    assert InstalledImages(str(tmp_path), PATTERN)() == [
        Image("9.0", "A-9.0.rom", (9, 0)),
        Image("9.0", "plain.bin", (9, 0)),
        Image("10.0", "A-10.0.rom", (10, 0)),
    ]


def test_no_folder_means_no_images(tmp_path: Path) -> None:
    assert InstalledImages(str(tmp_path), PATTERN)() == []


def test_images_are_read_again_when_a_folder_changed(tmp_path: Path) -> None:
    put(tmp_path, "1.0/A-1.0.rom")
    age(tmp_path / "firmware")
    images = InstalledImages(str(tmp_path), PATTERN)
    before = images()
    assert images() is before
    put(tmp_path, "1.0/B-1.0.rom")
    assert len(images()) == 2
    put(tmp_path, "2.0/A-2.0.rom")
    assert len(images()) == 3
    (tmp_path / "firmware/2.0/A-2.0.rom").unlink()
    assert len(images()) == 2


@pytest.mark.parametrize(
    ("parameters", "name", "reports"),
    [
        ({}, "A-2.0.rom", 0),
        ({"X_firmware": None}, "A-2.0.rom", 0),
        ({"X_firmware": "1.0"}, "A-1.0.rom", 0),
        ({"X_firmware": "none"}, None, 0),
        ({"X_firmware": "3.0"}, None, 1),
        ({"X_firmware": "7.0"}, None, 1),
    ],
)
def test_choice(parameters: dict[str, str], name: str | None, reports: int) -> None:
    images = [
        Image("1.0", "A-1.0.rom", (1, 0)),
        Image("2.0", "A-2.0.rom", (2, 0)),
        Image("3.0", "B-3.0.rom", (3, 0)),
    ]
    report = Report()
    chosen = choose_image(parameters, images, lambda image: image.name.startswith("A"), report)
    assert (chosen and chosen.name, len(report.lines)) == (name, reports)


def test_url_of_an_image_is_encoded() -> None:
    image = Image("1 0", "T46S(T48S,T42S&T41S)#?%.rom", (1, 0))
    assert url_path(image) == "firmware/1%200/T46S%28T48S%2CT42S%26T41S%29%23%3F%25.rom"
