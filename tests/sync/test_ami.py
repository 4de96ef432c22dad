"""
The connection to Asterisk's manager port, against a stand-in that can fail in every way.
"""

from __future__ import annotations

import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from twisted.internet import reactor, ssl
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import TestCase

from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.settings.model import Ami
from provd.sync.ami import AsteriskManager
from provd.sync.amisession import Session
from provd.sync.asterisk import SaidNo
from tests.logged import logged
from tests.support import free_port, result_of
from tests.sync.failing import reason
from tests.sync.manager import ACCOUNT, SECRET, Connection, Manager, listing
from tests.tls import self_signed


class Case(TestCase):
    timeout = 20

    def setUp(self) -> None:
        self.asterisk = Manager()
        self.asterisk.port = free_port()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.asterisk.stop()))
        self.patch(AsteriskManager, "FIRST_PAUSE", 0.01)
        self.patch(AsteriskManager, "LONGEST_PAUSE", 0.05)

    def connect(self, **settings: Any) -> AsteriskManager:
        values = {"host": "localhost", "username": ACCOUNT, "password": Secret(SECRET), **settings}
        manager = AsteriskManager(Ami(port=self.asterisk.port, **values), reactor)
        manager.startService()
        self.addCleanup(manager.stopService)
        return manager


async def until(condition: Any) -> None:
    while not condition():
        await deferLater(reactor, 0.01)  # type: ignore[arg-type]


class Asking(Case):
    async def test_an_answer_is_matched_to_its_action(self) -> None:
        waiting: list[tuple[Connection, str]] = []
        self.asterisk.answers["First"] = lambda connection, begin: waiting.append((connection, begin))
        self.asterisk.start()
        manager = self.connect()
        first = Deferred.fromCoroutine(manager.ask("First", [], False))
        second = await manager.ask("Second", [("Variable", "Event=x"), ("Variable", "A=b")], False)
        ((connection, begin),) = waiting
        connection.write(f"Event: Noise\n\nResponse: Success\n{begin}Message: first\n\n")
        (answer,) = await first
        self.assertEqual((answer.get("message"), second[0].get("response")), ("first", "Success"))
        self.assertEqual(self.asterisk.asked[1][1:], [("Variable", "Event=x"), ("Variable", "A=b")])
        self.assertEqual((self.asterisk.logins, manager.health()), (1, {"status": "ok"}))

    async def test_a_list_is_whole_when_asterisk_says_so(self) -> None:
        self.asterisk.answers["PJSIPShowContacts"] = listing(
            "Event: ContactList\nUri: a", "Event: ContactList"
        )
        self.asterisk.start()
        answer = await self.connect().ask("PJSIPShowContacts", [], True)
        self.assertEqual([each.get("event") for each in answer[1:3]], ["ContactList", "ContactList"])
        self.assertEqual(len(answer), 4)

    async def test_an_error_says_what_asterisk_says(self) -> None:
        self.asterisk.answers["PJSIPNotify"] = "Response: Error\nMessage: Unable to retrieve endpoint x"
        self.asterisk.start()
        error = await reason(self.connect().ask("PJSIPNotify", [], False))
        self.assertEqual(error, "Asterisk refuses PJSIPNotify: Unable to retrieve endpoint x")

    async def test_a_missing_permission_is_named(self) -> None:
        self.asterisk.answers["PJSIPNotify"] = "Response: Error\nMessage: Permission denied"
        self.asterisk.start()
        error = await reason(self.connect().ask("PJSIPNotify", [], False))
        self.assertIn("lacks the write permission system in manager.conf", error)

    async def test_an_answer_that_does_not_come_is_not_waited_for(self) -> None:
        self.patch(AsteriskManager, "LONGEST", 0.2)
        self.asterisk.answers["PJSIPNotify"] = None
        self.asterisk.start()
        manager = self.connect()
        error = await reason(manager.ask("PJSIPNotify", [], False))
        self.assertIn("no answer to PJSIPNotify", error)
        await manager.ask("Ping", [], False)

    async def test_what_cannot_be_written_is_refused(self) -> None:
        self.asterisk.start()
        error = await reason(self.connect().ask("PJSIPNotify", [("Endpoint", "a\r\nb")], False))
        self.assertIn("can't be written", error)
        self.assertEqual(self.asterisk.asked, [])


