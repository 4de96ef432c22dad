"""
plugin-api, 5 and 6: the files of a plugin, and what it says of itself.
"""

from __future__ import annotations

import json
from typing import Any

from tests.contract.kit import BRAND
from tests.daemon.published import PublishedPlugins

INFO = {
    "version": "1.2-rc1",
    "description": "Brand phones",
    "description_fr": "Postes Brand",
    "plugin_iface_version_min": 0.2,
    "plugin_iface_version_max": 0.2,
    "vendor": "Brand",
    "vendor.url": "https://brand.example/",
    "capabilities": {
        "Brand, X1, *": {"lines": 2, "type": "deskphone", "sip.lines": 2, "ha": True, "multicell": False},
        "*, *, *": {},
    },
}


class Files(PublishedPlugins):
    def release(self, version: str, **more: Any) -> None:
        """
        Publish a version of the plugin that ships as little as it may.
        """
        folder = self.source("brand", BRAND, version, **more)
        info = {**INFO, "version": version}
        (folder / "plugin-info").write_text(json.dumps(info, ensure_ascii=False), "utf-8")
        self.publish(folder)

    async def test_folders_that_a_package_lacks_are_made(self) -> None:
        self.release("1")
        await self.installed("brand")
        found = sorted(path.name for path in (self.folder("brand") / "var").iterdir() if path.is_dir())
        self.assertEqual(found, ["cache", "installed", "templates", "tftpboot"])

    async def test_an_upgrade_keeps_what_the_site_put_there_and_brings_its_static_files(self) -> None:
        self.release("1", var__tftpboot__static="1", README="old")
        await self.installed("brand")
        var = self.folder("brand") / "var"
        site = {
            "templates/base.tpl": "custom",
            "tftpboot/firmware.rom": "firmware",
            "tftpboot/static": "changed",
            "cache/pack.zip": "pack",
            "installed/fw": "{}",
            "config.json": "{}",
        }
        for name, text in site.items():
            (var / name).write_text(text)
        self.release("2", var__tftpboot__static="2")
        await self.update()
        self.assertTrue((await self.change("upgrade", "brand")).startswith("install|success"))
        found = {name: (var / name).read_text() for name in site}
        self.assertEqual(found, {**site, "tftpboot/static": "2"})

    async def test_uninstalling_removes_everything(self) -> None:
        self.release("1")
        await self.installed("brand")
        (self.folder("brand") / "var" / "templates" / "base.tpl").write_text("custom")
        answer = await self.api.post("/pg_mgr/install/uninstall", {"id": "brand"})
        self.assertEqual((answer.status, self.folder("brand").exists()), (204, False))

    async def test_what_it_says_of_itself_is_passed_through(self) -> None:
        self.release("1")
        await self.installed("brand")
        info = (await self.api.get("/pg_mgr/plugins/brand/info")).json["plugin_info"]
        said = {key: value for key, value in INFO.items() if key != "description_fr"}
        self.assertEqual(info, {**said, "version": "1"})
        listed = (await self.api.get("/pg_mgr/install/installed")).json["pkgs"]["brand"]
        self.assertEqual(listed["capabilities"], INFO["capabilities"])


class WithoutChecks(PublishedPlugins):
    def general(self) -> dict[str, Any]:
        return {"check_compat_min": False, "check_compat_max": True}

    async def test_the_interface_version_is_judged_as_the_settings_say(self) -> None:
        for plugin_id, key, value in (
            ("newer", "plugin_iface_version_min", 0.3),
            ("older", "plugin_iface_version_max", 0.1),
        ):
            folder = self.source(plugin_id, BRAND)
            (folder / "plugin-info").write_text(json.dumps({**INFO, key: value}))
            self.publish(folder)
            await self.update()
            await self.change("install", plugin_id)
        loaded = (await self.api.get("/pg_mgr/plugins")).json["plugins"]
        self.assertEqual(list(loaded), ["newer"])
        installed = (await self.api.get("/pg_mgr/install/installed")).json["pkgs"]
        self.assertEqual(sorted(installed), ["newer", "older"])
