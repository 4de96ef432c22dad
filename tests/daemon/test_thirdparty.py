"""
Plugins as third parties write them, from the plugin server to a phone and back: each under another name of
the package, without a changed byte.
"""

from __future__ import annotations

import json

from provd.pluginhost.manager import PluginManager
from tests.daemon.published import THIRD_PARTY, PublishedPlugins
from tests.daemon.site import SHIPPED

LOCALHOST = "127.0.0.1"


class OfAnyName(PublishedPlugins):
    @property
    def manager(self) -> PluginManager:
        return self.site.parts.manager

    async def gone(self, plugin_id: str, path: str, agent: str) -> None:
        """
        Uninstall a plugin and see that its phone gets nothing any more.
        """
        answer = await self.api.post("/pg_mgr/install/uninstall", {"id": plugin_id})
        self.assertEqual((answer.status, answer.text), (204, ""))
        self.assertFalse(self.folder(plugin_id).exists())
        device = self.site.device()
        self.assertEqual((device["plugin"], device["configured"]), (plugin_id, False))
        self.assertEqual((await self.site.get(path, agent))[0], 404)

    async def test_one_that_only_knows_provd(self) -> None:
        self.publish(THIRD_PARTY / "xivo-acme")
        await self.installed("xivo-acme")
        self.assertEqual((await self.site.get("boot.cfg", "Acme A1 1.0 00AABBCCDD01"))[0], 200)
        device = self.site.device()
        known = {
            key: device.get(key) for key in ("mac", "vendor", "model", "version", "plugin", "configured")
        }
        self.assertEqual(
            known,
            {
                "mac": "00:aa:bb:cc:dd:01",
                "vendor": "Acme",
                "model": "A1",
                "version": "1.0",
                "plugin": "xivo-acme",
                "configured": True,
            },
        )
        name = "acme/00aabbccdd01.xml"
        status, body = await self.site.get(name, "Acme A1 1.0 00AABBCCDD01")
        self.assertEqual(status, 200)
        self.assertIn(f'user="{self.site.autoprov_user()}"'.encode(), body)
        self.assertIn(b'port="05060"', body)
        self.assertEqual(await self.site.tftp(name), (0, body))
        self.assertEqual(self.site.device()["remote_state_sip_username"], self.site.autoprov_user())
        self.assertIn(
            f"Sensitive file requested from {LOCALHOST}: 00aabbccdd01.xml", self.site.security_log()
        )
        all_phones = (await self.site.get("all.cfg", "Acme A1 1.0 00AABBCCDD01"))[1].decode()
        self.assertIn("base http://", all_phones)

        cache = self.folder("xivo-acme") / "var" / "cache" / "acme-1.0.rom"
        cache.write_bytes(b"abc")
        packages = "/pg_mgr/plugins/xivo-acme/install"
        begun = await self.api.post(f"{packages}/install", {"id": "acme-fw"})
        self.assertEqual(
            await self.api.finished(begun.header("Location")),
            "install_pkg|success(download|success(success;3/3))(install|success)",
        )
        self.assertEqual(
            await self.site.get("firmware/acme-1.0.rom", "Acme A1 1.0 00AABBCCDD01"), (200, b"abc")
        )
        self.assertEqual(
            (await self.api.get(f"{packages}/installed")).json,
            {"pkgs": {"acme-fw": {"version": "1.0", "description": "Firmware for Acme phones"}}},
        )
        self.assertEqual((await self.api.post(f"{packages}/uninstall", {"id": "acme-fw"})).status, 204)
        self.assertEqual((await self.site.get("firmware/acme-1.0.rom", "Acme A1 1.0 00AABBCCDD01"))[0], 404)

        await self.site.lease("127.0.0.7", "00:aa:bb:cc:dd:02", {60: "Acme A2\x00"})
        (other,) = [device for device in self.site.devices() if device["mac"].endswith("02")]
        self.assertEqual((other["model"], other["plugin"], other["configured"]), ("A2", "xivo-acme", True))
        file = self.site.served("xivo-acme") / "acme" / "00aabbccdd02.xml"
        self.assertIn(b"<keys>0</keys>", file.read_bytes())
        await self.site.parts.app._devices.delete(other["id"])
        self.assertFalse(file.exists())
        await self.gone("xivo-acme", name, "Acme A1 1.0 00AABBCCDD01")

    async def test_one_that_tries_accent_provd_first(self) -> None:
        self.publish(THIRD_PARTY / "accent-brillo")
        await self.installed("accent-brillo")
        agent, name = "Brillo/1 \xe9", "spb00aabbccdd03.ini"
        status, body = await self.site.get(f"Brillo/{name}", agent)
        self.assertEqual(status, 200)
        self.assertIn(b"volume = 5\n", body)
        self.assertEqual((await self.site.get(f"brillo%20phones/{name}", agent)), (200, body))
        self.assertEqual(await self.site.tftp(f"Communicator\\{name}"), (0, body))
        self.assertEqual((await self.site.tftp(f"secret-{name}"))[0], 69)
        self.assertEqual(await self.site.get("status", agent), (200, b"known 00:aa:bb:cc:dd:03"))
        port = self.site.settings.general.http_proxied_listen_port
        posted = await self.site.curl("-A", agent, "-d", "state=idle", f"http://127.0.0.1:{port}/status")
        self.assertEqual(posted, (202, b"idle"))

        parameter = "/pg_mgr/plugins/accent-brillo/configure"
        self.assertEqual((await self.api.put(f"{parameter}/volume", {"param": {"value": 9}})).status, 204)
        self.assertEqual((await self.api.put(f"{parameter}/other", {"param": {"value": 9}})).status, 404)
        self.assertEqual((await self.api.post("/pg_mgr/reload", {"id": "accent-brillo"})).status, 204)
        self.assertEqual((await self.api.get(f"{parameter}/volume")).json, {"param": {"value": 9}})
        listed = (await self.api.get(parameter)).json["params"]
        self.assertEqual(
            listed,
            [
                {
                    "id": "volume",
                    "description": "How loud the phone rings",
                    "value": 9,
                    "links": [{"rel": "srv.configure.param", "href": f"/0.2{parameter}/volume"}],
                }
            ],
        )
        self.assertIn(b"volume = 9\n", (await self.site.get(name, agent))[1])
        links = (await self.api.get("/pg_mgr/plugins/accent-brillo")).json["links"]
        self.assertEqual([link["rel"] for link in links], ["pg.info", "srv.configure"])
        self.assertEqual((await self.api.get("/pg_mgr/plugins/accent-brillo/install")).status, 404)
        await self.gone("accent-brillo", name, agent)

    async def test_one_that_tries_wazo_provd_first(self) -> None:
        self.publish(THIRD_PARTY / "wazo-corvid")
        await self.installed("wazo-corvid")
        uuid = "6c5c7f8e-0000-4aaa-8bbb-0123456789ab"
        name = f"corvid-{uuid}.txt"
        status, body = await self.site.get(f"{name}?uuid={uuid.upper()}", "Corvid")
        self.assertEqual((status, body), (200, f"port 1 {self.site.autoprov_user()}\n".encode()))
        self.assertEqual(await self.site.tftp(name), (0, body))
        device = self.site.device()
        self.assertEqual((device["uuid"], device["plugin"]), (uuid, "wazo-corvid"))
        await self.gone("wazo-corvid", f"{name}?uuid={uuid}", "Corvid")

    async def test_all_of_them_beside_ours(self) -> None:
        self.publish(THIRD_PARTY)
        await self.update()
        installable = (await self.api.get("/pg_mgr/install/installable")).json["pkgs"]
        self.assertEqual(set(installable), {"accent-brillo", "wazo-corvid", "xivo-acme", *SHIPPED})
        self.assertNotIn("filename", installable["xivo-acme"])
        self.assertNotIn("description_fr", installable["xivo-acme"])
        for plugin_id in installable:
            await self.change("install", plugin_id)
        self.assertEqual(sorted(plugin_id for plugin_id, _ in self.manager.items()), sorted(installable))
        loaded = (await self.api.get("/pg_mgr/plugins")).json["plugins"]
        href = "/0.2/pg_mgr/plugins/zero"
        self.assertEqual(loaded["zero"], {"links": [{"rel": "pg.plugin", "href": href}]})
        for name, agent, plugin in (
            ("boot.cfg", "Acme A1 1.0 00AABBCCDD01", "xivo-acme"),
            ("spb00aabbccdd03.ini", "Brillo/1", "accent-brillo"),
            ("x?uuid=6c5c7f8e-0000-4aaa-8bbb-0123456789ab", "Corvid", "wazo-corvid"),
            ("001565aabb01.cfg", "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01", "yealink"),
        ):
            await self.site.get(name, agent, "127.0.0.1")
            self.assertEqual(
                [d["plugin"] for d in self.site.devices() if d.get("plugin") == plugin], [plugin]
            )
        status = (await self.api.get("/status")).json
        self.assertEqual((status["plugins"]["status"], status["plugins"]["broken"]), ("ok", {}))

    async def test_a_description_is_in_the_locale_in_use(self) -> None:
        from provd.pluginkit import localization

        self.publish(THIRD_PARTY / "xivo-acme")
        await self.installed("xivo-acme")
        localization.set_locale("fr_CA")
        self.addCleanup(localization.set_locale, None)
        for path in ("install/installable", "install/installed"):
            pkgs = (await self.api.get(f"/pg_mgr/{path}")).json["pkgs"]
            self.assertEqual(pkgs["xivo-acme"]["description"], "Téléphones Acme")
        info = (await self.api.get("/pg_mgr/plugins/xivo-acme/info")).json["plugin_info"]
        self.assertEqual(info["description"], "Téléphones Acme")
        packages = (await self.api.get("/pg_mgr/plugins/xivo-acme/install/installable")).json["pkgs"]
        self.assertEqual(packages["acme-fw"]["description"], "Micrologiciel pour les téléphones Acme")
        self.assertEqual(
            json.loads((self.folder("xivo-acme") / "plugin-info").read_text())["version"], "1.2.3"
        )
