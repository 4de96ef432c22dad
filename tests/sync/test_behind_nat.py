"""
Phones behind one address: each is reached through its own binding, by Asterisk and through Kamailio.
"""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.utils import getProcessOutputAndValue

from tests.asterisk.running import Asterisk, manager, need_asterisk, pjsip
from tests.sip.phones import SipPhone
from tests.support import free_port, need_program
from tests.sync.nat import CustomerNetwork
from tests.sync.pbx import PBX, folder, mac


class BehindNAT(PBX):
    def before(self) -> None:
        self.network = CustomerNetwork(3)
        self.addCleanup(self.network.stop)
        self.network.start()

    def general(self) -> dict[str, Any]:
        return {"http_proxied_listen_interface": "0.0.0.0"}

    async def _set_up(self) -> None:
        await super()._set_up()
        answer = await self.api.put("/configure/NAT", {"param": {"value": "1"}})
        self.assertEqual(answer.status, 204, answer.text)
        self.devices = [await self.boots_inside(number) for number in (1, 2, 3)]
        self.assertEqual({device["ip"] for device in self.site.devices()}, {self.network.public})

    async def boots_inside(self, number: int) -> str:
        url = f"http://{self.network.server}:{self.site.settings.general.http_proxied_listen_port}"
        name = f"{mac(number).replace(':', '')}.cfg"
        command = [
            need_program("curl"),
            "-sf",
            "-m",
            "15",
            "-A",
            f"Yealink SIP-T46S 66.86.0.15 {mac(number)}",
        ]
        inside = ["netns", "exec", self.network.netns(number), *command, f"{url}/{name}"]
        _, _, code = await getProcessOutputAndValue(need_program("ip", "iproute2"), inside)
        self.assertEqual(code, 0)
        return self.found(number)

    def phone_inside(self, number: int, port: int, tells_mac: bool) -> SipPhone:
        return self.phone(number, self.network.address(number), port, tells_mac, self.network.netns(number))

    async def claimed(self, passwords: list[str]) -> list[SipPhone]:
        """
        Return two phones of users, whose endpoints tell them apart.
        """
        phones = [self.phone_inside(number, 5061, tells_mac=False) for number in (1, 2)]
        for number, (phone, password) in enumerate(zip(phones, passwords, strict=True), 1):
            await self.claim(self.devices[number - 1], f"u{number}", password, self.registrar)
            await self.boots_inside(number)
            await phone.register(self.registrar, f"u{number}", password)
        return phones

    async def each_is_notified_alone(self, phones: list[SipPhone]) -> None:
        for device_id, phone, other in zip(self.devices, phones, reversed(phones), strict=False):
            phone.listen()
            other.listen()
            self.assertEqual(await self.synchronize(device_id), "success")
            self.assertEqual(await phone.notified(), "check-sync")
            self.assertTrue(other.was_left_alone())

    async def nobody_is_notified(self, device_id: str, phones: list[SipPhone], why: str) -> None:
        for phone in phones:
            phone.listen()
        self.assertIn(why, await self.fails(device_id))
        self.assertTrue(all(phone.was_left_alone() for phone in phones))


class ByAsterisk(BehindNAT):
    def before(self) -> None:
        need_asterisk()
        super().before()

    def general(self) -> dict[str, Any]:
        return {**super().general(), "sync_service_type": "ami"}

    def sections(self) -> dict[str, Any]:
        self.ami = free_port()
        return {"ami": {"port": self.ami, "username": "provd", "password": "s3cret"}}

    async def test_each_is_reached_alone(self) -> None:
        port = free_port(socket.SOCK_DGRAM)
        self.registrar = f"{self.network.server}:{port}"
        users = dict([self.autoprov(), ("u1", "pw1"), ("u2", "pw2")])
        asterisk = Asterisk(
            folder(self.base, "asterisk"),
            {"manager": manager(self.ami, "s3cret"), "pjsip": pjsip(self.network.server, port, users)},
        )
        self.addCleanup(asterisk.stop)
        asterisk.start()
        await self.is_ok()

        # Unclaimed, with one account and one address, and a MAC address in the User-Agent.
        phones = [self.phone_inside(number, 5060, tells_mac=True) for number in (1, 2)]
        for phone in phones:
            await phone.register(self.registrar, *self.autoprov())
        await self.each_is_notified_alone(phones)

        phones = await self.claimed(["pw1", "pw2"])
        await self.each_is_notified_alone(phones)

        # Nobody can tell whom the address of one that isn't registered would reach.
        await self.nobody_is_notified(self.devices[2], phones, f"registered from {self.network.public}")


class ThroughKamailio(BehindNAT):
    def before(self) -> None:
        need_program("kamailio")
        super().before()

    def general(self) -> dict[str, Any]:
        return {**super().general(), "sync_service_type": "sip"}

    async def test_each_is_reached_alone(self) -> None:
        self.start_kamailio(self.network.server)
        phones = await self.claimed(["pw1", "pw1"])
        await self.each_is_notified_alone(phones)
        why = f"{self.network.public} is the address of 3 devices"
        await self.nobody_is_notified(self.devices[2], phones, why)
