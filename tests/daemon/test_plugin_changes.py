"""
Plugins installed, upgraded, removed and loaded again over the API, and what their phones get meanwhile.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from provd.pluginhost import signing
from provd.pluginhost.repository import build_repository
from tests.daemon.published import PublishedPlugins
from tests.downloads.servers import Scripted, part

ENTRY = """
import os
from provd.plugins import StandardPlugin, TemplatePluginHelper
from provd.devices.pgasso import BasePgAssociator, DeviceSupport
from provd.servers.http import HTTPNoListingFileService

class Extractor:
    def extract(self, request, request_type):
        agent = request.getHeader(b'User-Agent') or b''
        if agent.startswith(b'Acme '):
            return {'vendor': 'Acme', 'mac': agent[5:].decode()}

class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return DeviceSupport.COMPLETE if vendor == 'Acme' else DeviceSupport.NONE

class Plugin(StandardPlugin):
    IS_PLUGIN = True
    VERSION = '@'
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._templates = TemplatePluginHelper(plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    def configure_common(self, raw_config):
        with open(os.path.join(self._tftpboot_dir, 'common.cfg'), 'w') as f:
            f.write('common ' + self.VERSION)

    def _path(self, device):
        return os.path.join(self._tftpboot_dir, device['mac'].replace(':', '') + '.cfg')

    def configure(self, device, raw_config):
        raw_config['XX_version'] = self.VERSION
        self._templates.dump(self._templates.get_template('base.tpl'), raw_config, self._path(device))

    def deconfigure(self, device):
        os.remove(self._path(device))
"""
MAC = "00:aa:bb:cc:dd:01"
AGENT, NAME = f"Acme {MAC}", "00aabbccdd01.cfg"
TEMPLATES = {"templates__base.tpl": "shipped {{ XX_version }}\n"}


def entry(version: str, more: str = "") -> str:
    return ENTRY.replace("@", version) + more


class Case(PublishedPlugins):
    async def own(self) -> tuple[int, bytes]:
        return await self.site.get(NAME, AGENT)

    def release(self, version: str, more: str = "", **files: str) -> Path:
        return self.source("acme", entry(version, more), version, **TEMPLATES, **files)

    async def in_service(self) -> None:
        """
        Have version 1 installed, a phone configured, and the site's own files there.
        """
        self.release("1", var__tftpboot__logo="logo 1")
        await self.installed("acme")
        self.assertEqual(await self.own(), (200, b"shipped 1"))

    def tree(self) -> dict[str, bytes]:
        folder = self.folder("acme")
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    async def version(self) -> str:
        pkgs = (await self.api.get("/pg_mgr/install/installed")).json["pkgs"]
        return str(pkgs["acme"]["version"])

    async def refusal(self, what: str, plugin_id: str = "acme") -> tuple[int, str]:
        answer = await self.api.post(f"/pg_mgr/{what}", {"id": plugin_id})
        return answer.status, answer.json["error_id"]


class Upgrading(Case):
    async def test_what_is_the_site_s_survives_and_phones_get_the_new_files(self) -> None:
        await self.in_service()
        custom = self.folder("acme") / "var" / "templates" / "base.tpl"
        custom.write_text("custom {{ XX_version }}\n")
        image = self.folder("acme") / "var" / "tftpboot" / "image.rom"
        image.write_bytes(b"rom")
        self.release("2", var__tftpboot__logo="logo 2", var__tftpboot__new="new")
        await self.update()
        status = await self.change("upgrade", "acme")
        self.assertRegex(status, r"^install\|success\(download\|success;(\d+)/\1\)$")
        self.assertEqual(await self.version(), "2")
        for name, content in (
            (NAME, b"custom 2"),
            ("common.cfg", b"common 2"),
            ("logo", b"logo 2"),
            ("new", b"new"),
            ("image.rom", b"rom"),
        ):
            self.assertEqual(await self.site.get(name, AGENT), (200, content))
        self.assertTrue(self.site.device()["configured"])
        self.assertEqual(custom.read_text(), "custom {{ XX_version }}\n")

    async def test_one_that_fails_is_rolled_back_whole(self) -> None:
        await self.in_service()
        before = self.tree()
        for more, files in (
            ("raise ValueError('x')", {}),
            ("import nothing_of_that_name", {}),
            ("Plugin.IS_PLUGIN = False", {}),
            ("Plugin.__init__ = lambda *arguments: 1 / 0", {}),
            ("Plugin.configure_common = lambda self, raw_config: 1 / 0", {}),
            ("def broken(:", {}),
            (
                "",
                {
                    "plugin-info": json.dumps(
                        {
                            "version": "2",
                            "description": "",
                            "capabilities": {},
                            "plugin_iface_version_min": 0.3,
                        }
                    )
                },
            ),
        ):
            folder = self.release("2", more)
            for name, text in files.items():
                (folder / name).write_text(text)
            self.publish(folder)
            await self.update()
            status = await self.change("upgrade", "acme")
            self.assertTrue(status.startswith("install|fail"), (more, status))
            self.assertEqual(self.tree(), before, more)
            self.assertEqual(await self.own(), (200, b"shipped 1"))
            self.assertEqual(await self.site.get("common.cfg", AGENT), (200, b"common 1"))
            self.assertEqual(await self.version(), "1")
            self.assertEqual((await self.api.get("/status")).json["plugins"]["broken"], {})
        names = {path.name for path in (self.site.data / "plugins").iterdir()}
        self.assertEqual(names, {"acme", "plugins.db"})

    async def test_a_broken_plugin_can_be_mended_by_an_upgrade(self) -> None:
        self.release("1", "raise ValueError('x')")
        await self.update()
        self.assertTrue((await self.change("install", "acme")).startswith("install|fail"))
        self.assertEqual(await self.version(), "1")
        broken = (await self.api.get("/status")).json["plugins"]["broken"]
        self.assertIn("entry.py failed: ValueError: x", broken["acme"])
        self.assertEqual((await self.own())[0], 404)
        self.release("2")
        await self.update()
        self.assertTrue((await self.change("upgrade", "acme")).startswith("install|success"))
        self.assertEqual(await self.own(), (200, b"shipped 2"))

    async def test_many_devices_follow_while_others_are_served(self) -> None:
        await self.in_service()
        for number in range(2, 300):
            device = {
                "mac": f"00:aa:bb:cc:{number // 256:02x}:{number % 256:02x}",
                "plugin": "acme",
                "config": "autoprov",
            }
            await self.site.parts.app.dev_insert(device)
        self.release("2")
        await self.update()
        upgrading = Deferred.fromCoroutine(self.change("upgrade", "acme"))
        served = 0
        while not upgrading.called:
            self.assertEqual((await self.site.get("001565aabb01.cfg", "Other 1.0"))[0], 404)
            served += 1
        await upgrading
        self.assertGreater(served, 1)
        files = [path.read_bytes() for path in self.site.served("acme").glob("00aabbcc*.cfg")]
        self.assertEqual((len(files), set(files)), (299, {b"shipped 2"}))
        self.assertTrue(all(device["configured"] for device in self.site.devices()))


class Installing(Case):
    async def test_what_cannot_be_begun_is_refused_at_once(self) -> None:
        self.release("1")
        self.assertEqual(await self.refusal("install/install"), (400, "plugin-not-found"))
        await self.update()
        self.assertEqual(await self.refusal("install/install", "other"), (400, "plugin-not-found"))
        for what in ("install/upgrade", "install/uninstall", "reload"):
            self.assertEqual(await self.refusal(what), (400, "plugin-not-installed"))
        await self.change("install", "acme")
        self.assertEqual(await self.refusal("install/install"), (400, "plugin-already-installed"))
        self.site.parts.parameters.plugin_server = None
        self.assertEqual((await self.api.post("/pg_mgr/install/update", {})).status, 400)

    async def test_two_changes_of_one_plugin_do_not_meet(self) -> None:
        self.release("1")
        await self.update()
        both = [
            Deferred.fromCoroutine(self.api.post("/pg_mgr/install/install", {"id": "acme"})) for _ in range(2)
        ]
        answers = await gatherResults(both)
        self.assertEqual(sorted(answer.status for answer in answers), [201, 400])
        (begun,) = (answer for answer in answers if answer.status == 201)
        self.assertTrue((await self.api.finished(begun.header("Location"))).startswith("install|success"))
        updates = [Deferred.fromCoroutine(self.api.post("/pg_mgr/install/update", {})) for _ in range(2)]
        self.assertEqual(sorted(answer.status for answer in await gatherResults(updates)), [201, 409])

    async def test_a_package_that_leads_out_of_its_folder_is_refused(self) -> None:
        self.release("1")
        package = self.published / "acme-1.tar.bz2"
        with tarfile.open(package, "w:bz2") as archive:
            for name in ("acme/plugin-info", "acme/../../escaped"):
                member = tarfile.TarInfo(name)
                member.size = 2
                archive.addfile(member, io.BytesIO(b"{}"))
        self.reindex(package)
        await self.update()
        self.assertTrue((await self.change("install", "acme")).startswith("install|fail"))
        self.assertFalse(self.folder("acme").exists())
        self.assertEqual(list(self.site.data.rglob("escaped")), [])

    def reindex(self, package: Path) -> None:
        index = json.loads((self.published / "plugins.db").read_text())
        data = package.read_bytes()
        index["acme"] |= {
            "dsize": len(data),
            "sha1sum": hashlib.sha1(data).hexdigest(),
            "sha256sum": hashlib.sha256(data).hexdigest(),
        }
        (self.published / "plugins.db").write_text(json.dumps(index))

    async def test_a_package_that_was_altered_is_refused_and_a_cached_one_fetched_again(self) -> None:
        self.release("1")
        await self.update()
        package = self.published / "acme-1.tar.bz2"
        good = package.read_bytes()
        package.write_bytes(good[:-1] + b"x")
        self.assertEqual(
            await self.change("install", "acme"), f"install|fail(download|fail;{len(good)}/{len(good)})"
        )
        package.write_bytes(good)
        cached = self.site.settings.general.cache_dir / package.name
        cached.write_bytes(b"other")
        self.assertTrue((await self.change("install", "acme")).startswith("install|success(download"))
        await self.api.post("/pg_mgr/install/uninstall", {"id": "acme"})
        self.assertEqual(await self.change("install", "acme"), "install|success")

    async def test_a_download_that_is_cut_short_is_taken_up_again(self) -> None:
        self.release("1")
        await self.update()
        package = (self.published / "acme-1.tar.bz2").read_bytes()
        server = Scripted(part(package, 0, 100), part(package, 100, 10**6))
        self.site.parts.parameters.plugin_server = f"http://127.0.0.1:{self.ports.listen(server)}"
        self.assertTrue((await self.change("install", "acme")).startswith("install|success(download"))
        self.assertIn(b"\r\nRange: bytes=100-\r\n", server.requests[1])

    async def test_an_operation_is_followed_and_forgotten(self) -> None:
        self.release("1")
        begun = await self.api.post("/pg_mgr/install/update", {})
        location = begun.header("Location")
        self.assertEqual(location, "/0.2/pg_mgr/install/update/1")
        size = (self.published / "plugins.db").stat().st_size
        self.assertEqual(await self.api.finished(location), f"update|success;{size}")
        self.assertEqual((await self.api.delete(str(location))).status, 204)
        self.assertEqual((await self.api.get(str(location))).status, 404)
        self.site.parts.parameters.plugin_server = self.server + "wrong/"
        self.assertEqual(await self.update(), "update|fail")


class Leaving(Case):
    async def test_a_removed_plugin_leaves_its_devices_without_files(self) -> None:
        await self.in_service()
        answer = await self.api.post("/pg_mgr/install/uninstall", {"id": "acme"})
        self.assertEqual(answer.status, 204)
        self.assertEqual([path.name for path in (self.site.data / "plugins").iterdir()], ["plugins.db"])
        device = self.site.device()
        self.assertEqual((device["plugin"], device["configured"]), ("acme", False))
        self.assertEqual((await self.own())[0], 404)
        self.assertEqual(await self.refusal("install/uninstall"), (400, "plugin-not-installed"))
        await self.change("install", "acme")
        self.assertTrue(self.site.device()["configured"])
        self.assertEqual(await self.own(), (200, b"shipped 1"))

    async def test_a_reload_takes_up_what_was_changed_by_hand(self) -> None:
        await self.in_service()
        (self.folder("acme") / "entry.py").write_text(entry("1 mended"))
        self.assertEqual((await self.api.post("/pg_mgr/reload", {"id": "acme"})).status, 204)
        self.assertEqual(await self.own(), (200, b"shipped 1 mended"))
        (self.folder("acme") / "entry.py").write_text("raise ValueError('secret')")
        failed = await self.api.post("/pg_mgr/reload", {"id": "acme"})
        self.assertEqual((failed.status, failed.json["error_id"]), (500, "internal-error"))
        self.assertFalse(self.site.device()["configured"])
        self.assertEqual((await self.own())[0], 404)
        (self.folder("acme") / "entry.py").write_text(entry("3"))
        self.assertEqual((await self.api.post("/pg_mgr/reload", {"id": "acme"})).status, 204)
        self.assertEqual(await self.own(), (200, b"shipped 3"))

    async def test_a_broken_folder_is_listed_as_broken_and_hurts_nothing(self) -> None:
        await self.in_service()
        await self.site.stop()
        plugins = self.site.data / "plugins"
        (plugins / "no-info").mkdir()
        (plugins / "no-json").mkdir()
        (plugins / "no-json" / "plugin-info").write_text("{")
        (plugins / "no-class").mkdir()
        (plugins / "no-class" / "plugin-info").write_bytes((plugins / "acme" / "plugin-info").read_bytes())
        (plugins / "no-class" / "entry.py").touch()
        await self.site.start()
        self.assertEqual(await self.own(), (200, b"shipped 1"))
        status = (await self.api.get("/status")).json["plugins"]
        self.assertEqual((status["status"], status["loaded"]), ("fail", ["acme"]))
        self.assertEqual(sorted(status["broken"]), ["no-class", "no-info", "no-json"])
        pkgs = (await self.api.get("/pg_mgr/install/installed")).json["pkgs"]
        self.assertEqual(sorted(pkgs), ["acme", "no-class"])
        for name in status["broken"]:
            self.assertEqual((await self.api.post("/pg_mgr/install/uninstall", {"id": name})).status, 204)
        self.assertEqual((await self.api.get("/status")).json["plugins"]["status"], "ok")

    async def test_an_upgrade_that_the_daemon_did_not_survive_leaves_one_version(self) -> None:
        await self.in_service()
        await self.site.stop()
        plugins = self.site.data / "plugins"
        (plugins / "acme").rename(plugins / ".acme.old")
        (plugins / ".acme.new").mkdir()
        await self.site.start()
        self.assertEqual(await self.own(), (200, b"shipped 1"))
        self.assertEqual({path.name for path in plugins.iterdir()}, {"acme", "plugins.db"})


class Signed(Case):
    KEY = signing.read_key(signing.new_key())

    def general(self) -> dict[str, Any]:
        return {"plugin_server_keys": {self.server: signing.public_key(self.KEY)}}

    async def test_only_what_was_signed_is_taken(self) -> None:
        folder = self.release("1")
        self.assertTrue((await self.update()).startswith("update|fail"))
        build_repository([folder], self.published, signing.read_key(signing.new_key()))
        self.assertTrue((await self.update()).startswith("update|fail"))
        self.assertNotIn("acme", (await self.api.get("/pg_mgr/install/installable")).json["pkgs"])
        self.assertEqual(await self.refusal("install/install"), (400, "plugin-not-found"))
        build_repository([folder], self.published, self.KEY)
        self.assertTrue((await self.update()).startswith("update|success"))
        self.assertTrue((await self.change("install", "acme")).startswith("install|success"))