class Connecting(Case):
    async def test_a_daemon_may_be_there_before_asterisk(self) -> None:
        manager = self.connect()
        asked = Deferred.fromCoroutine(manager.ask("PJSIPNotify", [], False))
        await until(lambda: "no connection" in manager.health().get("why", ""))
        self.asterisk.start()
        await asked
        self.assertEqual(manager.health(), {"status": "ok"})

    async def test_without_asterisk_it_fails_in_time(self) -> None:
        self.patch(AsteriskManager, "LONGEST", 1.0)
        error = await reason(self.connect(host="127.0.0.1").ask("PJSIPNotify", [], False))
        self.assertEqual(error, "no connection to Asterisk's manager port: no connection")

    async def test_a_refused_account_fails_at_once_and_is_tried_again(self) -> None:
        self.asterisk.secret = "changed"
        self.asterisk.start()
        with logged() as events:
            manager = self.connect()
            error = await reason(manager.ask("PJSIPNotify", [], False))
            self.assertIn("the account is refused: Authentication failed", error)
            self.assertEqual(manager.health()["status"], "fail")
            await until(lambda: self.asterisk.refusals >= 3)
            self.asterisk.secret = SECRET
            await until(lambda: manager.health()["status"] == "ok")
        await manager.ask("PJSIPNotify", [], False)
        self.assertEqual(sum("refused" in text for text in events.texts()), 1)
        self.assertNotIn(SECRET, "".join(events.texts()))

    async def test_something_else_at_the_port_is_told(self) -> None:
        self.asterisk.banner = "SSH-2.0-OpenSSH_9.2\n"
        self.asterisk.start()
        manager = self.connect()
        await until(lambda: "isn't Asterisk's manager" in manager.health().get("why", ""))

    async def test_garbage_ends_a_connection_and_no_more(self) -> None:
        self.asterisk.answers["Show"] = lambda connection, begin: connection.write("x" * 70000)
        self.asterisk.start()
        manager = self.connect()
        error = await reason(manager.ask("Show", [], False))
        self.assertIn("a line is too long", error)
        await manager.ask("Ping", [], False)
        self.assertEqual(self.asterisk.logins, 2)

    async def test_silence_is_noticed(self) -> None:
        self.patch(AsteriskManager, "IDLE", 0.05)
        self.patch(AsteriskManager, "LONGEST", 0.2)
        self.asterisk.answers["Ping"] = None
        self.asterisk.start()
        manager = self.connect()
        await until(lambda: self.asterisk.logins >= 2)
        self.asterisk.answers["Ping"] = "Response: Success\nPing: Pong"
        await until(lambda: manager.health()["status"] == "ok")

    async def test_a_stop_fails_who_waits(self) -> None:
        self.asterisk.answers["PJSIPNotify"] = None
        self.asterisk.start()
        manager = self.connect()
        asked = Deferred.fromCoroutine(manager.ask("PJSIPNotify", [], False))
        await until(lambda: self.asterisk.asked)
        await manager.stopService()
        self.assertIn("lost before it answered", await reason(asked))

    async def test_who_waits_for_a_connection_too(self) -> None:
        manager = self.connect()
        asked = Deferred.fromCoroutine(manager.ask("PJSIPNotify", [], False))
        await manager.stopService()
        self.assertIn("this daemon stops", await reason(asked))


