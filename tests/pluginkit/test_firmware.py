"""
Packages of a plugin, fetched from a real server and installed.
"""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase
from twisted.web import resource, static
from zope.interface.verify import verifyObject

from provd.downloads.client import Downloads
from provd.errors import DownloadError, PluginError, Refused
from provd.pluginkit import localization
from provd.pluginkit.interfaces import IInstallService
from provd.plugins import FetchfwPluginHelper
from tests.downloads.servers import Ports, ProxyFactory, Scripted, locked, part, sha1
from tests.pluginkit.packages.archives import make_zip

DATABASE = """\
[pkg_fw]
version: 1.0
description: Firmware
description_fr: Micrologiciel
files: fw
install: fw 1.0

[pkg_extra]
version: 2
description: Extra
files: hand
install: copy
depends: fw

[file_fw]
url: {url}/fw.zip
size: {size}
sha1sum: {sha1}
{more}

[file_hand]
url:
filename: hand.bin
size: 4
sha1sum: {hand}

[install_fw]
a-b: unzip $FILE1
b-c: cp *.rom firmware/$ARG1/

[install_copy]
a-b: cp $FILE1 extra/
"""
HAND = b"hand"


class Case(TestCase):
    def setUp(self) -> None:
        self.ports = Ports()
        self.addCleanup(self.ports.stop)
        self.folder = Path(tempfile.mkdtemp()) / "acme"
        for name in ("pkgs", "var/cache", "var/installed", "var/tftpboot"):
            (self.folder / name).mkdir(parents=True)
        self.content = make_zip(
            self.folder.parent / "fw.zip", **{"a.rom": b"rom", "notes": b"n"}
        ).read_bytes()
        self.proxies: dict[str, str] = {}
        self.patch(Downloads, "PAUSE", 0.001)

    def serve(self) -> str:
        root = resource.Resource()
        root.putChild(b"fw.zip", static.Data(self.content, "application/zip"))
        return self.ports.serve(root)

    def helper(
        self, url: str, more: str = "", downloaders: Any = None, **changes: Any
    ) -> FetchfwPluginHelper:
        values = {"size": len(self.content), "sha1": sha1(self.content), "hand": sha1(HAND), **changes}
        (self.folder / "pkgs" / "pkgs.db").write_text(DATABASE.format(url=url, more=more, **values))
        if downloaders is None:
            downloaders = FetchfwPluginHelper.new_downloaders(self.proxies)
        return FetchfwPluginHelper(str(self.folder), downloaders)

    def served(self) -> dict[str, bytes]:
        root = self.folder / "var" / "tftpboot"
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    async def fails(self, helper: FetchfwPluginHelper, package: str = "fw") -> tuple[Exception, str]:
        done, operation = helper.install(package)
        try:
            await done
        except (PluginError, DownloadError) as error:
            self.assertEqual(self.served(), {})
            self.assertEqual(helper.list_installed(), {})
            self.assertEqual(sorted(p.name for p in (self.folder / "var").iterdir())[0], "cache")
            return error, str(operation)
        raise AssertionError("it should have failed")


