"""
Tests of a family whose packages are images as they are, which an administrator puts into the cache.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import TestCase

from provd.errors import PluginError
from provd.pluginkit.packages.pkgsdb import read_packages
from provd.plugins import FetchfwPluginHelper
from tests.plugins.kit import PLUGINS, load_family


class PackagedImages(TestCase):
    """
    To be derived from, with the family's name.
    """

    FAMILY = ""

    def setUp(self) -> None:
        self.plugin = load_family(self.FAMILY, Path(tempfile.mkdtemp()))
        self.cache = Path(self.plugin._plugin_dir, "var", "cache")
        self.helper = FetchfwPluginHelper(self.plugin._plugin_dir)
        self.packages = read_packages(PLUGINS / self.FAMILY / "pkgs")

    async def test_each_puts_its_images_where_phones_find_them(self) -> None:
        self.assertTrue(self.packages.packages)
        self.assertEqual(set(self.helper.list_installable()), set(self.packages.packages))
        for package_id in self.packages.packages:
            names = {file.filename for file in self.packages.files_of(package_id)}
            for name in names:
                (self.cache / name).write_bytes(name.encode())
            await self.helper.install(package_id)[0]
            images = {image.name: image.folder for image in self.plugin.images()}
            self.assertLessEqual(names, images.keys())
            for name in names:
                path = Path(self.helper.root_dir, "firmware", images[name], name)
                self.assertEqual(path.read_bytes(), name.encode())
        self.assertEqual(set(self.helper.list_installed()), set(self.packages.packages))
        for package_id in self.packages.packages:
            self.helper.uninstall(package_id)
        self.assertEqual(list(Path(self.helper.root_dir).iterdir()), [])

    async def test_each_names_the_image_that_is_missing(self) -> None:
        for package_id in self.packages.packages:
            error = await self.assertFailure(self.helper.install(package_id)[0], PluginError)
            self.assertIn(self.packages.files_of(package_id)[0].filename, str(error))
            self.assertIn(str(self.cache), str(error))
