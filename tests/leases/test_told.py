"""
Leases told to a daemon: the program as a DHCP server calls it, a real socket, real plugins.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.utils import getProcessOutputAndValue

from tests.leases.test_hook import MAC, PROGRAM
from tests.logged import logged
from tests.rest.case import ApiCase
from tests.support import need_program

YEALINK = "060" + ".".join(f"{byte:x}" for byte in b"yealink")


class LeaseCase(ApiCase):
    @property
    def path(self) -> Path:
        path = self.site.settings.dhcp.socket
        assert path is not None
        return path

    async def call(self, *words: str, **environment: str) -> None:
        """
        Call the program, which must end well and say nothing.
        """
        where = {"PROVD_DHCP_SOCKET": str(self.path), **environment}
        self.assertEqual(await getProcessOutputAndValue(str(PROGRAM), words, where), (b"", b"", 0))

    async def state(self) -> dict[str, Any]:
        """
        Return the daemon's word about it once nothing waits.
        """
        while True:
            state: dict[str, Any] = (await self.api.get("/status")).json["dhcp"]
            if not state["waiting"]:
                return state

    async def told(self, number: int) -> None:
        """
        Wait until so many datagrams have come and been dealt with.
        """
        while (await self.state())["received"] < number:
            pass


class Told(LeaseCase):
    async def test_a_phone_is_on_record_before_its_first_request(self) -> None:
        await self.call("isc", "commit", "192.0.2.7", MAC, YEALINK)
        await self.told(1)
        device = self.site.device()
        self.assertEqual((device["mac"], device["ip"]), ("00:15:65:aa:0b:01", "192.0.2.7"))
        self.assertEqual(
            (device["vendor"], device["plugin"], device["configured"]), ("Yealink", "yealink", True)
        )

    async def test_a_renewal_changes_nothing_but_the_address(self) -> None:
        await self.call("isc", "commit", "192.0.2.7", MAC, YEALINK)
        await self.told(1)
        before = self.site.device()
        await self.call("commit", "192.0.2.7", MAC, "060")
        await self.told(2)
        self.assertEqual(self.site.device(), before)
        await self.call("lease4_renew", LEASE4_ADDRESS="192.0.2.8", LEASE4_HWADDR="00:15:65:aa:0b:01")
        await self.told(3)
        self.assertEqual(self.site.device(), {**before, "ip": "192.0.2.8"})
        for end in ("release", "expiry"):
            await self.call("isc", end, "192.0.2.8")
        await self.told(5)
        self.assertEqual(self.site.device(), {**before, "ip": "192.0.2.8"})

    async def test_dnsmasq_tells_the_vendor_class_and_kea_several_phones(self) -> None:
        await self.call("add", "00:15:65:aa:0b:01", "192.0.2.7", DNSMASQ_VENDOR_CLASS="yealink")
        leases = {
            f"LEASES4_AT{number}_{name}": value
            for number in range(3)
            for name, value in (("ADDRESS", f"192.0.2.{number}"), ("HWADDR", f"00:15:65:00:00:0{number}"))
        }
        await self.call("leases4_committed", LEASES4_SIZE="3", **leases)
        await self.told(4)
        found = {device["mac"]: (device["ip"], device.get("vendor")) for device in self.site.devices()}
        self.assertEqual(found["00:15:65:aa:0b:01"], ("192.0.2.7", "Yealink"))
        self.assertEqual(
            [found[f"00:15:65:00:00:0{number}"][0] for number in range(3)],
            ["192.0.2.0", "192.0.2.1", "192.0.2.2"],
        )

    @pytest.mark.slow
    async def test_a_site_that_reboots_loses_no_lease(self) -> None:
        calls = self.base / "calls"
        calls.write_text(
            "".join(f"isc commit 192.0.{n // 256}.{n % 256} {n:012x} {YEALINK}\n" for n in range(500))
        )
        result = await getProcessOutputAndValue(
            need_program("xargs", "findutils"),
            ["--arg-file", str(calls), "--max-lines=1", "--max-procs=16", str(PROGRAM)],
            {**os.environ, "PROVD_DHCP_SOCKET": str(self.path)},
        )
        self.assertEqual(result, (b"", b"", 0))
        await self.told(500)
        state = await self.state()
        self.assertEqual((state["received"], state["refused"], state["lost"]), (500, 0, 0))
        devices = self.site.devices()
        self.assertEqual(len({device["ip"] for device in devices if device["vendor"] == "Yealink"}), 500)

    async def test_what_is_no_news_is_told_in_the_log_and_the_status(self) -> None:
        with logged() as events:
            await self.call("isc", "commit", "192.0.2.300", MAC)
            await self.told(1)
        (line,) = [text for text in events.texts() if text.startswith("news of a lease")]
        self.assertEqual(line, "news of a lease is refused: invalid dhcp_info: ip isn't an IPv4 address")
        counted = {"received": 1, "refused": 1, "lost": 0, "waiting": 0}
        self.assertEqual(await self.state(), {"status": "ok", "socket": str(self.path), **counted})

    async def test_what_was_told_is_done_before_the_daemon_ends_and_the_socket_is_gone(self) -> None:
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o660)
        await self.call("add", MAC, "192.0.2.7", DNSMASQ_VENDOR_CLASS="yealink")
        await self.site.stop()
        self.assertFalse(self.path.exists())
        await self.call("isc", "commit", "192.0.2.8", MAC, YEALINK)  # nobody hears it
        await self.site.start()
        self.assertEqual(self.site.device()["ip"], "192.0.2.7")


class Strangers(LeaseCase):
    """
    Kea and dnsmasq tell of every client.
    """

    async def lease(self, address: str, mac: str, number: int) -> None:
        await self.call("add", mac, address)
        await self.told(number)

    async def test_a_computer_is_not_put_on_record(self) -> None:
        await self.call("add", "52:54:00:00:00:01", "192.0.2.7", DNSMASQ_VENDOR_CLASS="MSFT 5.0")
        await self.told(1)
        self.assertEqual(self.site.devices(), [])

    async def test_what_its_address_asks_for_then_tells_which_phone_it_is(self) -> None:
        await self.lease("127.0.0.1", "52:54:00:00:00:01", 1)
        await self.site.curl(f"tftp://127.0.0.1:{self.site.settings.general.tftp_port}/y000000000028.cfg")
        device = self.site.device()
        self.assertEqual((device["mac"], device["model"]), ("52:54:00:00:00:01", "T46G"))

    async def test_whoever_has_its_address_now_is_not_taken_for_a_phone_that_had_it(self) -> None:
        await self.call("add", "00:15:65:0a:0b:01", "192.0.2.7", DNSMASQ_VENDOR_CLASS="yealink")
        await self.told(1)
        await self.lease("192.0.2.7", "52:54:00:00:00:01", 2)
        device = self.site.device()
        self.assertEqual(device["mac"], "00:15:65:0a:0b:01")
        self.assertNotIn("ip", device)


class Occupied(LeaseCase):
    async def _set_up(self) -> None:
        pass

    async def start(self) -> None:
        await super()._set_up()

    def sections(self) -> dict[str, Any]:
        (self.base / "occupied").write_text("somebody's")
        return {"dhcp": {"socket": str(self.base / "occupied")}}

    async def test_phones_are_served_without_it(self) -> None:
        with logged() as events:
            await self.start()
        self.assertIn("occupied exists and isn't a socket", " ".join(events.texts()))
        state = (await self.api.get("/status")).json["dhcp"]
        self.assertEqual((state["status"], "isn't a socket" in state["why"]), ("fail", True))
        await self.site.stop()
        self.assertEqual((self.base / "occupied").read_text(), "somebody's")


class Off(ApiCase):
    def sections(self) -> dict[str, Any]:
        return {"dhcp": {"socket": ""}}

    async def test_it_can_be_off(self) -> None:
        self.assertNotIn("dhcp", (await self.api.get("/status")).json)
