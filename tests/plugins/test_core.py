"""
The plugins that configure nothing, on a running daemon: ``null`` and ``zero``.
"""

from __future__ import annotations

from typing import Any

from tests.daemon.site import RunningSite
from tests.rest.api import Api

AGENT, OWN = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01", "001565aabb01.cfg"
TFTP_NOT_FOUND = 68  # curl's exit status


class CorePlugins(RunningSite):
    plugins = ("null", "yealink", "zero")

    async def _set_up(self) -> None:
        await super()._set_up()
        self.api = Api(self.site)

    async def phone_of(self, plugin: str) -> dict[str, Any]:
        """
        Put a phone on record that names a plugin; return its device.
        """
        device = {"id": "d1", "mac": "00:15:65:aa:bb:01", "plugin": plugin, "config": "autoprov"}
        answer = await self.api.post("/dev_mgr/devices", {"device": device})
        self.assertEqual(answer.status, 201, answer.text)
        return self.site.device()

    async def test_null_refuses_every_file(self) -> None:
        self.assertTrue((await self.phone_of("null"))["configured"])
        for path in (OWN, "", "a/b?c=d", "plugin-info", "..%2fentry.py"):
            self.assertEqual((await self.site.get(path, AGENT))[0], 404, path)
        for name in (OWN, f"%2f{OWN}", "a/b", "..%2fentry.py"):
            self.assertEqual(await self.site.tftp(name), (TFTP_NOT_FOUND, b""), name)
        self.assertEqual(self.site.device()["plugin"], "null")
        self.assertEqual(list(self.site.served("null").iterdir()), [])

    async def test_null_has_nothing_that_a_phone_could_fetch_again(self) -> None:
        await self.phone_of("null")
        begun = await self.api.post("/dev_mgr/synchronize", {"id": "d1"})
        self.assertEqual(await self.api.finished(begun.header("Location")), "success")

    async def test_zero_serves_what_lies_in_its_folder(self) -> None:
        served = self.site.served("zero")
        (served / "lang").mkdir()
        (served / OWN).write_bytes(b"by hand")
        (served / "lang" / "fr.txt").write_bytes(b"bonjour")
        self.assertTrue((await self.phone_of("zero"))["configured"])
        for name, content in ((OWN, b"by hand"), ("lang/fr.txt", b"bonjour")):
            self.assertEqual(await self.site.get(name, AGENT), (200, content))
            self.assertEqual(await self.site.tftp(name), (0, content))
        self.assertEqual((served / OWN).read_bytes(), b"by hand")

    async def test_zero_lists_no_folder_and_leaves_its_own(self) -> None:
        (self.site.served("zero") / "lang").mkdir()
        await self.phone_of("zero")
        self.assertEqual((await self.site.get("lang", AGENT))[0], 403)
        for path in ("none.cfg", "..%2f..%2fentry.py", "%2e%2e%2f%2e%2e/entry.py"):
            self.assertEqual((await self.site.get(path, AGENT))[0], 404, path)
        for name in ("none.cfg", "lang", "..%2f..%2fentry.py", "%2f..%2f..%2fplugin-info"):
            self.assertEqual(await self.site.tftp(name), (TFTP_NOT_FOUND, b""), name)

    async def test_neither_is_chosen_for_a_phone(self) -> None:
        for agent in ("Acme A1 1.0", "null", "zero"):
            await self.site.get("001122334455.cfg", agent)
        self.assertEqual([device for device in self.site.devices() if device.get("plugin")], [])
        await self.site.get(OWN, AGENT)
        self.assertEqual([device.get("plugin") for device in self.site.devices()], ["yealink"])

    async def test_files_of_the_former_plugin_go(self) -> None:
        await self.site.get(OWN, AGENT)
        device = self.site.device()
        own = self.site.served() / OWN
        self.assertTrue(own.exists())
        path = f"/dev_mgr/devices/{device['id']}"
        for plugin in ("null", "zero"):
            answer = await self.api.put(path, {"device": {**device, "plugin": plugin}})
            self.assertEqual(answer.status, 204, answer.text)
            self.assertFalse(own.exists())
            self.assertTrue(self.site.device()["configured"])
            self.assertEqual((await self.site.get(OWN, AGENT))[0], 404)
