"""
Phones that a real Asterisk knows, asked through its manager port.
"""

from __future__ import annotations

import socket
from typing import Any

from tests.asterisk.running import Asterisk, manager, need_asterisk, pjsip
from tests.support import free_port
from tests.sync.pbx import PBX, folder
from tests.tls import self_signed


class WithAsterisk(PBX):
    def before(self) -> None:
        need_asterisk()

    def general(self) -> dict[str, Any]:
        return {"sync_service_type": "ami"}

    def sections(self) -> dict[str, Any]:
        self.tls = free_port()
        self.certificate, self.private = self_signed()
        (self.base / "ca.pem").write_bytes(self.certificate)
        return {
            "ami": {
                "port": self.tls,
                "tls": True,
                "verify_certificate": str(self.base / "ca.pem"),
                "username": "provd",
                "password": "s3cret",
            }
        }

    def start_asterisk(self) -> Asterisk:
        port = free_port(socket.SOCK_DGRAM)
        self.registrar = f"127.0.0.1:{port}"
        work = folder(self.base, "asterisk")
        (work / "ami.pem").write_bytes(self.private + self.certificate)
        users = dict([self.autoprov(), ("u1", "pw1"), ("u2", "pw2")])
        tls = f"tlsenable=yes\ntlsbindaddr=127.0.0.1:{self.tls}\ntlscertfile=/mnt/ami.pem"
        asterisk = Asterisk(
            work,
            {
                "manager": manager(free_port(), "s3cret", more=tls),
                "pjsip": pjsip("127.0.0.1", port, users),
            },
        )
        self.addCleanup(asterisk.stop)
        asterisk.start()
        return asterisk

    async def test_the_right_phone_is_notified(self) -> None:
        self.assertEqual((await self.status())["type"], "ami")
        asterisk = self.start_asterisk()
        await self.is_ok()

        # A phone at an address, while nobody is registered at all.
        zeroth = await self.boots(9, "127.0.0.19")
        nine = self.phone(9, "127.0.0.19", 5060)
        nine.listen()
        self.assertEqual(await self.synchronize(zeroth), "success")
        self.assertEqual(await nine.notified(), "check-sync")

        # Two phones that nobody has claimed: their shared account tells nothing, their User-Agent does.
        first, second = await self.boots(1, "127.0.0.11"), await self.boots(2, "127.0.0.12")
        one, two = self.phone(1, "127.0.0.11"), self.phone(2, "127.0.0.12")
        for phone in (one, two):
            await phone.register(self.registrar, *self.autoprov())
            phone.listen()
        self.assertEqual(await self.synchronize(first), "success")
        self.assertEqual(await one.notified(), "check-sync")
        self.assertTrue(two.was_left_alone())
        self.assertEqual(await self.synchronize(second), "success")
        self.assertEqual(await two.notified(), "check-sync")

        # The first becomes a user's; its User-Agent tells no MAC address, its endpoint tells enough.
        await self.claim(first, "u1", "pw1")
        await self.boots(1, "127.0.0.11")
        one = self.phone(1, "127.0.0.11", 5071, tells_mac=False)
        await one.register(self.registrar, "u1", "pw1")
        one.listen()
        two.listen()
        self.assertEqual(await self.synchronize(first), "success")
        self.assertEqual(await one.notified(), "check-sync")

        # Asterisk dies and comes back; what it knew last of its phones may be gone.
        asterisk.stop()
        while (await self.status())["status"] == "ok":
            pass
        asterisk.start()
        await self.is_ok()
        await one.register(self.registrar, "u1", "pw1")
        one.listen()
        self.assertEqual(await self.synchronize(first), "success")
        self.assertEqual(await one.notified(), "check-sync")
        self.assertTrue(two.was_left_alone())

        # A phone that isn't registered at all is reached by its address.
        third = await self.boots(3, "127.0.0.13")
        three = self.phone(3, "127.0.0.13", 5060)
        three.listen()
        self.assertEqual(await self.synchronize(third), "success")
        self.assertEqual(await three.notified(), "check-sync")

        # A user's phone that isn't, and whose address another one has, is left alone.
        await self.claim(third, "u2", "pw2")
        await self.boots(3, "127.0.0.13")
        await self.api.post("/dev_mgr/devices", {"device": {"ip": "127.0.0.13"}})
        self.assertIn("127.0.0.13 is the address of 2 devices", await self.fails(third))
