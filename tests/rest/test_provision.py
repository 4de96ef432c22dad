"""
Provisioning by code over the API.
"""

from __future__ import annotations

from typing import Any

from tests.rest.api import Answer, Api
from tests.rest.case import AGENT, LINE, OWN, ApiCase

CODE = "480193"


class ProvisionCase(ApiCase):
    async def config(self, config_id: str = "user", status: int = 201, **more: Any) -> Answer:
        config = {
            "id": config_id,
            "parent_ids": ["base", "defaultconfigdevice"],
            "raw_config": {"sip_lines": {"1": LINE}},
            "X_provisioning_code": CODE,
            **more,
        }
        answer = await self.api.post("/cfg_mgr/configs", {"config": config})
        self.assertEqual(answer.status, status, answer.text)
        return answer

    async def dial(self, api: Api | None = None, code: Any = CODE, **device: Any) -> Answer:
        return await (api or self.api).post("/dev_mgr/provision", {"code": code, **device})

    async def phone(self, number: int, tenant: str | None = None, ip: str = "192.0.2.7") -> str:
        """
        Put a phone on record that is in the pool, or its tenant's.
        """
        device = {"id": f"d{number}", "ip": ip, "mac": f"00:15:65:00:00:0{number}"}
        tenants = {"Accent-Tenant": tenant} if tenant else {}
        answer = await self.api.post("/dev_mgr/devices", {"device": device}, **tenants)
        self.assertEqual(answer.status, 201, answer.text)
        return f"d{number}"


class Codes(ProvisionCase):
    async def test_a_code_is_one_configs_and_can_be_read(self) -> None:
        await self.config()
        refused = await self.config("other", 409)
        self.refused(refused, 409, "duplicate-code")
        self.assertNotIn(CODE, refused.text)
        await self.config("other", X_provisioning_code="5")
        other = (await self.api.get("/cfg_mgr/configs/other")).json["config"]
        self.assertEqual(other["X_provisioning_code"], "5")
        put = await self.api.put("/cfg_mgr/configs/other", {"config": {**other, "X_provisioning_code": CODE}})
        self.refused(put, 409, "duplicate-code")
        found = await self.api.get('/cfg_mgr/configs?q={"X_provisioning_code":"5"}&fields=label')
        self.assertEqual(found.json["configs"], [{"id": "other"}])
        self.assertEqual((await self.api.delete("/cfg_mgr/configs/user")).status, 204)
        put = await self.api.put("/cfg_mgr/configs/other", {"config": {**other, "X_provisioning_code": CODE}})
        self.assertEqual(put.status, 204)

    async def test_what_cannot_be_a_code_is_refused_without_being_told(self) -> None:
        for code in (480193, "", "48019x", ["480193"], "1" * 33):
            answer = await self.config("user", 400, X_provisioning_code=code)
            self.refused(answer, 400, "invalid-body")
            self.assertNotIn("4801", answer.text)
        await self.config("user", 400, X_tenant_uuid="x")


