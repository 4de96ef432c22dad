"""
The packages of the plugin, whose images an administrator puts into the cache.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from twisted.trial.unittest import TestCase

from provd.errors import PluginError
from provd.pluginkit.packages.pkgsdb import read_packages
from provd.plugins import FetchfwPluginHelper

PACKAGES = Path(__file__).parents[3] / "plugins" / "yealink" / "pkgs"


class Packages(TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(), "yealink")
        shutil.copytree(PACKAGES, self.folder / "pkgs")
        (self.folder / "var" / "cache").mkdir(parents=True)

    async def test_each_puts_its_images_where_phones_find_its_version(self) -> None:
        database = read_packages(PACKAGES)
        helper = FetchfwPluginHelper(str(self.folder))
        self.assertEqual(set(helper.list_installable()), set(database.packages))
        for package_id, package in database.packages.items():
            names = [file.filename for file in database.files_of(package_id)]
            for name in names:
                (self.folder / "var" / "cache" / name).write_bytes(name.encode())
            await helper.install(package_id)[0]
            folder = Path(helper.root_dir, "firmware", package.version)
            self.assertEqual(
                {file.name: file.read_text() for file in folder.iterdir()}, {name: name for name in names}
            )
        self.assertEqual(set(helper.list_installed()), set(database.packages))
        for package_id in database.packages:
            helper.uninstall(package_id)
        self.assertEqual(list(Path(helper.root_dir).iterdir()), [])

    async def test_each_names_the_image_that_is_missing(self) -> None:
        database = read_packages(PACKAGES)
        helper = FetchfwPluginHelper(str(self.folder))
        for package_id in database.packages:
            error = await self.assertFailure(helper.install(package_id)[0], PluginError)
            self.assertIn(database.files_of(package_id)[0].filename, str(error))
            self.assertIn(str(self.folder / "var" / "cache"), str(error))
