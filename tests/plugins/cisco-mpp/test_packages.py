"""
The packages of the plugin, whose archives an administrator puts into the cache.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from twisted.trial.unittest import TestCase

from tests.plugins.kit import load_family, served


class Packages(TestCase):
    async def test_each_unpacks_all_parts_of_an_image_where_its_version_is_looked_for(self) -> None:
        folder = Path(tempfile.mkdtemp())
        plugin = load_family("cisco-mpp", folder)
        helper = plugin.services["install"]
        packages = helper.list_installable()
        self.assertTrue(packages)
        expected = set()
        for name, package in packages.items():
            parts = {f"{name}.loads", f"kern-{name}.sbn"}
            with zipfile.ZipFile(folder / "cisco-mpp" / "var" / "cache" / f"{name}.zip", "w") as archive:
                for part in parts:
                    archive.writestr(part, b"signed")
            await helper.install(name)[0]
            self.assertEqual(parts, {path.name for path in served(plugin).glob(f"*/{package['version']}/*")})
            expected.add((package["version"], f"{name}.loads"))
        self.assertEqual({(image.folder, image.name) for image in plugin.images()}, expected)
