"""
plugin-api, 12: a lease, as a DHCP server's agent tells it, as an extractor sees it.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from tests.contract.kit import ContractTest
from tests.rest.api import Api


class Leases(ContractTest):
    async def lease(self, *options: str, ip: str = "192.0.2.7", mac: str = "0:15:65:AA:b:1") -> Any:
        """
        Tell of a lease, and return what the extractor was shown once nothing more comes of it.
        """
        done: Deferred[None] = Deferred()
        self.patch(self.site.parts.traces, "keep", lambda trace: done.callback(None))
        info = {"op": "commit", "ip": ip, "mac": mac, "options": list(options)}
        answer = await Api(self.site).post("/dev_mgr/dhcpinfo", {"dhcp_info": info})
        self.assertEqual(answer.status, 204, answer.text)
        await done
        (shown,) = self.seen
        return shown

    async def test_addresses_are_normalized_and_options_are_text_by_number(self) -> None:
        brand = "060" + ".".join(f"{byte:x}" for byte in b"Brand X1\0")
        request = await self.lease(brand, "0430.1.7f.80.ff", "012")
        self.assertEqual((request["ip"], request["mac"]), ("192.0.2.7", "00:15:65:aa:0b:01"))
        self.assertEqual(request["options"], {60: "Brand X1\0", 43: "\0\x01\x7f\x80\xff", 12: ""})
        self.assertEqual({type(code) for code in request["options"]}, {int})

    async def test_a_lease_without_options_has_none(self) -> None:
        self.assertEqual((await self.lease())["options"], {})

    async def test_what_the_vendor_class_tells_is_put_on_record(self) -> None:
        await self.lease("060" + ".".join(f"{byte:02X}" for byte in b"Brand X1\0"))
        device = self.site.device()
        self.assertEqual((device["vendor"], device["model"], device["plugin"]), ("Brand", "X1", "brand"))
        self.assertEqual((device["mac"], device["ip"]), ("00:15:65:aa:0b:01", "192.0.2.7"))
