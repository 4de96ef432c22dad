from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

import pytest
from twisted.trial.unittest import TestCase

from provd.plugincheck.samples import config
from provd.pluginkit.packages.pkgsdb import read_packages
from provd.plugins import FetchfwPluginHelper
from tests.plugins.kit import MAC, PLUGINS, files, load_family
from tests.plugins.polycom.reading import MASTER, OWN, master

INSTALLED = (
    "3.1.8/sip.ld",
    "3.1.8/sip.cfg",
    "3.1.8/phone1.cfg",
    "3.2.7/sip.ld",
    "3.2.8/3111-48450-001.sip.ld",  # split, which SIP 3 doesn't know
    "4.0.1/sip.ld",
    "4.0.11/2345-12600-001.sip.ld",
    "5.1.3/sip.ld",
    "5.9.5/sip.ld",
    "6.4.6/3111-48450-001.sip.ld",
    "6.4.7/notes.txt",
    "trio-7.1.4/sip.ld",
    "ccx-9.0.0/sip.ld",
    "latest/sip.ld",
)


@pytest.mark.parametrize(
    ("model", "version", "wanted", "told"),
    [
        ("VVX450", "6.4.4.8275", None, "6.4.6"),
        ("VVX450", None, None, "6.4.6"),
        ("VVX450", "6.4.4.8275", "5.9.5", "5.9.5"),
        ("VVX450", "6.4.4.8275", "none", ""),
        ("VVX450", "6.4.4.8275", "trio-7.1.4", ""),
        ("VVX400", "4.1.4.7430", None, "5.9.5"),
        ("Trio8800", "5.9.2.7727", None, "trio-7.1.4"),
        ("CCX600", None, None, "ccx-9.0.0"),
        ("EdgeE450", None, None, ""),
        ("SPIP335", "4.0.4.2906", None, "4.0.11"),
        # From SIP 3 on only what the configuration names, the upgrader that is.
        ("SPIP335", "3.2.3.1734", None, "3.2.7"),
        ("SPIP335", None, None, "3.2.7"),
        ("SPIP335", "3.2.3.1734", "4.0.1", "4.0.1"),
        # Beyond the boot block never.
        ("VVX1500", "5.1.0.1", None, "5.1.3"),
        ("VVX1500", "5.1.0.1", "5.9.5", ""),
        ("VVX1500", "3.2.3.1", "5.9.5", ""),
        ("VVX1500", None, None, "3.2.7"),
        ("VVX1500", "5.2.0.1", None, "5.9.5"),
        ("VVX470", "6.4.4.8275", None, "6.4.6"),
        (None, None, None, ""),
    ],
)
def test_firmware_is_the_wanted_else_the_newest_that_fits(
    tmp_path: Path, model: str | None, version: str | None, wanted: str | None, told: str
) -> None:
    plugin = load_family("polycom", tmp_path)
    for path in INSTALLED:
        plugin.write(f"firmware/{path}", b"")
    device = {"mac": MAC, "model": model, "version": version}
    parameters = {} if wanted is None else {"X_firmware": wanted}
    plugin.configure(device, config("one-line", **parameters))
    expected = f"firmware/{told}/sip.ld" if told else ""
    assert master(files(plugin)[MASTER])["APP_FILE_PATH"] == expected
    said = [line for line in plugin.unsupported(device, config("one-line", **parameters)) if "X_firm" in line]
    assert bool(said) is (wanted not in (None, "none") and not told)


@pytest.mark.parametrize(
    ("model", "version", "wanted", "folder"),
    [
        ("SPIP601", "3.1.6.0017", None, "3.1.8"),
        ("SPIP601", "3.1.8.0070", "none", "3.1.8"),
        ("SPIP601", "3.1.6.0017", "none", None),
        ("SPIP335", "3.2.3.1734", None, None),
        ("SPIP335", "4.0.4.2906", None, None),
    ],
)
def test_old_firmware_gets_the_vendors_defaults_of_its_version(
    tmp_path: Path, model: str, version: str, wanted: str | None, folder: str | None
) -> None:
    plugin = load_family("polycom", tmp_path)
    for path in INSTALLED:
        plugin.write(f"firmware/{path}", b"")
    parameters = {} if wanted is None else {"X_firmware": wanted}
    plugin.configure({"mac": MAC, "model": model, "version": version}, config("one-line", **parameters))
    # The first file that has a parameter wins.
    vendors = [f"firmware/{folder}/{name}" for name in ("phone1.cfg", "sip.cfg")] if folder else []
    assert master(files(plugin)[MASTER])["CONFIG_FILES"].split(", ") == [OWN, *vendors]


class Packages(TestCase):
    async def test_each_puts_its_images_where_phones_find_its_version(self) -> None:
        folder = Path(tempfile.mkdtemp(), "polycom")
        self.addCleanup(shutil.rmtree, folder.parent)
        shutil.copytree(PLUGINS / "polycom" / "pkgs", folder / "pkgs")
        (folder / "var" / "cache").mkdir(parents=True)
        database = read_packages(folder / "pkgs")
        helper = FetchfwPluginHelper(str(folder))
        for package_id, package in database.packages.items():
            (file,) = database.files_of(package_id)
            with zipfile.ZipFile(folder / "var" / "cache" / file.filename, "w") as archive:
                for name in ("3111-48450-001.sip.ld", "sip.ld", "sip.cfg", "phone1.cfg", "sip.ver"):
                    archive.writestr(name, package_id)
            await helper.install(package_id)[0]
            placed = {path.name for path in Path(helper.root_dir, "firmware", package.version).iterdir()}
            settings = {"sip.cfg", "phone1.cfg"} if package.version == "3.1.8" else set()
            self.assertEqual(placed, {"3111-48450-001.sip.ld", "sip.ld"} | settings)
