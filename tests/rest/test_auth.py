"""
Local tokens and tenants over the API.
"""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from tests.rest.api import Api
from tests.rest.case import AGENT, OWN, ApiCase


class Tokens(ApiCase):
    PLUGINS: Any = []

    async def create(self, caller: Api | None = None, **token: Any) -> Any:
        return await (caller or self.api).post("/auth/tokens", {"token": {"name": "n", **token}})

    async def test_a_token_is_made_listed_and_revoked(self) -> None:
        made = await self.create(acl=["provd.status.read"], tenant_uuid=self.customer)
        self.assertEqual((made.status, made.header("Cache-Control")), (201, "no-store"))
        token_id = made.json["id"]
        self.assertEqual(made.header("Location"), f"/0.2/auth/tokens/{token_id}")
        user = Api(self.site, made.json["token"])
        self.assertEqual((await user.get("/status")).status, 200)
        self.assertEqual((await user.get("/configure")).status, 401)
        listed = {token["id"]: token for token in (await self.api.get("/auth/tokens")).json["tokens"]}
        shown = listed[token_id]
        self.assertEqual(
            (shown["acl"], shown["tenant_uuid"], shown["expires"]),
            (["provd.status.read"], self.customer, None),
        )
        self.assertLess(abs(shown["last_used"] - time.time()), 60)
        self.assertNotIn("token", shown)
        self.assertEqual((await self.api.delete(f"/auth/tokens/{token_id}")).status, 204)
        self.assertEqual((await user.get("/status")).status, 401)
        self.refused(await self.api.delete(f"/auth/tokens/{token_id}"), 404, "not-found")

    async def test_tokens_made_at_the_same_time_are_all_good_and_told_to_who_asked(self) -> None:
        made = await gatherResults([Deferred.fromCoroutine(self.create(name=f"n{i}")) for i in range(12)])
        self.assertEqual({answer.status for answer in made}, {201})
        names = {token["id"]: token["name"] for token in (await self.api.get("/auth/tokens")).json["tokens"]}
        self.assertEqual([names[answer.json["id"]] for answer in made], [f"n{i}" for i in range(12)])
        for answer in made:
            self.assertEqual((await Api(self.site, answer.json["token"]).get("/status")).status, 200)

    async def test_a_token_may_end(self) -> None:
        made = await self.create(expires=time.time() + 0.2)
        user = Api(self.site, made.json["token"])
        self.assertEqual((await user.get("/status")).status, 200)
        while (await user.get("/status")).status == 200:
            pass

    async def test_nobody_grants_more_than_they_have(self) -> None:
        end = time.time() + 1000
        made = await self.create(acl=["provd.#", "!provd.pg_mgr.#"], tenant_uuid=self.customer, expires=end)
        somebody = Api(self.site, made.json["token"])
        for token in (
            {"acl": ["#"], "expires": end},
            {"acl": ["auth.tenants.read"], "expires": end},
            {"acl": ["provd.pg_mgr.read"], "expires": end},
            {"acl": ["provd.#"]},
            {"acl": ["provd.#"], "expires": end + 1},
            {"acl": ["provd.#"], "expires": end, "tenant_uuid": self.master},
            {"acl": ["provd.#"], "expires": end, "tenant_uuid": self.other},
        ):
            self.refused(await self.create(somebody, **token), 400, "invalid-body")
        granted = await self.create(somebody, acl=["provd.#"], expires=end, tenant_uuid=self.branch)
        below = Api(self.site, granted.json["token"])
        self.assertEqual((await below.get("/status")).status, 200)
        self.assertEqual((await below.get("/pg_mgr")).status, 401)
        seen = {token["tenant_uuid"] for token in (await below.get("/auth/tokens")).json["tokens"]}
        self.assertEqual(seen, {self.branch})
        self.refused(await below.delete(f"/auth/tokens/{made.json['id']}"), 404, "not-found")

    async def test_edit_is_granted_by_who_has_update_too(self) -> None:
        for own, status in (("provd.configure.e*", 400), ("provd.configure.edit", 201), ("provd.#", 201)):
            somebody = await self.caller(self.master, own, "provd.auth.tokens.create")
            made = await self.create(somebody, acl=["provd.configure.edit"])
            self.assertEqual(made.status, status, own)

    async def test_what_cannot_be_a_token_is_refused(self) -> None:
        for token in (
            {"name": ""},
            {"name": 1},
            {"acl": "#"},
            {"acl": [1]},
            {"acl": [""]},
            {"acl": ["x" * 301]},
            {"acl": ["x"] * 201},
            {"expires": "tomorrow"},
            {"expires": True},
            {"expires": 1},
            {"tenant_uuid": "x"},
            {"tenant_uuid": [self.master]},
            {"tenant_uuid": {}},
            {"tenant_uuid": 0},
        ):
            self.refused(await self.create(**token), 400, "invalid-body")
        endless = b'{"token": {"name": "n", "expires": 1e999}}'
        self.refused(await self.api.post("/auth/tokens", endless), 400, "invalid-json")