class Installing(Case):
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

    async def test_what_is_in_the_cache_is_not_fetched(self) -> None:
        (self.folder / "var" / "cache" / "fw.zip").write_bytes(self.content)
        await self.helper("http://127.0.0.1:1").install("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_cached_file_with_a_wrong_checksum_is_fetched_again(self) -> None:
        (self.folder / "var" / "cache" / "fw.zip").write_bytes(self.content[::-1])
        await self.helper(self.serve()).install("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_download_that_is_cut_short_is_taken_up_again(self) -> None:
        server = Scripted(part(self.content, 0, 50), part(self.content, 50, 10**6))
        await self.helper(f"http://127.0.0.1:{self.ports.listen(server)}").install("fw")[0]
        self.assertIn(b"Range: bytes=50-", server.requests[1])
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_file_that_is_not_the_one_meant_fails(self) -> None:
        error, text = await self.fails(self.helper(self.serve(), sha1="1" * 40))
        self.assertIn("SHA1", str(error))
        self.assertTrue(text.startswith("install_pkg|fail(download|fail(fail"), text)

    async def test_a_filter_that_fails_leaves_nothing(self) -> None:
        self.content = make_zip(self.folder.parent / "other.zip", notes=b"n").read_bytes()
        error, text = await self.fails(self.helper(self.serve()))
        self.assertIn("package fw: b-c: cp: nothing matches '*.rom'", str(error))
        self.assertIn("(install|fail)", text)

    async def test_a_file_that_must_be_put_there_by_hand_is_named(self) -> None:
        helper = self.helper(self.serve())
        await helper.install("fw")[0]
        done, _ = helper.install("extra")
        try:
            await done
        except PluginError as error:
            self.assertIn(f"hand.bin must be put into {self.folder}/var/cache by hand", str(error))
        else:
            raise AssertionError("it should have failed")
        (self.folder / "var" / "cache" / "hand.bin").write_bytes(HAND)
        await helper.install("extra")[0]
        self.assertEqual(self.served()["extra/hand.bin"], HAND)

    async def test_what_a_package_depends_on_is_installed_before_it(self) -> None:
        (self.folder / "var" / "cache" / "hand.bin").write_bytes(HAND)
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

    async def test_records_of_others_count_and_broken_ones_do_not(self) -> None:
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

    def test_a_database_with_a_mistake_is_an_error(self) -> None:
        (self.folder / "pkgs" / "pkgs.db").write_text("[pkg_x]\n")
        with self.assertRaises(ValueError):
            FetchfwPluginHelper(str(self.folder))

    def test_missing_folders_are_empty(self) -> None:
        helper = FetchfwPluginHelper(tempfile.mkdtemp())
        self.assertEqual((helper.list_installable(), helper.list_installed()), ({}, {}))


class Downloading(Case):
    async def test_proxies_may_change_at_run_time(self) -> None:
        proxy = ProxyFactory()
        helper = self.helper(self.serve())
        self.proxies["http"] = f"http://127.0.0.1:{self.ports.listen(proxy)}"
        await helper.install("fw")[0]
        self.assertEqual(len(proxy.requests), 1)

    async def test_a_password_is_shown_to_who_asks(self) -> None:
        url = self.ports.serve(locked(self.content, "digest"))
        downloaders = FetchfwPluginHelper.new_downloaders()
        helper = self.helper(url, "downloader: auth", downloaders)
        await self.fails(helper)
        downloaders["auth"].add_password(None, url, "me", "se:cret")  # type: ignore[attr-defined]
        await helper.install("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_downloader_of_a_plugin_s_own_is_used(self) -> None:
        asked = []

        class Own:
            def __init__(self, content: bytes) -> None:
                self.content = content

            def download(self, url: str, timeout: float = 15.0) -> Any:
                asked.append(url)
                return io.BytesIO(self.content)

        await self.fails(self.helper("own://x", downloaders={"default": Own(b"other")}))
        await self.helper("own://x", downloaders={"default": Own(self.content)}).install("fw")[0]
        self.assertEqual(asked, ["own://x/fw.zip"] * 2)
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_plugin_may_download_in_a_thread_of_its_own(self) -> None:
        url = self.serve()
        handlers = FetchfwPluginHelper.new_handlers(self.proxies)
        downloader = FetchfwPluginHelper.new_downloaders_from_handlers(handlers)["default"]
        with await deferToThread(downloader.download, f"{url}/fw.zip") as content:
            self.assertEqual(content.read(), self.content)
        with self.assertRaises(RuntimeError):
            downloader.download(url)
        with self.assertRaises(TypeError):
            FetchfwPluginHelper.new_downloaders_from_handlers([object()])  # type: ignore[list-item]


class OfYealink(Case):
    async def test_an_image_that_was_put_into_the_cache_is_installed(self) -> None:
        database = Path(__file__).parents[2] / "plugins" / "yealink" / "pkgs" / "pkgs.db"
        (self.folder / "pkgs" / "pkgs.db").write_bytes(database.read_bytes())
        helper = FetchfwPluginHelper(str(self.folder))
        name = "T46S(T48S,T42S,T41S)-66.86.0.15.rom"
        done: Deferred[None] = helper.install("66.86.0.15")[0]
        try:
            await done
        except PluginError as error:
            self.assertIn(name, str(error))
        (self.folder / "var" / "cache" / name).write_bytes(b"rom")
        await helper.install("66.86.0.15")[0]
        self.assertEqual(self.served(), {f"firmware/66.86.0.15/{name}": b"rom"})
