"""
Packages of a plugin, fetched from a real server and installed.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError
from twisted.internet.threads import blockingCallFromThread
from twisted.trial.unittest import TestCase
from zope.interface.verify import verifyObject

from provd.errors import PluginError, Refused
from provd.pluginkit import localization
from provd.pluginkit.interfaces import IInstallService
from provd.pluginkit.packages.records import Records
from provd.plugins import FetchfwPluginHelper
from tests.pluginkit.packaged import HAND, PackageCase
from tests.pluginkit.packages.archives import make_zip


class Installing(PackageCase):
    async def test_a_package_is_installed_recorded_and_removed(self) -> None:
        helper = self.helper(self.serve())
        verifyObject(IInstallService, helper)
        self.assertEqual(helper.services(), {"install": helper})
        fw = {"version": "1.0", "description": "Firmware", "dsize": len(self.content)}
        self.assertEqual(helper.list_installable()["fw"], fw)
        done, operation = helper.install("fw")
        self.assertEqual(
            str(operation),
            f"install_pkg|progress(download|progress(progress;0/{fw['dsize']}))(install|waiting)",
        )
        await done
        size = len(self.content)
        self.assertEqual(
            str(operation), f"install_pkg|success(download|success(success;{size}/{size}))(install|success)"
        )
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})
        self.assertEqual(helper.list_installed(), {"fw": {"version": "1.0", "description": "Firmware"}})
        record = json.loads((self.folder / "var" / "installed" / "fw").read_text())
        self.assertEqual(
            record,
            {
                "id": "fw",
                "version": "1.0",
                "description": "Firmware",
                "description_fr": "Micrologiciel",
                "depends": [],
                "files": ["firmware/", "firmware/1.0/", "firmware/1.0/a.rom"],
                "explicit_install": True,
            },
        )
        helper.uninstall("fw")
        self.assertEqual(list((self.folder / "var" / "tftpboot").iterdir()), [])
        self.assertEqual(helper.list_installed(), {})
        with self.assertRaises(Refused):
            helper.uninstall("fw")

    async def test_a_wrong_size_is_no_reason_where_the_checksum_is_right(self) -> None:
        helper = self.helper(self.serve(), size=7)
        for _ in range(2):
            await helper.install("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_filter_that_fails_leaves_nothing(self) -> None:
        self.content = make_zip(self.folder.parent / "other.zip", notes=b"n").read_bytes()
        error, text = await self.fails(self.helper(self.serve()))
        self.assertIn("package fw: b-c: cp: nothing matches '*.rom'", str(error))
        self.assertIn("(install|fail)", text)

    async def test_what_a_package_depends_on_is_installed_before_it(self) -> None:
        self.cached("hand.bin", HAND)
        helper = self.helper(self.serve())
        await helper.install("extra")[0]
        self.assertEqual(sorted(helper.list_installed()), ["extra", "fw"])

    async def test_an_upgrade_takes_away_what_the_new_version_lacks(self) -> None:
        helper = self.helper(self.serve())
        await helper.install("fw")[0]
        self.content = make_zip(self.folder.parent / "new.zip", **{"b.rom": b"new"}).read_bytes()
        again = self.helper(self.serve())
        self.assertIn("fw", again.list_installed())
        await again.upgrade("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/b.rom": b"new"})

    async def test_unknown_and_busy_packages_are_refused_at_once(self) -> None:
        helper = self.helper(self.serve())
        with self.assertRaises(Refused):
            helper.install("other")
        done, _ = helper.install("fw")
        for refused in (helper.install, helper.uninstall):
            with self.assertRaises(Refused):
                refused("fw")
        await done

    async def test_what_another_server_installed_can_be_removed(self) -> None:
        installed = self.folder / "var" / "installed"
        (installed / "old").write_text(
            json.dumps({"version": "0", "description": "Old", "files": ["old.rom"]})
        )
        for name, text in (("broken", "{"), ("list", "[]"), (".hidden", "{}"), ("other", '{"version": 1}')):
            (installed / name).write_text(text)
        (self.folder / "var" / "tftpboot" / "old.rom").write_bytes(b"old")
        helper = self.helper("http://127.0.0.1:1")
        self.assertEqual(helper.list_installed(), {"old": {"version": "0", "description": "Old"}})
        helper.uninstall("old")
        self.assertEqual(self.served(), {})

    async def test_descriptions_are_in_the_locale_in_use(self) -> None:
        helper = self.helper(self.serve())
        await helper.install("fw")[0]
        localization.set_locale("fr_CA")
        self.addCleanup(localization.set_locale, None)
        self.assertEqual(helper.list_installable()["fw"]["description"], "Micrologiciel")
        self.assertEqual(helper.list_installed()["fw"]["description"], "Micrologiciel")
        self.assertEqual(helper.list_installable()["extra"]["description"], "Extra")

    async def test_what_a_killed_daemon_left_half_unpacked_is_removed(self) -> None:
        leftover = self.folder / "var" / ".install-x"
        leftover.mkdir()
        (leftover / "a.rom").write_bytes(b"half")
        self.helper("http://127.0.0.1:1")
        self.assertFalse(leftover.exists())

    async def test_what_cannot_be_recorded_is_not_installed(self) -> None:
        helper = self.helper(self.serve())
        before = {"firmware/1.0/a.rom": b"of the site"}
        file = self.folder / "var" / "tftpboot" / "firmware" / "1.0" / "a.rom"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"of the site")
        installed = self.folder / "var" / "installed"
        installed.rmdir()
        installed.write_bytes(b"in the way")
        done, operation = helper.install("fw")
        error = await self.assertFailure(done, PluginError)
        self.assertIn(f"package fw: File exists: {installed}", str(error))
        self.assertTrue(str(operation).endswith("(install|fail)"), str(operation))
        self.assertEqual((self.served(), helper.list_installed()), (before, {}))

    async def test_one_that_waits_for_another_may_be_cancelled(self) -> None:
        self.cached("hand.bin", HAND)
        helper = self.helper(self.serve())
        first, _ = helper.install("fw")
        second, operation = helper.install("extra")
        self.assertEqual(str(operation), "install_pkg|progress(download|waiting)(install|waiting)")
        second.cancel()
        await self.assertFailure(second, CancelledError)
        self.assertEqual(str(operation), "install_pkg|fail(download|fail)(install|fail)")
        await first
        await helper.install("extra")[0]
        self.assertEqual(sorted(helper.list_installed()), ["extra", "fw"])

    async def test_what_another_package_is_bringing_is_not_removed(self) -> None:
        file = "firmware/1.0/a.rom"
        record = {"version": "0", "files": ["firmware/", "firmware/1.0/", file, "old"]}
        (self.folder / "var" / "installed" / "old").write_text(json.dumps(record))
        (self.folder / "var" / "tftpboot" / "old").write_bytes(b"old")
        helper = self.helper(self.serve())
        add = Records.add

        def add_late(records: Records, record: Any) -> None:
            blockingCallFromThread(reactor, helper.uninstall, "old")  # type: ignore[arg-type]
            add(records, record)

        self.patch(Records, "add", add_late)
        await helper.install("fw")[0]
        self.assertEqual(self.served(), {file: b"rom"})
        helper.uninstall("fw")
        self.assertEqual(list((self.folder / "var" / "tftpboot").iterdir()), [])


class Mistakes(TestCase):
    def test_a_database_with_one_is_an_error(self) -> None:
        folder = Path(tempfile.mkdtemp())
        (folder / "pkgs").mkdir()
        (folder / "pkgs" / "pkgs.db").write_text("[pkg_x]\n")
        with self.assertRaises(ValueError):
            FetchfwPluginHelper(str(folder))

    def test_missing_folders_are_empty(self) -> None:
        helper = FetchfwPluginHelper(tempfile.mkdtemp())
        self.assertEqual((helper.list_installable(), helper.list_installed()), ({}, {}))
