"""
What third-party plugins do when an administrator asks instead of a phone: they have a phone fetch its files
again, and remove them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provd.sync.current import set_sync_service
from tests.daemon.published import THIRD_PARTY, PublishedPlugins
from tests.sync.test_sip import RecordedNotifies

UUID = "6c5c7f8e-0000-4aaa-8bbb-0123456789ab"


class AskedByAnAdministrator(PublishedPlugins):
    async def phone_of(self, plugin_id: str, name: str, **device: Any) -> Path:
        """
        Put a phone on record, with a published plugin; return the file that it gets.
        """
        self.publish(THIRD_PARTY / plugin_id)
        await self.installed(plugin_id)
        device = {"id": "d1", "plugin": plugin_id, "config": "autoprov", "ip": "192.0.2.17", **device}
        answer = await self.api.post("/dev_mgr/devices", {"device": device})
        self.assertEqual(answer.status, 201, answer.text)
        self.assertTrue(self.site.device()["configured"])
        return self.site.served(plugin_id) / name

    async def synchronized(self) -> str:
        begun = await self.api.post("/dev_mgr/synchronize", {"id": "d1"})
        self.assertEqual(begun.status, 201, begun.text)
        return await self.api.finished(begun.header("Location"))

    async def assert_removed_with_its_device(self, file: Path) -> None:
        self.assertTrue(file.exists())
        self.assertEqual((await self.api.delete("/dev_mgr/devices/d1")).status, 204)
        self.assertFalse(file.exists())

    async def test_one_that_only_knows_provd(self) -> None:
        file = await self.phone_of("xivo-acme", "acme/00aabbccdd01.xml", mac="00:aa:bb:cc:dd:01", model="A1")
        self.assertEqual(await self.synchronized(), "fail")
        self.assertEqual(await self.notified(), [("ip", "192.0.2.17", "check-sync;reboot=true", None)])
        await self.assert_removed_with_its_device(file)

    async def test_one_that_tries_accent_provd_first(self) -> None:
        file = await self.phone_of("accent-brillo", "spb00aabbccdd03.ini", mac="00:aa:bb:cc:dd:03")
        self.assertEqual(await self.notified(), [("ip", "192.0.2.17", "check-sync", None)])
        await self.assert_removed_with_its_device(file)

    async def test_one_that_asks_in_a_thread_and_updates_the_device(self) -> None:
        file = await self.phone_of("wazo-corvid", f"corvid-{UUID}.txt", uuid=UUID)
        self.assertEqual(await self.synchronized(), "success")
        while (
            "X_reset" not in self.site.device()
        ):  # the API's next answer comes after what a thread left to do
            await self.api.get("/dev_mgr/devices/d1")
        self.assertEqual(self.site.device()["X_reset"], "yes")
        await self.assert_removed_with_its_device(file)

    async def notified(self) -> list[tuple[str, str, str, Any]]:
        """
        Synchronize the phone over a way to notify it; return what it was told.
        """
        notifies = RecordedNotifies()
        set_sync_service(notifies)
        self.addCleanup(set_sync_service, None)
        self.assertEqual(await self.synchronized(), "success")
        return notifies.sent
