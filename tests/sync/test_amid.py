"""
Asterisk through amid, against a stand-in that can fail in every way.
"""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from provd import neighbor
from provd.logs import Secret
from provd.settings.model import Amid
from provd.sync.amid import AmidManager
from provd.sync.asterisk import AsteriskWay, LookupRefused
from provd.sync.phone import Phone
from provd.sync.sip import NotRegistered
from provd.sync.ways import Notify
from tests.logged import logged
from tests.sync.amid import REGISTERED, SENT, TOKEN, StandInAmid
from tests.sync.failing import reason
from tests.sync.record import Record


class Tokens:
    def __init__(self) -> None:
        self.token: Secret | None = Secret(TOKEN)
        self.next: Secret | None = None
        self.refused: list[Secret] = []

    async def renewed(self, refused: Secret) -> Secret | None:
        self.refused.append(refused)
        self.token = self.next or self.token
        return self.next


class Case(TestCase):
    timeout = 15

    def setUp(self) -> None:
        self.amid = StandInAmid()
        self.amid.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.amid.stop()))
        self.tokens = Tokens()
        settings = Amid(host="127.0.0.1", port=self.amid.port, timeout=0.5)
        self.manager = AmidManager(settings, self.tokens, reactor)
        self.manager.startService()
        self.addCleanup(self.manager.stopService)
        self.way = AsteriskWay(self.manager, Record(), None, reactor)
        self.phone = Phone("d1", None, "192.0.2.1", "u1")

    async def sends(self) -> None:
        await self.way.to_endpoint(self.phone, Notify("check-sync;reboot=true", (("X-A", "b"),)))

    async def test_a_notify_by_endpoint(self) -> None:
        await self.sends()
        self.assertEqual(
            self.amid.asked,
            [
                ("PJSIPShowEndpoint", {"Endpoint": "u1"}),
                ("PJSIPNotify", {"Variable": ["Event=check-sync;reboot=true", "X-A=b"], "Endpoint": "u1"}),
            ],
        )
        self.assertEqual(self.manager.health(), {"status": "ok"})

    async def test_a_notify_by_address(self) -> None:
        await self.way.to_address(self.phone, "192.0.2.1", Notify("check-sync"))
        body = {"Variable": ["Event=check-sync"], "URI": "sip:anonymous@192.0.2.1"}
        self.assertEqual(self.amid.asked, [("PJSIPNotify", body)])

    async def test_a_phone_that_is_not_registered_is_told(self) -> None:
        self.amid.answers["PJSIPShowEndpoint"] = (200, [REGISTERED[0]])
        try:
            await self.sends()
        except NotRegistered:
            self.assertEqual(len(self.amid.asked), 1)
        else:
            self.fail("it should have failed")

    async def test_an_error_among_the_results_is_a_failure(self) -> None:
        results = [*SENT, {"Response": "Error", "Message": "Unable to retrieve endpoint u1"}]
        self.amid.answers["PJSIPNotify"] = (200, results)
        self.assertIn("Unable to retrieve endpoint u1", await reason(self.sends()))

    async def test_any_other_status_is_a_failure_too(self) -> None:
        for status in (400, 401, 403, 404, 500, 503):
            self.amid.answers["PJSIPNotify"] = (status, {})
            self.assertIn(f"amid answers {status}", await reason(self.sends()))
            self.assertEqual(self.manager.health()["status"], "fail")
        self.amid.answers["PJSIPNotify"] = (200, SENT)
        await self.sends()
        self.assertEqual(self.manager.health()["status"], "ok")

    async def test_an_answer_that_makes_no_sense_is_a_failure(self) -> None:
        for body in (b"<html>", b"[[[", [], {}, "x", [1], [{"Event": "x"}], None):
            self.amid.answers["PJSIPNotify"] = (200, body)
            await reason(self.sends())

    async def test_an_answer_that_is_too_large_is_told(self) -> None:
        self.patch(neighbor, "_LARGEST_ANSWER", 2 << 20)
        self.amid.answers["PJSIPNotify"] = (200, b" " * (2 << 20) + b"[]")
        self.assertEqual(await reason(self.sends()), "amid answers more than 2 MiB")

    async def test_a_slow_amid_is_not_waited_for(self) -> None:
        self.amid.answers["PJSIPNotify"] = None
        self.assertIn("amid can't be reached", await reason(self.sends()))

    async def test_an_amid_that_is_away_is_told(self) -> None:
        await self.amid.stop()
        self.assertIn("amid can't be reached", await reason(self.sends()))

    async def test_a_refused_token_is_renewed_once(self) -> None:
        self.amid.tokens, self.tokens.next = {"another"}, Secret("another")
        await self.sends()
        self.assertEqual(self.tokens.refused, [Secret(TOKEN)])
        self.assertEqual([action for action, _ in self.amid.asked].count("PJSIPNotify"), 1)

    async def test_look_ups_that_are_not_allowed_are_left_out(self) -> None:
        self.amid.answers["PJSIPShowEndpoint"] = (401, {})
        with logged() as events:
            await self.sends()
            await self.sends()
            self.assertFalse(await self.way.to_contact(self.phone, Notify("check-sync")))
        actions = [action for action, _ in self.amid.asked]
        self.assertEqual(actions, ["PJSIPShowEndpoint", "PJSIPNotify", "PJSIPNotify"])
        self.assertEqual(sum("amid.action.PJSIPShowEndpoint.create" in text for text in events.texts()), 1)
        self.assertNotIn(TOKEN, events.everything())

    async def test_they_are_tried_again_later(self) -> None:
        self.patch(AmidManager, "FORGET_REFUSAL", -1.0)
        self.amid.answers["PJSIPShowEndpoint"] = (403, {})
        for _ in range(2):
            with self.assertRaises(LookupRefused):
                await self.manager.ask("PJSIPShowEndpoint", [], True)
        self.assertEqual(len(self.amid.asked), 2)

    async def test_without_a_token_nothing_is_asked(self) -> None:
        self.tokens.token = None
        self.assertIn("no token of accent-auth yet", await reason(self.sends()))
        self.assertEqual(self.manager.health(), {"status": "fail", "why": "no token of accent-auth yet"})
        local = AmidManager(Amid(), None, reactor)
        self.assertIn("auth.type is local", await reason(local.ask("PJSIPNotify", [], False)))
        self.assertEqual(self.amid.asked, [])
