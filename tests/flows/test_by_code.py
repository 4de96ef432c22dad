"""
A new phone becomes a user's (flows.md 4), as confd drives it.
"""

from __future__ import annotations

from tests.flows.office import OTHER, SECOND, USER, FlowCase, config_of, users_in
from tests.rest.case import OWN


class ByCode(FlowCase):
    async def test_a_phone_is_found_claimed_configured_and_synchronized(self) -> None:
        answer = await self.step(
            "GET",
            f'/dev_mgr/devices?q={{"ip":"{self.ADDRESS}"}}&recurse=true&sort=ip&sort_ord=ASC',
            status=200,
        )
        self.assertEqual(answer.json, {"devices": [self.device], "total": 1})
        answer = await self.step("GET", f"/cfg_mgr/configs/{self.first_config}", status=200)
        self.assertEqual(answer.json, {"config": self.configs[self.first_config]})
        await self.claim(USER)
        whom = await self.synchronized(self.customer)
        self.assertEqual(whom, [USER if self.ASKS else self.ADDRESS])
        await self.reboot()
        self.assertEqual(await self.synchronized(self.customer), [USER])

    async def test_a_second_line_leaves_the_device_as_it_is(self) -> None:
        await self.claim(USER)
        await self.reboot()
        file = (self.site.served() / OWN).stat()
        await self.step("PUT", self.path, {"device": self.device}, tenant=self.customer)
        after = (self.site.served() / OWN).stat()
        self.assertEqual((after.st_ino, after.st_mtime_ns), (file.st_ino, file.st_mtime_ns))
        for users in ((USER, SECOND), (OTHER, SECOND)):
            config = config_of(self.device_id, *users)
            await self.step(
                "PUT",
                self.own_config,
                {"config": config},
                tenant=self.customer,
                configs={self.device_id: config},
                serves=list(users),
            )
        # The phone still has the user that it was given first, until it has fetched the new one.
        self.assertEqual(await self.synchronized(self.customer), [OTHER if self.ASKS else USER])
        await self.reboot()
        self.assertEqual(await self.synchronized(self.customer), [OTHER])

    async def test_a_phone_of_another_tenant_stays_there(self) -> None:
        await self.claim(USER)
        document = {**self.device, "description": "mine"}
        for method, path, body, status, error in (
            ("PUT", self.path, {"device": document}, 404, "not-found"),
            ("POST", "/dev_mgr/devices", {"device": document}, 409, "duplicate-id"),
            ("GET", self.path, None, 404, "not-found"),
            ("DELETE", self.path, None, 404, "not-found"),
            ("POST", "/dev_mgr/synchronize", {"id": self.device_id}, 404, "not-found"),
        ):
            self.refused(await self.confd(method, path, body, self.other), status, error)
            await self.check()
        self.assertEqual(self.notified.whom, [])

    async def test_a_device_that_an_administrator_creates(self) -> None:
        answer = await self.confd("POST", "/cfg_mgr/autocreate", {}, self.customer)
        made = answer.json["id"]
        body = {"device": {"config": made}}
        answer = await self.confd("POST", "/dev_mgr/devices", body, self.customer)
        device_id = answer.json["id"]
        self.assertEqual(answer.header("Location"), f"/0.2/dev_mgr/devices/{device_id}")
        path = f"/dev_mgr/devices/{device_id}"
        device = (await self.confd("GET", path, None, self.customer)).json["device"]
        self.assertEqual(
            device,
            {
                "id": device_id,
                "config": made,
                "tenant_uuid": self.customer,
                "is_new": False,
                "configured": False,
            },
        )
        mac = "00:15:65:aa:bb:09"
        document = {**device, "mac": mac, "vendor": "Yealink", "model": "T46S", "plugin": "yealink"}
        self.assertEqual((await self.confd("PUT", path, {"device": document}, self.customer)).status, 204)
        config = (await self.confd("GET", f"/cfg_mgr/configs/{made}")).json["config"]
        answer = await self.confd("PUT", f"/cfg_mgr/configs/{made}", {"config": config}, self.customer)
        self.assertEqual(answer.status, 204)
        device = (await self.confd("GET", path, None, self.customer)).json["device"]
        self.assertEqual(device, {**document, "configured": True})
        self.assertEqual(users_in(self.site.served() / "001565aabb09.cfg"), [self.autoprov])


class ByCodeOfAPhoneThatAsksAllTheTime(ByCode):
    ASKS = True


class ByCodeOverIPv6(ByCode):
    ADDRESS = "::1"