class Provision(ProvisionCase):
    async def test_a_phone_becomes_a_users_and_goes_back(self) -> None:
        device_id = await self.boot()
        await self.config(X_tenant_uuid=self.customer)
        done = await self.dial(ip="127.0.0.1")
        self.assertEqual(done.status, 200, done.text)
        self.assertEqual(
            done.json,
            {
                "device_id": device_id,
                "config_id": "user",
                "tenant_uuid": self.customer,
                "configured": True,
                "synchronized": False,  # nothing to send a NOTIFY with
                "released": [],
            },
        )
        self.assertIn(b"k3v9x2", (await self.site.get(OWN, AGENT))[1])
        device = await self.device(device_id)
        self.assertEqual((device["tenant_uuid"], device["is_new"]), (self.customer, False))
        self.assertEqual((await self.dial(device_id=device_id)).json, done.json)
        for _ in range(2):  # a double reset harms nobody
            back = (await self.dial(code="autoprov", device_id=device_id)).json
            self.assertEqual((back["configured"], back["tenant_uuid"]), (True, self.customer))
            self.assertIn(self.site.autoprov_user().encode(), (await self.site.get(OWN, AGENT))[1])
        transient = {config for config in self.site.configs() if config.startswith("autoprov")}
        self.assertEqual(transient, {"autoprov", back["config_id"]})
        self.assertEqual((await self.dial(ip="::ffff:127.0.0.1")).json, done.json)
        log = (self.site.data / "security.log").read_text()
        self.assertNotIn(CODE, log)

    async def test_a_line_moves_to_the_phone_on_which_its_code_is_dialed(self) -> None:
        await self.config()
        await self.phone(1)
        await self.phone(2, ip="192.0.2.8")
        self.assertEqual((await self.dial(device_id="d1")).json["released"], [])
        self.assertEqual((await self.dial(ip="192.0.2.8")).json["released"], ["d1"])
        self.assertTrue((await self.device("d1"))["config"].startswith("autoprov"))

    async def test_what_is_asked_must_be_whole(self) -> None:
        await self.phone(1)
        for body in (
            {"device_id": "d1"},
            {"code": CODE},
            {"code": CODE, "ip": "192.0.2.7", "device_id": "d1"},
            {"code": 480193, "device_id": "d1"},
            {"code": "", "device_id": "d1"},
            {"code": CODE, "device_id": ["d1"]},
            {"code": CODE, "ip": None},
        ):
            answer = await self.api.post("/dev_mgr/provision", body)
            self.refused(answer, 400, "invalid-body")
        self.refused(await self.dial(ip="192.0.2.999"), 400, "invalid-ip")
        self.assertEqual((await self.api.get("/dev_mgr/provision")).status, 405)

    async def test_no_such_device_or_several(self) -> None:
        await self.config()
        self.refused(await self.dial(device_id="d1"), 404, "not-found")
        self.refused(await self.dial(ip="192.0.2.7"), 404, "not-found")
        await self.phone(1)
        await self.phone(2)
        self.refused(await self.dial(ip="192.0.2.7"), 409, "several-devices")
        self.assertEqual((await self.dial(device_id="d2")).status, 200)

    async def test_it_needs_its_own_access(self) -> None:
        await self.config()
        await self.phone(1)
        for acl, status in (("provd.dev_mgr.devices.#", 401), ("provd.dev_mgr.provision.create", 200)):
            caller = await self.caller(None, acl)
            self.assertEqual((await self.dial(caller, device_id="d1")).status, status)

    async def test_each_caller_reaches_what_is_their_tenants(self) -> None:
        customer = await self.caller(self.customer)
        new, others = await self.phone(1), await self.phone(2, self.other)
        below = await self.phone(3, self.branch)
        await self.config("mine", X_provisioning_code="1", X_tenant_uuid=self.customer)
        await self.config("branch", X_provisioning_code="2", X_tenant_uuid=self.branch)
        await self.config("other", X_provisioning_code="3", X_tenant_uuid=self.other)
        await self.config("anybody", X_provisioning_code="4")
        for code, device_id, expected in (
            ("1", others, 404),
            ("autoprov", others, 404),
            ("3", below, 404),
            ("3", new, 404),
            ("4", new, 404),
            ("autoprov", new, 404),
            ("1", below, self.branch),
            ("4", below, self.branch),
            ("2", new, self.branch),
            ("1", new, self.branch),  # not new any more: it stays
        ):
            answer = await self.dial(customer, code, device_id=device_id)
            if expected == 404:
                self.refused(answer, 404, "not-found")
            else:
                self.assertEqual(answer.json.get("tenant_uuid"), expected, answer.text)
        # The master tenant sees every device, and yet gives none to another tenant.
        self.refused(await self.dial(code="1", device_id=others), 404, "not-found")
        self.assertEqual((await self.dial(code="3", device_id=others)).json["tenant_uuid"], self.other)

    async def test_an_address_that_two_tenants_have_is_each_ones_own(self) -> None:
        await self.phone(1, self.other)
        await self.phone(2, self.branch)
        await self.config()
        customer = await self.caller(self.customer)
        self.assertEqual((await self.dial(customer, ip="192.0.2.7")).json["device_id"], "d2")
        self.refused(await self.dial(ip="192.0.2.7"), 409, "several-devices")

    async def test_wrong_codes_are_slowed_down(self) -> None:
        await self.config()
        await self.phone(1)
        await self.phone(2, ip="192.0.2.8")
        for number in range(4):
            answer = await self.dial(code=f"77777{number}", ip="192.0.2.7")
            self.refused(answer, 404, "not-found")
            self.assertNotIn("7777", answer.text)
        answer = await self.dial(ip="192.0.2.7")  # the right one isn't looked at either
        self.refused(answer, 429, "too-many-attempts")
        self.assertIn(answer.header("Retry-After"), ("1", "2"))
        self.assertEqual((await self.dial(device_id="d2")).status, 200)

    async def test_an_address_on_record_that_is_none_does_no_harm(self) -> None:
        for device_id, ip in (("odd", "10.0.0.1:5060"), ("odder", 5)):
            await self.site.parts.store.devices.insert({"id": device_id, "ip": ip})
            for _ in range(4):
                self.refused(await self.dial(code="777770", device_id=device_id), 404, "not-found")
            self.refused(await self.dial(code="777770", device_id=device_id), 429, "too-many-attempts")

    async def test_with_their_tenant_go_the_configs_that_wait_for_its_phones(self) -> None:
        await self.config("mine", X_tenant_uuid=self.other)
        await self.config("used", X_provisioning_code="2", X_tenant_uuid=self.other)
        await self.phone(1, self.customer)
        device = await self.device("d1")
        put = await self.api.put("/dev_mgr/devices/d1", {"device": {**device, "config": "used"}})
        self.assertEqual(put.status, 204)
        self.assertEqual((await self.api.delete(f"/auth/tenants/{self.other}")).status, 204)
        self.assertEqual((await self.api.get("/cfg_mgr/configs/mine")).status, 404)
        self.assertEqual((await self.api.get("/cfg_mgr/configs/used")).status, 200)
