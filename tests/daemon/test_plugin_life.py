"""
The life of a plugin as it sees it: what is called of it, in which order, and what phones get meanwhile.
"""

from __future__ import annotations

import threading

import treq
from twisted.internet.defer import Deferred

from provd.pluginkit.localization import set_locale
from tests.daemon.acme import AcmeTest, calls, hooks, mac


class Life(AcmeTest):
    async def test_an_installed_plugin_configures_the_devices_that_name_it(self) -> None:
        await self.add_devices(1)
        self.assertEqual((self.device()["configured"], (await self.phone())[0]), (False, 404))
        await self.install("1")
        self.assertEqual(
            calls, [("1", "init", None), ("1", "configure_common", None), ("1", "configure", "d1")]
        )
        self.assertTrue(self.device()["configured"])
        self.assertEqual(await self.phone(), (200, b"1"))

    async def test_an_upgraded_plugin_removes_files_with_its_new_code(self) -> None:
        await self.install("1")
        await self.add_devices(1)
        calls.clear()
        self.publish("2")
        self.assertEqual(await self.do("upgrade"), "install|success")
        self.assertEqual(
            calls,
            [
                ("1", "close", None),
                ("2", "init", None),
                ("2", "configure_common", None),
                ("2", "deconfigure", "d1"),
                ("2", "configure", "d1"),
            ],
        )

    async def test_a_reloaded_plugin_has_removed_files_with_its_old_code(self) -> None:
        await self.install("1")
        await self.add_devices(1, 2)
        entry = self.plugins / "acme" / "entry.py"
        entry.write_text(entry.read_text().replace("VERSION = '1'", "VERSION = '1a'"))
        calls.clear()
        self.assertEqual((await self.api.post("/pg_mgr/reload", {"id": "acme"})).status, 204)
        before = [("1", "deconfigure", "d1"), ("1", "deconfigure", "d2"), ("1", "close", None)]
        self.assertEqual(calls[:5], [*before, ("1a", "init", None), ("1a", "configure_common", None)])
        configured = [call for call in calls[5:] if call[1] == "configure"]
        self.assertEqual(configured, [("1a", "configure", "d1"), ("1a", "configure", "d2")])

    async def test_a_removed_plugin_is_only_closed(self) -> None:
        await self.install("1")
        await self.add_devices(1)
        before = self.device()
        calls.clear()
        answer = await self.api.post("/pg_mgr/install/uninstall", {"id": "acme"})
        self.assertEqual((answer.status, answer.text), (204, ""))
        self.assertEqual(calls, [("1", "close", None)])
        self.assertEqual(self.device(), {**before, "configured": False})

    async def test_a_plugin_that_fails_to_close_goes_all_the_same(self) -> None:
        await self.install("1", "    @property\n    def close(self):\n        raise ValueError('s3cret')\n")
        self.publish("2")
        self.assertEqual(await self.do("upgrade"), "install|success")
        await self.install("1", "    def close(self):\n        raise KeyboardInterrupt\n", "other")
        self.assertEqual((await self.api.post("/pg_mgr/install/uninstall", {"id": "other"})).status, 204)
        self.assertEqual((await self.status())["loaded"], ["acme"])

    async def test_a_plugin_whose_info_fails_is_listed_as_its_folder_says(self) -> None:
        await self.install("1", "    @property\n    def info(self):\n        raise ValueError('s3cret')\n")
        await self.site.stop()
        await self.site.start()
        info = (await self.api.get("/pg_mgr/plugins/acme/info")).json["plugin_info"]
        self.assertEqual(info, {"version": "1", "description": "Phones", "capabilities": {}})

    async def test_descriptions_are_in_the_locale_in_use(self) -> None:
        await self.install("1")
        self.addCleanup(set_locale, None)
        for locale, text in ((None, "Phones"), ("fr_CA", "Postes")):
            set_locale(locale)
            for where in ("install/installable", "install/installed"):
                listed = (await self.api.get(f"/pg_mgr/{where}")).json["pkgs"]["acme"]
                self.assertEqual(listed["description"], text)
                self.assertFalse({"description_fr", "filename"} & set(listed))


class Meanwhile(AcmeTest):
    async def test_one_change_of_a_plugin_at_a_time_and_phones_of_others_do_not_notice(self) -> None:
        await self.install("1", blocking=True)
        await self.install("7", plugin_id="other")
        await self.add_devices(1)
        await self.add_devices(2, plugin_id="other")
        self.publish("2", blocking=True)
        closes, comes = threading.Event(), threading.Event()
        hooks.update({"1 close": lambda: closes.wait(10), "2 configure_common": lambda: comes.wait(10)})
        self.assertEqual(await self.phone(), (200, b"1"))
        location = await self.begin("upgrade")
        await self._refused()
        self.assertEqual(await self.do("upgrade", "other"), "install|success")
        self.assertEqual(await self.phone(2, "other"), (200, b"7"))
        closes.set()
        await self._refused()
        self.assertEqual(await self.phone(2, "other"), (200, b"7"))
        comes.set()
        self.assertEqual(await self.api.finished(location), "install|success")
        self.assertEqual(await self.phone(), (200, b"2"))

    async def _refused(self) -> None:
        for action in ("install/install", "install/upgrade", "install/uninstall", "reload"):
            answer = await self.api.post(f"/pg_mgr/{action}", {"id": "acme"})
            self.assertEqual((answer.status, answer.json["error_id"]), (400, "operation-in-progress"))

    async def test_a_phone_that_asks_need_not_wait_for_hundreds_of_others(self) -> None:
        await self.install("1")
        await self.install("1", plugin_id="other")
        await self.add_devices(*range(1, 301))
        await self.add_devices(301, plugin_id="other")
        self.publish("2")
        served: list[tuple[str, bytes, int]] = []
        port = self.site.settings.general.http_proxied_listen_port

        async def fetch(number: int, plugin_id: str) -> None:
            response = await treq.get(
                f"http://127.0.0.1:{port}/{mac(number).replace(':', '')}.cfg",
                headers={"User-Agent": self.agent(number, plugin_id)},
                persistent=False,
            )
            served.append((plugin_id, await response.content(), len(calls)))

        def meanwhile() -> None:
            hooks.clear()
            Deferred.fromCoroutine(fetch(301, "other"))
            Deferred.fromCoroutine(fetch(300, "acme"))

        hooks["2 configure"] = meanwhile
        calls.clear()
        self.assertEqual(await self.do("upgrade"), "install|success")
        self.assertEqual(sorted(entry[:2] for entry in served), [("acme", b"2"), ("other", b"1")])
        self.assertLess(max(count for *_, count in served), 500)
        configured = {call[2] for call in calls if call[:2] == ("2", "configure")}
        self.assertEqual(configured, {f"d{number}" for number in range(1, 301)})
        self.assertEqual({self.device(number)["configured"] for number in range(1, 301)}, {True})
