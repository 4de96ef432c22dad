"""
The last requests over the API.
"""

from __future__ import annotations

from tests.rest.case import AGENT, OWN, ApiCase

KEYS = {
    *("id", "at", "protocol", "client", "request", "user_agent", "device_info", "extractors", "retriever"),
    *("device_id", "candidate", "changes", "plugin", "status", "bytes", "milliseconds"),
}


class Requests(ApiCase):
    async def test_what_phones_asked_is_told_newest_first(self) -> None:
        device_id = await self.boot()
        await self.site.tftp(OWN, "127.0.0.2")
        await self.site.get("nothing", "Other", "127.0.0.3")
        lease = {"op": "commit", "ip": "127.0.0.4", "mac": "00:15:65:aa:bb:09", "options": []}
        await self.api.post("/dev_mgr/dhcpinfo", {"dhcp_info": lease})
        told = (await self.api.get("/requests")).json["requests"]
        self.assertEqual([trace["protocol"] for trace in told], ["dhcp", "http", "tftp", "http"])
        self.assertEqual({key for trace in told for key in trace}, KEYS)
        first = told[-1]
        self.assertEqual(
            (
                first["request"],
                first["user_agent"],
                first["device_id"],
                first["retriever"],
                first["plugin"],
                first["status"],
            ),
            (f"/{OWN}", AGENT, device_id, "add", "yealink", 200),
        )
        self.assertEqual(first["extractors"][0]["plugin"], "yealink")
        self.assertEqual(first["device_info"]["mac"], "00:15:65:aa:bb:01")
        for query, count in (
            (f"device={device_id}", 2),
            ("ip=127.0.0.3", 1),
            ("mac=00-15-65-AA-BB-09", 1),
            ("limit=2", 2),
            ("device=other", 0),
        ):
            self.assertEqual(len((await self.api.get(f"/requests?{query}")).json["requests"]), count, query)
        for query in ("limit=0", "limit=1001", "limit=x", "mac=x"):
            self.refused(await self.api.get(f"/requests?{query}"), 400, "invalid-query")

    async def test_a_tenant_is_told_of_its_own_devices(self) -> None:
        device_id = await self.boot()
        await self.site.get("nothing", "Other", "127.0.0.3")
        somebody = await self.caller(self.customer)
        self.assertEqual((await somebody.get("/requests")).json, {"requests": []})
        device = self.site.device()
        await somebody.put(f"/dev_mgr/devices/{device_id}", {"device": device})
        told = (await somebody.get("/requests")).json["requests"]
        self.assertEqual([trace["device_id"] for trace in told], [device_id])
        stranger = await self.caller(self.other)
        self.assertEqual((await stranger.get("/requests")).json, {"requests": []})
        await self.api.delete(f"/dev_mgr/devices/{device_id}")
        self.assertEqual((await somebody.get("/requests")).json, {"requests": []})
        self.assertEqual(len((await self.api.get("/requests")).json["requests"]), 2)
