from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from twisted.trial.unittest import TestCase

from tests.plugins.aastra.reading import settings
from tests.plugins.kit import load_family, served

INSTALLED = (
    "3.3.1.4365/57i.st",
    "3.2.2.1136/57i.st",
    "3.3.1.4365/6731i.st",
    "3.3.1.8215/6735i.st",
    "4.3.0.2036/6867i.st",
    "10.0.0.1/6867i.st",
    "10.0.0.1/readme.txt",
    "6.4.0.140/6920.st",
    "6.4.0.140/6920w.st",
)


@pytest.mark.parametrize(
    ("wanted", "model", "told"),
    [
        (None, "6757i", "3.3.1.4365"),
        ("3.2.2.1136", "6757i", "3.2.2.1136"),
        ("none", "6757i", None),
        ("1.2.3.4", "6757i", None),
        (None, "57iCT", None),
        (None, "6731i", "3.3.1.4365"),
        (None, "6735i", "3.3.1.8215"),
        (None, "6867i", "10.0.0.1"),
        ("3.3.1.4365", "6867i", None),
        (None, "6920w", "6.4.0.140"),
        (None, "6869i", None),
        (None, "X-1", None),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_of_the_model(
    tmp_path: Path, wanted: str | None, model: str, told: str | None
) -> None:
    plugin = load_family("aastra", tmp_path)
    for path in INSTALLED:
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    got = settings(plugin, model, config="autoprov", **parameters)
    assert got.get("firmware server") == (told and f"http://192.0.2.5:8667/firmware/{told}")


class Packages(TestCase):
    async def test_each_puts_an_image_where_the_phone_of_its_model_looks_for_it(self) -> None:
        folder = Path(tempfile.mkdtemp())
        plugin = load_family("aastra", folder)
        helper = plugin.services["install"]
        packages = helper.list_installable()
        self.assertTrue(packages)
        for package_id, package in packages.items():
            model = package_id.partition("-")[0]
            short = plugin.phones.facts(model)["short_name"] or model
            (folder / "aastra" / "var" / "cache" / f"{short}-{package['version']}.st").write_bytes(b"image")
            await helper.install(package_id)[0]
            self.assertTrue((served(plugin) / "firmware" / package["version"] / f"{short}.st").is_file())
            got = settings(plugin, model, config="bare", X_firmware=package["version"])
            self.assertEqual(got["firmware server"], f"http://192.0.2.5:8667/firmware/{package['version']}")
        self.assertEqual(set(helper.list_installed()), set(packages))
