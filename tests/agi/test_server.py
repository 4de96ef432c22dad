"""
Codes dialed into a daemon, over real sockets.
"""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from provd.agi.server import AGIServer
from provd.daemon.listeners import SiteService
from provd.errors import InvalidSettings
from tests.agi.dialplan import begin, dialed
from tests.logged import logged
from tests.rest.case import AGENT, OWN
from tests.rest.test_provision import CODE, ProvisionCase
from tests.support import free_port

DONE = {"ACCENT_PROV_OK": "1", "ACCENT_PROV_ERROR": ""}


def refused(why: str) -> dict[str, str]:
    return {"ACCENT_PROV_OK": "", "ACCENT_PROV_ERROR": why}


class Dialed(ProvisionCase):
    def sections(self) -> dict[str, Any]:
        self.port = free_port()
        return {"agi": {"port": self.port, "allow": ["127.0.0.1"]}}

    async def test_a_user_claims_a_phone_and_gives_it_back(self) -> None:
        device_id = await self.boot()
        await self.config(X_tenant_uuid=self.customer)
        # As existing dialplans ask.
        self.assertEqual(await dialed(self.port, CODE, "127.0.0.1:5060"), DONE)
        device = await self.device(device_id)
        self.assertEqual((device["config"], device["tenant_uuid"]), ("user", self.customer))
        self.assertIn(b"k3v9x2", (await self.site.get(OWN, AGENT))[1])
        # By the account that the phone has now, wherever it calls from.
        own = await dialed(self.port, "autoprov", "198.51.100.1:5060", channel="PJSIP/k3v9x2-00000002")
        self.assertEqual(own, DONE)
        self.assertIn(self.site.autoprov_user().encode(), (await self.site.get(OWN, AGENT))[1])

    async def test_behind_nat_the_phone_is_found_by_what_it_states(self) -> None:
        await self.config()
        for number in (1, 2):
            await self.phone(number)
        shared = self.site.autoprov_user()
        where = ("192.0.2.7:5060", f"PJSIP/{shared}-00000001")
        self.assertEqual(await dialed(self.port, CODE, *where), refused("several-devices"))
        agent = "Phone (a), 1.0 00:15:65:00:00:02"
        self.assertEqual(await dialed(self.port, CODE, *where, *agent.split(",")), DONE)
        self.assertEqual((await self.device("d2"))["config"], "user")
        self.assertNotIn("config", await self.device("d1"))

    async def test_what_goes_wrong_is_told_to_the_dialplan_and_no_code_to_the_log(self) -> None:
        await self.config()
        await self.phone(1)
        with logged() as events:
            for _ in range(4):
                self.assertEqual(await dialed(self.port, "987654", "192.0.2.7"), refused("unknown-code"))
            self.assertEqual(await dialed(self.port, CODE, "192.0.2.7"), refused("too-many-attempts"))
            self.assertEqual(await dialed(self.port, CODE, "192.0.2.8"), refused("no-device"))
            self.assertEqual(await dialed(self.port, CODE), refused("bad-request"))
            self.assertEqual(await dialed(self.port, CODE, "here"), refused("bad-request"))
        self.assertGreaterEqual(len(events.texts()), 8)
        for code in (CODE, "987654"):
            self.assertNotIn(code, events.everything())

    async def test_rest_and_the_dialplan_count_together(self) -> None:
        await self.phone(1)
        for _ in range(4):
            await dialed(self.port, "987654", "192.0.2.7")
        self.refused(await self.dial(device_id="d1"), 429, "too-many-attempts")

    async def test_only_who_may_connects(self) -> None:
        call = await begin(self.port, CODE, address="127.0.0.2")
        await call.ended
        self.assertEqual(call.variables, {})
        self.assertEqual(await dialed(self.port, CODE, "192.0.2.7"), refused("no-device"))

    async def test_its_health_and_its_end(self) -> None:
        status = (await self.api.get("/status")).json
        self.assertEqual(status["agi"], {"status": "ok", "port": self.port})
        idle = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(3)]
        await dialed(self.port, CODE, "192.0.2.7")  # by then they are taken
        await self.site.stop()
        for connection in idle:
            connection.settimeout(5)
            with self.assertRaises(ConnectionResetError):
                connection.recv(1)
            connection.close()


class Off(ProvisionCase):
    async def test_it_is_off_by_default(self) -> None:
        self.assertNotIn("agi", (await self.api.get("/status")).json)


class Server(ProvisionCase):
    """
    The server alone, with an answer of the test's.
    """

    async def _set_up(self) -> None:
        self.waiting: list[Deferred[None]] = []
        self.port = free_port()
        self.server = AGIServer(("127.0.0.0/8",), self.answer, reactor)
        self.service = self.listener()
        self.service.startService()
        self.addCleanup(lambda: self.service.running and self.service.stopService())

    async def answer(self, environment: Any) -> dict[str, str]:
        self.waiting.append(Deferred())
        await self.waiting[-1]
        return {"X": "1"}

    def listener(self) -> SiteService:
        return SiteService("agi", self.server, "127.0.0.1", self.port, "agi.port", reactor)

    async def asked(self, number: int) -> None:
        """
        Wait until so many requests have been read.
        """
        while len(self.waiting) < number:
            await deferLater(reactor, 0)

    async def test_no_more_than_so_many_at_once(self) -> None:
        self.patch(self.server, "MOST", 2)
        first, second = await begin(self.port, "1"), await begin(self.port, "1")
        self.assertEqual(await dialed(self.port, "1"), {})
        await self.asked(2)
        for waiting in self.waiting:
            waiting.callback(None)
        await first.ended
        await second.ended
        self.assertEqual(first.variables, {"X": "1"})
        third = await begin(self.port, "1")
        await self.asked(3)
        self.waiting[2].callback(None)
        await third.ended
        self.assertEqual(third.variables, {"X": "1"})

    async def test_what_comes_with_a_wrong_line_is_not_read(self) -> None:
        wrong = b"GET / HTTP/1.1\n" * 100
        request = b"agi_request: agi://127.0.0.1/provision\nagi_arg_1: 1\n\n"
        with logged() as events, socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(wrong + request)
            connection.settimeout(5)
            await deferToThread(self.assertRaises, ConnectionResetError, connection.recv, 1)
        self.assertEqual(self.waiting, [])
        self.assertEqual(len(events.texts()), 1)

    async def test_a_request_under_way_is_answered_before_the_daemon_ends(self) -> None:
        call = await begin(self.port, "1")
        await self.asked(1)
        ends: list[Any] = []
        self.service.stopService().addCallback(ends.append)
        self.assertEqual(ends, [])
        self.waiting[0].callback(None)
        await call.ended
        self.assertEqual(call.variables, {"X": "1"})

    async def test_a_port_in_use_is_told_by_its_setting(self) -> None:
        with self.assertRaises(InvalidSettings) as told:
            self.listener().startService()
        self.assertEqual(list(told.exception.mistakes), ["agi.port"])
