"""
Tenants that have gone from accent-auth while nobody told the daemon.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor
from twisted.internet.task import deferLater

from tests.accentauth.case import Case
from tests.accentauth.standin import BRANCH, CUSTOMER, MASTER, OTHER
from tests.logged import logged


def items(*tenants: Any) -> dict[str, Any]:
    return {"items": [{"uuid": tenant} for tenant in tenants]}


class CleanUps(Case):
    def sections(self) -> dict[str, Any]:
        return {**super().sections(), "general": {"syncdb": {"start_sec": 0.1, "interval_sec": 0.1}}}

    async def _set_up(self) -> None:
        await super()._set_up()
        for tenant in (MASTER, CUSTOMER, BRANCH, OTHER):
            api = self.user(tenant, "provd.#")
            await api.post("/dev_mgr/devices", {"device": {"id": tenant}})
            await api.put("/configure/provisioning_key", {"param": {"value": f"key-of-{tenant}"}})
        await self.site.parts.store.devices.insert({"id": "of-nobody", "tenant_uuid": None})
        await self.site.parts.store.devices.insert({"id": "spelled", "tenant_uuid": OTHER.upper()})

    async def waiting(self, tenant: str, code: str) -> None:
        """
        Add a config that waits for a phone of a tenant.
        """
        config = {"id": f"of-{code}", "parent_ids": [], "raw_config": {}, "X_tenant_uuid": tenant}
        answer = await self.api.post("/cfg_mgr/configs", {"config": {**config, "X_provisioning_code": code}})
        self.assertEqual(answer.status, 201)

    def left(self) -> set[str]:
        return {device["id"] for device in self.site.devices()}

    async def listings(self, count: int) -> None:
        """
        Return once the list of tenants was asked for so many times more.
        """
        wanted = self.auth.asked.count("GET tenants") + count
        while self.auth.asked.count("GET tenants") < wanted:
            await deferLater(reactor, 0.01)  # type: ignore[arg-type]

    async def test_what_belongs_to_a_tenant_that_is_gone_goes(self) -> None:
        everything = self.left()
        await self.listings(2)
        self.assertEqual(self.left(), everything)
        for gone in (BRANCH, CUSTOMER):
            del self.auth.parents[gone]
            while gone in (self.site.data / "app.json").read_text():
                await self.listings(1)
            self.assertNotIn(gone, self.left())
        await self.listings(2)
        self.assertEqual(self.left(), {MASTER, OTHER, "of-nobody", "spelled"})

    async def test_so_does_a_config_that_waits_for_its_first_phone(self) -> None:
        await self.waiting(MASTER, "1")
        await self.waiting("55555555-5555-4555-8555-555555555555", "2")
        await self.site.parts.store.configs.insert({"id": "odd", "X_tenant_uuid": "x"})
        await self.site.parts.store.configs.insert({"id": "odder", "X_tenant_uuid": 5})
        while "of-2" in self.site.configs():
            await self.listings(1)
        await self.listings(2)
        self.assertEqual(self.site.configs(), {"of-1", "odd", "odder"})

    async def test_nothing_is_deleted_once_the_account_of_the_daemon_is_moved(self) -> None:
        everything = self.left()
        self.auth.own = CUSTOMER
        for _ in range(2):  # it isn't forgotten at the next start
            await self.site.stop()
            with logged() as events:
                await self.start()
                await self.listings(2)
            self.assertIn(f"doesn't list {MASTER}, which was the master tenant", "".join(events.texts()))
        self.assertEqual(self.left(), everything)
        await self.site.stop()
        self.auth.own = MASTER
        del self.auth.parents[BRANCH]
        await self.start()
        while BRANCH in self.left():
            await self.listings(1)

    async def test_nothing_is_deleted_when_the_list_is_in_doubt_and_it_is_asked_for_again(self) -> None:
        everything = self.left()
        doubtful: list[Any] = [
            items(),
            items(OTHER),
            {"items": [{"uuid": MASTER}, {"name": "x"}]},
            {**items(MASTER), "filtered": 4, "total": 4},
            {"items": {"uuid": MASTER}},
            {},
            [MASTER],
        ]
        with logged() as events:
            for listed in doubtful:
                self.auth.listed = listed
                await self.listings(2)
            self.auth.may_list = False
            await self.listings(2)
            self.auth.status = 500
            await self.listings(2)
        self.assertEqual(self.left(), everything)
        self.assertGreater(sum("no tenant is cleaned up" in text for text in events.texts()), 8)
        self.auth.status, self.auth.listed, self.auth.may_list = None, items(MASTER, OTHER), True
        while len(self.left()) > 4:
            await self.listings(1)
        self.assertEqual(self.left(), {MASTER, OTHER, "of-nobody", "spelled"})
