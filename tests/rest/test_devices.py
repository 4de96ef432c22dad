"""
Devices over the API.
"""

from __future__ import annotations

from typing import Any

from tests.rest.case import LINE, OWN, ApiCase

MAC = "00:15:65:aa:bb:0c"


class Documents(ApiCase):
    async def create(self, **device: Any) -> str:
        answer = await self.api.post("/dev_mgr/devices", {"device": device})
        self.assertEqual(answer.status, 201, answer.text)
        self.assertEqual(answer.header("Location"), f"/0.2/dev_mgr/devices/{answer.json['id']}")
        return str(answer.json["id"])

    async def test_a_device_is_made_shown_replaced_and_removed(self) -> None:
        device_id = await self.create(
            mac="00-15-65-AA-BB-C", ip="192.0.2.7", model=None, X_mine=None, tenant_uuid="x", configured=True
        )
        self.assertRegex(device_id, "^[0-9a-f]{32}$")
        self.assertEqual(
            await self.device(device_id),
            {
                "id": device_id,
                "mac": MAC,
                "ip": "192.0.2.7",
                "X_mine": None,
                "tenant_uuid": self.master,
                "is_new": True,
                "configured": False,
            },
        )
        path = f"/dev_mgr/devices/{device_id}"
        put = await self.api.put(path, {"device": {"id": "other", "vendor": "Yealink", "options": {"a": 1}}})
        self.assertEqual((put.status, put.text, put.header("Content-Type")), (204, "", None))
        device = await self.device(device_id)
        self.assertEqual(
            (device["vendor"], device["options"], device.get("mac")), ("Yealink", {"a": 1}, None)
        )
        self.assertEqual((await self.api.delete(path)).status, 204)
        for method in (self.api.get, self.api.delete):
            self.refused(await method(path), 404, "not-found")

    async def test_a_value_of_another_type_is_another_value(self) -> None:
        device_id = await self.create(X_a=1, options={"a": [0]})
        for value in (True, 1.0, 1):
            body = {"device": {"X_a": value, "options": {"a": [value]}}}
            self.assertEqual((await self.api.put(f"/dev_mgr/devices/{device_id}", body)).status, 204)
            device = await self.device(device_id)
            self.assertEqual(repr((device["X_a"], device["options"])), repr((value, {"a": [value]})))

    async def test_what_cannot_be_a_device_is_refused_and_nothing_is_stored(self) -> None:
        before = self.site.devices()
        for device, error_id in (
            ({"mac": "x"}, "invalid-mac"),
            ({"ip": "192.0.2.256"}, "invalid-ip"),
            ({"ip": "[2001:db8::1]"}, "invalid-ip"),
            ({"id": "../x"}, "invalid-id"),
            ({"id": ".x"}, "invalid-id"),
            ({"id": ""}, "invalid-id"),
            ({"id": "a" * 129}, "invalid-id"),
            ({"model": 1, "options": []}, "invalid-body"),
            ({"uuid": "x"}, "invalid-body"),
            ({"added": True}, "invalid-body"),
            ({"remote_state_sip_username": {}}, "invalid-body"),
        ):
            self.refused(await self.api.post("/dev_mgr/devices", {"device": device}), 400, error_id)
        for body in ({}, {"device": []}, {"device": None}):
            self.refused(await self.api.post("/dev_mgr/devices", body), 400, "invalid-body")
        self.assertEqual(self.site.devices(), before)
        await self.create(id="a1")
        self.refused(await self.api.post("/dev_mgr/devices", {"device": {"id": "a1"}}), 409, "duplicate-id")
        self.refused(await self.api.put("/dev_mgr/devices/a1", {"device": {"mac": "x"}}), 400, "invalid-mac")
        self.refused(await self.api.put("/dev_mgr/devices/None", {"id": None}), 404, "not-found")

    async def test_queries_find_sort_and_cut(self) -> None:
        for number in range(5):
            await self.create(id=f"d{number}", ip=f"192.0.2.{9 - number}", options={"n": number})
        for query, ids in (
            ("", ["d0", "d1", "d2", "d3", "d4"]),
            ("sort=ip&sort_ord=ASC", ["d4", "d3", "d2", "d1", "d0"]),
            ("sort=ip&sort_ord=DESC&skip=1&limit=2", ["d1", "d2"]),
            ("limit=0&reverse=True", ["d0", "d1", "d2", "d3", "d4"]),
            ('q={"options.n":{"$gt":2}}', ["d3", "d4"]),
            ("q64=eyJpZCI6ICJkMSJ9&q={}", ["d1"]),
            ("q64=eyJpZCI6ICJkMSJ9&q64=x", ["d1"]),
            ('q={"tenant_uuid":"x"}', []),
        ):
            answer = await self.api.get(f"/dev_mgr/devices/?{query}")
            self.assertEqual([device["id"] for device in answer.json["devices"]], ids, query)
        answer = await self.api.get("/dev_mgr/devices?fields=ip,options.n&limit=1")
        self.assertEqual(
            answer.json, {"devices": [{"id": "d0", "ip": "192.0.2.9", "options": {"n": 0}}], "total": 5}
        )
        for query in (
            "q=x",
            "q=[]",
            "q=NaN",
            'q={"a":1,"a":2}',
            'q={"a":{"$x":1}}',
            "q64=%25",
            "skip=-1",
            "limit=x",
            "sort_ord=UP&sort=ip",
        ):
            self.refused(await self.api.get(f"/dev_mgr/devices?{query}"), 400, "invalid-query")
        head = await self.api.call("HEAD", "/dev_mgr/devices")
        self.assertEqual((head.status, head.text), (200, ""))

    async def test_half_a_character_is_kept(self) -> None:
        device_id = await self.create(X_half="\ud83d", X_whole="é")
        device = await self.device(device_id)
        (listed,) = (await self.api.get("/dev_mgr/devices")).json["devices"]
        for shown in (device, listed):
            self.assertEqual((shown["X_half"], shown["X_whole"]), ("\ud83d", "é"))

    async def test_actions(self) -> None:
        device_id = await self.boot()
        for action in ("synchronize", "reconfigure"):
            self.refused(await self.api.post(f"/dev_mgr/{action}", {"id": "other"}), 404, "not-found")
            self.refused(await self.api.post(f"/dev_mgr/{action}", {}), 400, "invalid-body")
        (self.site.served() / OWN).unlink()
        self.assertEqual((await self.api.post("/dev_mgr/reconfigure", {"id": device_id})).status, 204)
        self.assertTrue((self.site.served() / OWN).exists())
        begun = await self.api.post("/dev_mgr/synchronize", {"id": device_id})
        self.assertEqual((begun.status, begun.header("Location")), (201, "/0.2/dev_mgr/synchronize/1"))
        self.assertEqual(await self.api.finished(begun.header("Location")), "fail")
        self.assertEqual((await self.api.delete("/dev_mgr/synchronize/1")).status, 204)

    async def test_news_of_leases(self) -> None:
        def news(**info: Any) -> Any:
            return self.api.post("/dev_mgr/dhcpinfo", {"dhcp_info": info})

        lease = {"op": "commit", "ip": "192.0.2.77", "mac": "0:15:65:aa:bb:d"}
        option = "060" + ".".join(f"{byte:x}" for byte in b"yealink")
        self.assertEqual((await news(**lease, options=[option, "012"])).status, 204)
        device = self.site.device()
        self.assertEqual(
            (device["mac"], device["ip"], device["vendor"]), ("00:15:65:aa:bb:0d", "192.0.2.77", "Yealink")
        )
        for operation in ("expiry", "release"):
            self.assertEqual((await news(op=operation, ip="192.0.2.77")).status, 204)
        for wrong in (
            {"op": "other", "ip": "192.0.2.77"},
            {"op": "commit", "ip": "x", "mac": "0:1:2:3:4:5", "options": []},
            {**lease, "options": ["06"]},
            {**lease, "options": ["256aa"]},
            {**lease, "options": ["060zz"]},
            {**lease, "options": [1]},
            {**lease, "mac": None, "options": []},
            lease,
        ):
            self.assertEqual((await news(**wrong)).status, 400, wrong)


