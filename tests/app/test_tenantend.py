"""
The end of a tenant, interrupted and taken up again.
"""

from __future__ import annotations

import json
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater

from provd.app.endings import Endings
from provd.app.tenantend import TenantEnd
from provd.daemon.tenantends import TenantEnds
from provd.errors import Refused, StoreError
from tests.accentauth.case import Case
from tests.accentauth.standin import BRANCH, CUSTOMER, MASTER, OTHER
from tests.logged import logged


class Ends(Case):
    timeout = 30

    async def _set_up(self) -> None:
        await super()._set_up()
        self.patch(Endings, "PAUSE", 0.05)

    async def furnish(self, tenant: str, count: int) -> list[str]:
        """
        Give a tenant devices that have a config each.
        """
        ids = [f"{tenant[:4]}-{number}" for number in range(count)]
        for each in ids:
            await self.api.post(
                "/cfg_mgr/configs", {"config": {"id": each, "parent_ids": [], "raw_config": {}}}
            )
            device = {"device": {"id": each, "config": each}}
            await self.user(tenant, "provd.#").post("/dev_mgr/devices", device)
        return ids

    @property
    def ends(self) -> TenantEnds:
        assert self.site.daemon is not None
        assert self.site.daemon.tenant_ends is not None
        return self.site.daemon.tenant_ends

    @property
    def endings(self) -> Endings:
        return self.ends.endings

    @property
    def end(self) -> TenantEnd:
        return self.ends.end

    def noted(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads((self.site.data / "ended-tenants.json").read_text())
        return found

    def left(self) -> set[str]:
        return {device["id"] for device in self.site.devices()}

    async def nothing_is_noted(self) -> None:
        while self.noted():
            await deferLater(reactor, 0.01)  # type: ignore[arg-type]

    def failing(self, store: Any, broken: str, times: int) -> None:
        """
        Have a document that can't be deleted, for so many times.
        """
        delete, left = store.delete, [None] * times

        async def failing(document_id: str, durable: bool = True) -> None:
            if document_id == broken and left:
                left.pop()
                raise StoreError("the disk is full")
            await delete(document_id, durable)

        self.patch(store, "delete", failing)

    async def test_what_fails_is_noted_done_for_the_others_and_tried_again(self) -> None:
        ids = await self.furnish(CUSTOMER, 3)
        self.failing(self.site.parts.store.devices, ids[1], 1)
        with self.assertRaises(StoreError):
            await self.end.of(CUSTOMER)
        self.assertEqual(self.left(), {ids[1]})
        self.assertEqual(self.noted(), {CUSTOMER: ids})
        self.failing(self.site.parts.store.devices, ids[1], 2)
        with logged() as events:
            await self.endings.take(CUSTOMER)
            await self.nothing_is_noted()
        self.assertEqual((self.left(), self.site.configs()), (set(), set()))
        self.assertEqual(sum("the disk is full" in text for text in events.texts()), 2)

    async def test_a_config_outlives_neither_its_device_nor_a_restart(self) -> None:
        ids = await self.furnish(CUSTOMER, 2)
        self.failing(self.site.parts.store.configs, ids[1], 99)
        with self.assertRaises(StoreError):
            await self.end.of(CUSTOMER)
        self.assertEqual((self.left(), self.site.configs()), (set(), {ids[1]}))
        await self.site.stop()
        await self.start()
        await self.nothing_is_noted()
        self.assertEqual(self.site.configs(), set())

    async def test_a_stop_interrupts_and_the_next_start_goes_on(self) -> None:
        ids = await self.furnish(CUSTOMER, 5)
        kept = await self.furnish(OTHER, 1)
        devices = self.site.parts.store.devices
        delete, stopped = devices.delete, []

        async def delete_and_stop(document_id: str, durable: bool = True) -> None:
            await delete(document_id, durable)
            if not stopped:
                stopped.append(Deferred.fromCoroutine(self.site.stop()))

        self.patch(devices, "delete", delete_and_stop)
        await self.endings.take(CUSTOMER)
        while not stopped:
            await deferLater(reactor, 0)  # type: ignore[arg-type]
        await stopped[0]
        self.assertEqual(self.noted(), {CUSTOMER: ids})
        await self.start()
        await self.nothing_is_noted()
        self.assertEqual(self.left(), set(kept))

    async def test_a_phone_that_is_given_to_the_tenant_meanwhile_goes_too(self) -> None:
        await self.furnish(CUSTOMER, 2)
        code = {"X_provisioning_code": "480193", "X_tenant_uuid": CUSTOMER}
        config = {"id": "waiting", "parent_ids": [], "raw_config": {}, **code}
        await self.api.post("/cfg_mgr/configs", {"config": config})
        await self.api.post("/dev_mgr/devices", {"device": {"id": "new"}})
        configs = self.site.parts.store.configs
        delete, answers = configs.delete, []

        async def delete_and_dial(document_id: str, durable: bool = True) -> None:
            if not answers:
                body = {"code": "480193", "device_id": "new"}
                answers.append(await self.api.post("/dev_mgr/provision", body))
            await delete(document_id, durable)

        self.patch(configs, "delete", delete_and_dial)
        await self.end.of(CUSTOMER)
        self.assertEqual([answer.status for answer in answers], [200])
        self.assertEqual((self.left(), self.site.configs(), self.noted()), (set(), set(), {}))

    async def test_several_at_once_one_of_them_twice(self) -> None:
        for tenant in (MASTER, CUSTOMER, BRANCH, OTHER):
            await self.furnish(tenant, 2)
        taken = [self.endings.take(tenant) for tenant in (CUSTOMER, BRANCH, OTHER, BRANCH, MASTER)]
        await gatherResults([Deferred.fromCoroutine(each) for each in taken])
        await self.nothing_is_noted()
        self.assertEqual(self.left(), {f"{MASTER[:4]}-0", f"{MASTER[:4]}-1"})

    async def test_one_that_began_after_the_stop_is_refused(self) -> None:
        end = self.end
        await self.furnish(CUSTOMER, 1)
        end.stop()
        with self.assertRaises(Refused):
            await end.of(CUSTOMER)

    async def test_a_note_that_cannot_be_read_stops_nothing(self) -> None:
        await self.site.stop()
        (self.site.data / "ended-tenants.json").write_text('{"a": 5')
        with logged() as events:
            await self.start()
        self.assertEqual(sum("ended-tenants.json can't be read" in text for text in events.texts()), 1)

    async def test_the_master_tenant_is_kept_even_if_it_was_unknown_when_it_was_named(self) -> None:
        await self.furnish(MASTER, 1)
        tenants = self.site.parts.tenants
        tenants.master = None
        await self.endings.take(MASTER)
        self.assertEqual(self.noted(), {MASTER: []})
        tenants.master = MASTER
        await self.nothing_is_noted()
        self.assertEqual(len(self.left()), 1)