class Tenants(ApiCase):
    async def test_a_tenant_takes_its_devices_and_their_secrets_with_it(self) -> None:
        device_id = await self.boot()
        config = {"id": device_id, "parent_ids": ["base"], "raw_config": {"sip_lines": {}}}
        shared = {"id": "shared", "parent_ids": [], "raw_config": {}}
        for document in (config, shared):
            await self.api.post("/cfg_mgr/configs", {"config": document})
        header = {"Accent-Tenant": self.branch}
        device = {**self.site.device(), "config": device_id}
        await self.api.put(f"/dev_mgr/devices/{device_id}", {"device": device}, **header)
        for name, tenant in (("a", self.branch), ("b", self.other)):
            body = {"device": {"id": name, "config": "shared"}}
            await self.api.post("/dev_mgr/devices", body, **{"Accent-Tenant": tenant})
        await self.api.put("/configure/provisioning_key", {"param": {"value": "branch-key"}}, **header)
        user = await self.caller(self.branch)
        self.assertEqual((await self.api.delete(f"/auth/tenants/{self.branch}")).status, 204)
        self.assertEqual([device["id"] for device in self.site.devices()], ["b"])
        self.assertNotIn(device_id, self.site.configs())
        self.assertIn("shared", self.site.configs())
        self.assertEqual((await user.get("/status")).status, 401)
        self.assertNotIn("branch-key", (self.site.data / "app.json").read_text())
        self.assertFalse((self.site.served() / OWN).exists())
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)  # as a new phone

    async def test_what_is_asked_for_a_tenant_while_it_ends_ends_with_it(self) -> None:
        header = {"Accent-Tenant": self.branch}
        for number in range(10):
            await self.api.post("/dev_mgr/devices", {"device": {"id": f"d{number}"}}, **header)
        deleted = Deferred.fromCoroutine(self.api.delete(f"/auth/tenants/{self.branch}"))
        texts = []
        number = 0
        while not deleted.called:
            number += 1
            await self.api.post("/dev_mgr/devices", {"device": {"id": f"more{number}"}}, **header)
            below = {"tenant": {"name": "below", "parent_uuid": self.branch}}
            await self.api.post("/auth/tenants", below)
            token = {"token": {"name": "n", "tenant_uuid": self.branch}}
            texts.append((await self.api.post("/auth/tokens", token)).json.get("token"))
        status = (await deleted).status
        listed = (await self.api.get("/auth/tenants")).json["tenants"]
        left = [device["tenant_uuid"] for device in self.site.devices()]
        if status == 409:  # one below it came first, and nothing was removed
            self.assertGreaterEqual(left.count(self.branch), 10)
            return
        self.assertEqual(status, 204)
        self.assertNotIn(self.branch, left)
        self.assertNotIn(self.branch, {tenant["parent_uuid"] for tenant in listed})
        for text in filter(None, texts):
            self.assertEqual((await Api(self.site, text).get("/status")).status, 401)

    async def test_a_tenant_with_others_below_keeps_everything(self) -> None:
        header = {"Accent-Tenant": self.customer}
        await self.api.post("/dev_mgr/devices", {"device": {"id": "d"}}, **header)
        user = await self.caller(self.customer)
        self.assertEqual((await self.api.delete(f"/auth/tenants/{self.customer}")).status, 409)
        self.assertEqual((await user.get("/dev_mgr/devices/d")).status, 200)

    async def test_tenants_are_listed_and_made_below_ones_own(self) -> None:
        listed = (await self.api.get("/auth/tenants")).json["tenants"]
        self.assertEqual([tenant["name"] for tenant in listed], ["master", "customer", "branch", "other"])
        somebody = await self.caller(self.customer)
        listed = (await somebody.get("/auth/tenants")).json["tenants"]
        self.assertEqual([tenant["uuid"] for tenant in listed], [self.customer, self.branch])
        for tenant in (
            {"name": "x", "parent_uuid": self.master},
            {"name": "x", "parent_uuid": [self.customer]},
            {"name": "x", "parent_uuid": False},
            {"name": 1},
            {"name": ""},
            {"name": "x", "uuid": "x"},
        ):
            self.refused(await somebody.post("/auth/tenants", {"tenant": tenant}), 400, "invalid-body")
        made = await somebody.post("/auth/tenants", {"tenant": {"name": "x"}})
        self.assertEqual(made.header("Location"), f"/0.2/auth/tenants/{made.json['uuid']}")
        self.refused(await somebody.delete(f"/auth/tenants/{self.other}"), 404, "not-found")
        for tenant in (self.master, self.customer):
            self.assertEqual((await self.api.delete(f"/auth/tenants/{tenant}")).status, 409)

    async def test_tenants_made_at_the_same_time_are_all_there(self) -> None:
        names = [f"n{number}" for number in range(12)]
        tenants = [self.api.post("/auth/tenants", {"tenant": {"name": name}}) for name in names]
        made = await gatherResults([Deferred.fromCoroutine(answer) for answer in tenants])
        listed = {t["uuid"]: t["name"] for t in (await self.api.get("/auth/tenants")).json["tenants"]}
        self.assertEqual([listed.get(answer.json["uuid"]) for answer in made], names)
