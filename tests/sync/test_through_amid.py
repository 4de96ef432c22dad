"""
A daemon that asks amid, with the token that accent-auth gave it.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from provd.synchronize import SynchronizeException, get_sync_service, standard_sip_synchronize
from tests.accentauth.standin import ACCOUNT, KEY, MASTER, StandIn
from tests.daemon.site import Site
from tests.rest.api import Api
from tests.rest.case import AGENT, LINE, OWN
from tests.sync.amid import StandInAmid


class ThroughAmid(TestCase):
    timeout = 60

    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    async def _set_up(self) -> None:
        base = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, base)
        self.auth, self.amid = StandIn(), StandInAmid()
        self.amid.tokens = self.auth.tokens
        for stand_in in (self.auth, self.amid):
            stand_in.start()
            self.addCleanup(lambda stand_in=stand_in: Deferred.fromCoroutine(stand_in.stop()))
        where = {"host": "127.0.0.1"}
        account = {"type": "accent_auth", "username": ACCOUNT, "password": KEY}
        self.site = Site(
            base,
            {"sync_service_type": "asterisk_ami"},
            first_start={"plugins": ["yealink"]},
            auth={**where, "port": self.auth.port, **account},
            amid={**where, "port": self.amid.port},
        )
        await self.site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        self.api = self.administrator()

    def administrator(self) -> Api:
        return Api(self.site, self.auth.token(MASTER, "provd.#"))

    async def synchronize(self) -> str:
        begun = await self.api.post("/dev_mgr/synchronize", {"id": self.site.device()["id"]})
        return await self.api.finished(begun.header("Location"))

    async def sync_status(self) -> Any:
        return (await self.api.get("/status")).json["sync"]

    async def test_a_phone_is_notified(self) -> None:
        while (await self.sync_status())["status"] == "fail":
            pass
        lines = {"sip_lines": {"1": {**LINE, "username": "apAb12Cd34"}}}
        config = {"id": "autoprov", "role": "autocreate", "parent_ids": [], "raw_config": lines}
        await self.api.post("/cfg_mgr/configs", {"config": config})
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        self.amid.answers["PJSIPShowContacts"] = (
            200,
            [{"Response": "Error", "Message": "No Contacts found"}],
        )
        self.assertEqual(await self.synchronize(), "success")
        body = {"Variable": ["Event=check-sync"], "URI": "sip:anonymous@127.0.0.1"}
        self.assertEqual(self.amid.asked[-1], ("PJSIPNotify", body))

        # Plugins may ask from threads of their own, and earlier ones wait there.
        service = get_sync_service()
        self.assertIsNone(await deferToThread(service.sip_notify_by_ip, "127.0.0.1", "resync"))
        self.assertEqual(self.amid.asked[-1][1]["Variable"], ["Event=resync"])
        with self.assertRaises(SynchronizeException):
            await deferToThread(service.sip_notify_by_peer, "u1", "two\nlines")
        begun = await deferToThread(lambda: [standard_sip_synchronize(self.site.device())])
        await begun[0]
        self.assertEqual(self.amid.asked[-1], ("PJSIPNotify", body))

        # accent-auth has lost its tokens: the daemon gets itself another.
        self.auth.tokens.clear()
        self.api = self.administrator()
        self.assertEqual(await self.synchronize(), "success")
        self.assertEqual(self.amid.asked[-1], ("PJSIPNotify", body))

        self.amid.answers["PJSIPNotify"] = (200, [{"Response": "Error", "Message": "Permission denied"}])
        self.assertEqual(await self.synchronize(), "fail")
        await self.amid.stop()
        self.assertEqual(await self.synchronize(), "fail")
        status = await self.sync_status()
        self.assertEqual((status["type"], status["status"]), ("asterisk_ami", "fail"))
        self.assertIn("amid can't be reached", status["why"])