class Dropped(Case):
    async def test_a_notify_that_may_have_been_sent_is_not_sent_again(self) -> None:
        self.asterisk.answers["PJSIPNotify"] = lambda connection, begin: self.asterisk.drop()
        self.asterisk.start()
        manager = self.connect()
        error = await reason(manager.ask("PJSIPNotify", [], repeatable=False))
        self.assertIn("may have carried out", error)
        del self.asterisk.answers["PJSIPNotify"]
        await manager.ask("PJSIPNotify", [], repeatable=False)
        self.assertEqual((len(self.asterisk.asked), self.asterisk.logins), (2, 2))

    async def test_a_look_up_in_the_middle_of_its_list_is(self) -> None:
        def half(connection: Connection, begin: str) -> None:
            connection.write(f"Response: Success\n{begin}EventList: start\n\nEvent: ContactList\n{begin}\n")
            self.asterisk.answers["PJSIPShowContacts"] = listing("Event: ContactList")
            connection.transport.loseConnection()

        self.asterisk.answers["PJSIPShowContacts"] = half
        self.asterisk.start()
        self.assertEqual(len(await self.connect().ask("PJSIPShowContacts", [], repeatable=True)), 3)

    async def test_a_restart_is_survived(self) -> None:
        self.asterisk.start()
        manager = self.connect()
        await manager.ask("PJSIPNotify", [], False)
        await self.asterisk.stop()
        await until(lambda: manager.health()["status"] == "fail")
        asked = Deferred.fromCoroutine(manager.ask("PJSIPNotify", [], False))
        self.asterisk.start()
        await asked
        self.assertEqual(self.asterisk.logins, 2)


class Encrypted(Case):
    def setUp(self) -> None:
        super().setUp()
        pem, private = self_signed()
        self.shown = ssl.PrivateCertificate.loadPEM(private + pem).options()
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.authority = self.folder / "ca.pem"
        self.authority.write_bytes(self_signed()[0] + pem)

    async def test_a_certificate_is_checked_by_the_file(self) -> None:
        self.asterisk.start(self.shown)
        manager = self.connect(tls=True, verify_certificate=str(self.authority))
        await manager.ask("Ping", [], False)

    async def test_an_unknown_one_is_refused(self) -> None:
        self.asterisk.start(self.shown)
        manager = self.connect(tls=True)
        await until(lambda: "no trusted connection: certificate verify" in manager.health().get("why", ""))
        self.assertEqual(self.asterisk.logins, 0)

    async def test_that_of_another_host_is_refused(self) -> None:
        self.asterisk.start(self.shown)
        manager = self.connect(host="127.0.0.1", tls=True, verify_certificate=str(self.authority))
        await until(lambda: "of another host" in manager.health().get("why", ""))

    async def test_any_is_taken_where_the_settings_say_so(self) -> None:
        self.asterisk.start(self.shown)
        await self.connect(host="127.0.0.1", tls=True, verify_certificate=False).ask("Ping", [], False)

    def test_a_file_that_cannot_be_read_is_a_mistake_of_the_settings(self) -> None:
        for name in (str(self.folder / "absent"), "/dev/null"):
            with self.assertRaises(InvalidSettings) as caught:
                AsteriskManager(Ami(tls=True, verify_certificate=name), reactor)
            self.assertEqual(list(caught.exception.mistakes), ["ami.verify_certificate"])


def test_who_drops_each_connection_soon_is_asked_ever_more_slowly() -> None:
    clock, tries, soon = MemoryReactorClock(), [], [True]

    class Dropped(AsteriskManager):
        async def _connect(self) -> Session:
            tries.append(clock.seconds())
            session = Session()
            clock.callLater(0 if soon[0] else 100, session.lost.callback, "dropped")
            return session

    manager = Dropped(Ami(username=ACCOUNT, password=Secret(SECRET)), clock)
    manager.startService()
    clock.pump([0] + [1] * 120)
    assert [later - earlier for earlier, later in pairwise(tries)] == [1, 2, 4, 8, 16, 32, 32]
    soon[0] = False  # from the next one on, which lasts 100 s
    clock.pump([1] * 20)
    soon[0] = True
    clock.pump([1] * 140)
    assert [later - earlier for earlier, later in pairwise(tries[8:])][:3] == [101, 2, 4]
    result_of(manager.stopService())
    assert not clock.getDelayedCalls()


def test_an_error_keeps_what_asterisk_said() -> None:
    assert SaidNo("PJSIPNotify", "no").message == "no"