class TenantsOfDevices(ApiCase):
    """
    Who may do what with whose device: every cell of the table.
    """

    async def owned(self, tenant: str, device_id: str = "d") -> None:
        answer = await self.api.post(
            "/dev_mgr/devices", {"device": {"id": device_id, "ip": "192.0.2.8"}}, **{"Accent-Tenant": tenant}
        )
        self.assertEqual(answer.status, 201)

    async def test_devices_are_made_for_the_tenant_of_the_caller(self) -> None:
        await self.owned(self.branch)
        device = await self.device("d")
        self.assertEqual((device["tenant_uuid"], device["is_new"]), (self.branch, False))

    async def test_reading(self) -> None:
        names = {"m": self.master, "c": self.customer, "b": self.branch, "o": self.other}
        for name, tenant in names.items():
            await self.owned(tenant, name)
        seen = {"m": "mcbo", "c": "cb", "b": "b", "o": "o"}
        for name, tenant in names.items():
            header = {"Wazo-Tenant": tenant}
            for other in names:
                status = (await self.api.get(f"/dev_mgr/devices/{other}", **header)).status
                self.assertEqual(status, 200 if other in seen[name] else 404, (name, other))
            for query, expected in (("", name), ("recurse=True", seen[name]), ("recurse=False", name)):
                answer = await self.api.get(f"/dev_mgr/devices?{query}", **header)
                ids = sorted(device["id"] for device in answer.json["devices"])
                self.assertEqual((ids, answer.json["total"]), (sorted(expected), len(expected)))

    async def test_writing_removing_and_acting(self) -> None:
        # Owner -> who may: True as the tenant stays, a tenant that it moves to, None not found.
        names = {"master": self.master, "customer": self.customer, "branch": self.branch, "other": self.other}
        may_write = {
            "master": {"master": "master", "customer": "customer", "branch": "branch", "other": "other"},
            "customer": {"master": "customer", "customer": "customer", "branch": None, "other": None},
            "branch": {"master": "branch", "customer": "branch", "branch": "branch", "other": None},
        }
        may_act = {
            "master": {"master"},
            "customer": {"master", "customer"},
            "branch": {"master", "customer", "branch"},
        }
        for owner, cells in may_write.items():
            for name, becomes in cells.items():
                header = {"Accent-Tenant": names[name]}
                await self.owned(names[owner])
                for action in ("synchronize", "reconfigure"):
                    status = (await self.api.post(f"/dev_mgr/{action}", {"id": "d"}, **header)).status
                    self.assertEqual(status < 300, name in may_act[owner], (owner, name, action))
                body = {"device": {"description": "x", "tenant_uuid": self.other}}
                status = (await self.api.put("/dev_mgr/devices/d", body, **header)).status
                self.assertEqual(status, 404 if becomes is None else 204, (owner, name))
                device = await self.device("d")
                self.assertEqual(device["tenant_uuid"], names[becomes or owner])
                self.assertEqual(device["is_new"], (becomes or owner) == "master")
                await self.api.delete("/dev_mgr/devices/d")
                await self.owned(names[owner])
                status = (await self.api.delete("/dev_mgr/devices/d", **header)).status
                self.assertEqual(status, 204 if name in may_act[owner] else 404)
                await self.api.delete("/dev_mgr/devices/d")

    async def test_a_gateway_shows_itself_to_the_tenants_of_its_lines(self) -> None:
        await self.owned(self.customer)
        lines = {"1": {**LINE, "X_tenant_uuid": self.customer}, "2": {**LINE, "X_tenant_uuid": self.other}}
        config = {"id": "gateway", "parent_ids": [], "raw_config": {"sip_lines": lines}}
        await self.api.post("/cfg_mgr/configs", {"config": config})
        header = {"Accent-Tenant": self.other}
        self.assertEqual((await self.api.get("/dev_mgr/devices/d", **header)).status, 404)
        await self.api.put("/dev_mgr/devices/d", {"device": {"config": "gateway"}})
        self.assertEqual((await self.api.get("/dev_mgr/devices/d", **header)).status, 200)
        listed = (await self.api.get("/dev_mgr/devices", **header)).json
        self.assertEqual([device["id"] for device in listed["devices"]], ["d"])
        self.assertEqual((await self.api.put("/dev_mgr/devices/d", {"device": {}}, **header)).status, 404)
        self.assertEqual((await self.api.delete("/dev_mgr/devices/d", **header)).status, 404)
        self.assertEqual((await self.api.post("/dev_mgr/synchronize", {"id": "d"}, **header)).status, 404)
