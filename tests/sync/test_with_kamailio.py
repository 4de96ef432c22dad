"""
The daemon's own NOTIFY, relayed by a real registrar.
"""

from __future__ import annotations

from typing import Any

from tests.support import need_program
from tests.sync.pbx import PBX


class WithKamailio(PBX):
    def general(self) -> dict[str, Any]:
        return {"sync_service_type": "sip"}

    def before(self) -> None:
        need_program("kamailio")

    async def test_a_registrar_relays_it(self) -> None:
        self.assertEqual(await self.status(), {"type": "sip", "status": "ok"})
        self.start_kamailio("127.0.0.1")
        device_id = await self.boots(1, "127.0.0.11")
        await self.claim(device_id, "u1", "pw1", self.registrar)
        await self.boots(1, "127.0.0.11")
        phone = self.phone(1, "127.0.0.11")
        await phone.register(self.registrar, "u1", "pw1")

        # The registrar asks for the password of the line, and then the phone does.
        phone.listen()
        self.assertEqual(await self.synchronize(device_id), "success")
        self.assertEqual(await phone.notified(), "check-sync")
        phone.listen("challenging", "u1", "pw1")
        self.assertEqual(await self.synchronize(device_id), "success")
        self.assertEqual(await phone.notified(), "check-sync")
        phone.listen("challenging", "u1", "another")
        self.assertIn("answered with 403", await self.fails(device_id))

        # Nobody is registered: the address is tried, and has no phone, either.
        await self.claim(device_id, "u2", "pw1", self.registrar)
        await self.boots(1, "127.0.0.11")
        phone = self.phone(1, "127.0.0.11", 5060, tells_mac=False)
        phone.listen()
        self.assertEqual(await self.synchronize(device_id), "success")
        self.assertEqual(await phone.notified(), "check-sync")
        await self.api.post("/dev_mgr/devices", {"device": {"ip": "127.0.0.11"}})
        self.assertIn("no phone is registered as u2 (404); 127.0.0.11 is", await self.fails(device_id))
