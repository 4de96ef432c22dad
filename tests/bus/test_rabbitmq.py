"""
The daemon beside a real RabbitMQ and a stand-in for accent-auth.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from signal import SIGCONT
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from provd.bus import amqp
from provd.bus.connection import to_broker
from provd.bus.consumer import DeletedTenants
from provd.settings.check import settings_from
from provd.waiting import settled
from tests.accentauth.case import Case
from tests.accentauth.standin import CUSTOMER, MASTER, OTHER
from tests.bus.broker import Broker
from tests.logged import Events, logged
from tests.rest.api import Api
from tests.rest.case import AGENT, LINE, OWN


class Shared:
    broker: Broker


@pytest.fixture(scope="module", autouse=True)
def _broker(broker: Broker) -> None:
    Shared.broker = broker


async def until(wanted: Callable[[], Any]) -> None:
    """
    Return when a condition, which may be a coroutine's, holds.
    """
    while not await settled(wanted()):
        await deferLater(reactor, 0.02)  # type: ignore[arg-type]


def said(events: Events) -> list[str]:
    return [text for text in events.texts() if "broker" in text]


class BusCase(Case):
    timeout = 60
    publish = False

    def sections(self) -> dict[str, Any]:
        return {"bus": {"host": "127.0.0.1", "port": Shared.broker.port, "publish": self.publish}}

    async def is_listening(self) -> bool:
        status: Any = (await self.user(MASTER, "#").get("/status")).json
        assert status["bus_consumer"] in ({"status": "ok"}, {"status": "fail"})
        return bool(status["bus_consumer"]["status"] == "ok")

    async def is_deaf(self) -> bool:
        return not await self.is_listening()

    async def tell(self, *bodies: Any, **more: Any) -> None:
        await deferToThread(Shared.broker.tell, *bodies, **more)

    def of(self, tenant: str) -> Api:
        return self.user(tenant, "provd.#")

    async def device(self, tenant: str, device_id: str, **more: Any) -> None:
        answer = await self.of(tenant).post("/dev_mgr/devices", {"device": {"id": device_id, **more}})
        self.assertEqual(answer.status, 201, answer.text)

    async def phone_of(self, tenant: str) -> str:
        """
        Return the device of a phone that boots and is given to a user of a tenant.
        """
        await self.configs()
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        found = str(self.site.device()["id"])
        config = {"id": found, "parent_ids": [], "raw_config": {"sip_lines": {"1": LINE}}}
        await self.api.post("/cfg_mgr/configs", {"config": config})
        device = {**self.site.device(), "config": found}
        answer = await self.of(tenant).put(f"/dev_mgr/devices/{found}", {"device": device})
        self.assertEqual(answer.status, 204, answer.text)
        return found


class Listening(BusCase):
    async def test_a_phone_goes_with_its_tenant_and_so_do_its_secrets(self) -> None:
        device_id = await self.phone_of(CUSTOMER)
        shared = {"id": "shared", "parent_ids": [], "raw_config": {}}
        await self.api.post("/cfg_mgr/configs", {"config": shared})
        await self.device(OTHER, "kept", config="shared")
        await self.device(CUSTOMER, "second", config="shared")
        key = {"param": {"value": "customer-key"}}
        await self.of(CUSTOMER).put("/configure/provisioning_key", key)
        self.assertIn(LINE["password"], (self.site.served() / OWN).read_text())
        await until(self.is_listening)
        await self.tell({"name": "auth_tenant_deleted", "data": {"uuid": CUSTOMER, "slug": "customer"}})
        parameters, ended = self.site.data / "app.json", self.site.data / "ended-tenants.json"
        await until(lambda: CUSTOMER not in parameters.read_text())
        await until(lambda: json.loads(ended.read_text()) == {})
        self.assertEqual([device["id"] for device in self.site.devices()], ["kept"])
        self.assertNotIn(device_id, self.site.configs())
        self.assertIn("shared", self.site.configs())
        self.assertFalse((self.site.served() / OWN).exists())
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)  # as a new phone
        self.assertEqual(self.site.devices()[-1]["tenant_uuid"], MASTER)

    async def test_messages_that_name_no_deleted_tenant_do_nothing(self) -> None:
        for tenant in (MASTER, CUSTOMER, OTHER):
            await self.device(tenant, tenant)
        await until(self.is_listening)
        with logged() as events:
            hostile = (b"", b"\xff{", b"[" * 50_000, b"null", {"uuid": "x"}, {"uuid": 5}, {"uuid": MASTER})
            await self.tell(*hostile)
            await self.tell({"uuid": OTHER}, name="auth_tenant_created")
            await self.tell({"uuid": CUSTOMER}, {"uuid": CUSTOMER.upper()})
            await until(lambda: len(self.site.devices()) < 3)
        self.assertEqual([device["id"] for device in self.site.devices()], [MASTER, OTHER])
        self.assertEqual(sum("names no deleted tenant" in text for text in events.texts()), 6)
        self.assertEqual(sum("but it is kept" in text for text in events.texts()), 1)
        self.assertTrue(await self.is_listening())

    async def test_a_broker_that_comes_back_is_found_again(self) -> None:
        await until(self.is_listening)
        await self.device(CUSTOMER, "a")
        with logged() as events:
            await deferToThread(Shared.broker.stop)
            try:
                await until(self.is_deaf)
            finally:
                await deferToThread(Shared.broker.start)
            await until(self.is_listening)
        await self.tell({"uuid": CUSTOMER})
        await until(lambda: not self.site.devices())
        self.assertIn("the bus consumer uses the broker", said(events)[-1])
        self.assertLess(len(said(events)), 5)


class Telling(BusCase):
    publish = True

    async def test_other_services_hear_of_devices_and_of_no_secret(self) -> None:
        heard = await deferToThread(Shared.broker.listener)
        self.addCleanup(deferToThread, heard.close)
        device_id = await self.phone_of(CUSTOMER)
        await self.api.delete(f"/dev_mgr/devices/{device_id}")
        names = ["created", "updated", "configured", "updated", "configured", "deleted"]
        messages = await deferToThread(heard.next, len(names))
        told = [json.loads(body) for _headers, body in messages]
        self.assertEqual([message["name"] for message in told], [f"provd_device_{name}" for name in names])
        self.assertEqual({message["data"]["id"] for message in told}, {device_id})
        self.assertEqual(
            [(headers["name"], headers["tenant_uuid"]) for headers, _body in messages],
            [(message["name"], message["data"]["tenant_uuid"]) for message in told],
        )
        self.assertEqual({message["data"]["tenant_uuid"] for message in told[3:]}, {CUSTOMER})
        self.assertEqual(told[3]["data"]["changed"], ["config", "is_new", "tenant_uuid"])
        self.assertIs(told[4]["data"]["configured"], True)
        for _headers, body in messages:
            for secret in (LINE["password"], LINE["username"], "s3cret"):
                self.assertNotIn(secret, body.decode())


class Silent(BusCase):
    async def test_a_broker_that_falls_silent_is_given_up_and_not_waited_for(self) -> None:
        self.patch(amqp, "_LONGEST_SILENCE", 0.3)  # it speaks all ten seconds
        with logged() as events:
            await self.site.stop()
            await self.site.start()
            await until(lambda: any("has fallen silent" in text for text in events.texts()))

    async def test_a_frozen_broker_does_not_hold_up_the_stop(self) -> None:
        await until(self.is_listening)
        Shared.broker.freeze()
        try:
            with logged() as events:
                await self.site.stop()
        finally:
            Shared.broker.freeze(SIGCONT)
        self.assertEqual(said(events), [])


class Refusing(TestCase):
    """
    What the broker doesn't accept.
    """

    timeout = 60

    def tried(self, times: int, **bus: Any) -> Deferred[Events]:
        """
        Return what is logged while a connection is tried as often.
        """
        return Deferred.fromCoroutine(self._tried(times, bus))

    async def _tried(self, times: int, bus: dict[str, Any]) -> Events:
        settings = settings_from({"bus": {"host": "127.0.0.1", "port": Shared.broker.port, **bus}}).bus
        connection = to_broker(settings, DeletedTenants(settings.exchange_name, self._unused), reactor)
        tries = []
        make = connection._protocol
        connection._protocol = lambda: tries.append(1) or make()  # type: ignore[func-returns-value]
        with logged() as events:
            connection.startService()
            await until(lambda: len(tries) > times)
            self.assertFalse(connection.is_open)
            await connection.stopService()  # type: ignore[misc]
        return events

    async def _unused(self, tenant: str) -> None:
        raise AssertionError

    async def test_a_wrong_password_is_told_once_and_never_shown(self) -> None:
        events = await self.tried(2, password="wr0ng-password")
        (told,) = said(events)
        self.assertIn("403 ACCESS_REFUSED", told)
        self.assertNotIn("wr0ng-password", events.everything())

    async def test_an_exchange_of_another_kind_is_named(self) -> None:
        (told,) = said(await self.tried(1, exchange_name="amq.direct"))
        self.assertIn("406 PRECONDITION_FAILED", told)
        self.assertIn("for exchange 'amq.direct'", told)

    async def test_a_port_where_nobody_listens(self) -> None:
        (told,) = said(await self.tried(1, port=1))
        self.assertIn("refused", told)
