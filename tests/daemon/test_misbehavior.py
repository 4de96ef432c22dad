"""
A plugin that misbehaves, beside plugins that don't: their phones are served, its own get a short answer, and
one line of the log says what was wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.threads import deferToThread

from tests.daemon.rogue import BLOCKED, plugin_named
from tests.daemon.site import install_plugin
from tests.daemon.test_flows import AGENT as YEALINK
from tests.daemon.test_flows import OWN, FlowTest
from tests.logged import Events, logged

RAISING = ("raise", "exit", "interrupt", "cancel", "odd", "recursion")
LATER = ("deferred", "failure", "never", "coroutine")
VALUES = ("none", "text", "bytes", "number", "class", "huge")
NO_TEXTS = ("bytes", "number", "class", "huge")

UNDEFINED, NOT_FOUND, GAVE_UP = 71, 68, 28
"""What curl makes of TFTP errors 0 and 1, and of no answer."""


class MisbehaviorTest(FlowTest):
    """
    A daemon with the plugins of Yealink, of Rogue and of Good phones.
    """

    timeout = 120

    def before_start(self) -> None:
        for name in ("Rogue", "Good"):
            install_plugin(self.site.folder, name.lower(), plugin_named(name))
        self.numbers = count(1)

    def phone(self, vendor: str) -> str:
        """
        Return the name of a phone that nobody has seen yet, which is also that of its file.
        """
        return f"{vendor}02000000{next(self.numbers):04x}"

    def fetch(self, phone: str, version: str = "") -> Deferred[tuple[int, bytes]]:
        """
        Begin to fetch a phone's own file over HTTP.
        """
        return Deferred.fromCoroutine(self.site.get(phone, f"{phone}-{version}"))

    @property
    def rogue(self) -> Any:
        return self.site.parts.manager.get("rogue")

    def begin_anew(self) -> None:
        """
        Make the rogue plugin one that nothing was told of yet.
        """
        manager = self.site.parts.manager
        self.rogue.WRONG.clear()
        manager.add(manager.remove("rogue"))

    def told_of_rogue(self, events: Events) -> list[str]:
        self.assertNotIn("s3cret", events.everything())
        return [text for text in events.texts() if " rogue" in text or "rogue " in text]

    async def others_are_served(self) -> None:
        self.assertEqual((await self.site.get(OWN, YEALINK))[0], 200)
        self.assertEqual(await self.fetch(self.phone("Good")), (200, b"content"))


class Wrong(MisbehaviorTest):
    async def check(
        self, method: str, ways: Iterable[str], status: int, told: str | None = None, tftp: bool = False
    ) -> None:
        """
        Have new phones of Rogue fetch their files twice, while a method goes wrong.

        :param status: what they get; for TFTP, curl's exit status.
        :param told: what is in the one line of the log that names the plugin; None for no line.
        """
        for way in ways:
            self.begin_anew()
            self.rogue.WRONG[method] = way
            phone = self.phone("Rogue")
            with logged() as events:
                for _ in range(2):
                    answer = self.site.tftp(phone) if tftp else self.fetch(phone)
                    self.assertEqual((await answer)[0], status, (method, way))
            lines = self.told_of_rogue(events)
            self.assertEqual(len(lines), 0 if told is None else 1, (method, way, lines))
            self.assertTrue(told is None or f"the {told} of rogue " in lines[0], (way, lines))
        self.rogue.WRONG[method] = "raise"
        await self.others_are_served()
        self.begin_anew()

    async def test_http_service(self) -> None:
        told = "HTTP service"
        values = set(VALUES) - {"none"}
        await self.check("http_service", (*RAISING, *LATER, *values), 500, told)
        await self.check("http_service", ["none"], 404)
        await self.check("path_preprocess", (*RAISING, *LATER), 500, told)
        await self.check("path_preprocess", VALUES, 200)
        await self.check("getChild", (*RAISING, *LATER, *VALUES), 500, told)
        await self.check("render", (*RAISING, *LATER, "none", "number", "class", "huge"), 500, told)
        await self.check("render", ("text", "bytes"), 200)

    async def test_tftp_service(self) -> None:
        told = "TFTP service"
        values = set(VALUES) - {"none"}
        await self.check("tftp_service", (*RAISING, *LATER, *values), UNDEFINED, told, tftp=True)
        await self.check("tftp_service", ["none"], NOT_FOUND, tftp=True)
        failing = (*RAISING, "failure", "coroutine")
        await self.check("handle_read_request", failing, UNDEFINED, told, tftp=True)

    async def test_a_read_request_that_is_never_answered(self) -> None:
        self.rogue.WRONG["handle_read_request"] = "never"
        url = f"tftp://127.0.0.1:{self.site.settings.general.tftp_port}/{self.phone('Rogue')}"
        waiting = Deferred.fromCoroutine(self.site.curl("-m", "1", url))
        await self.others_are_served()
        self.assertEqual((await self.site.tftp(self.phone("Good")))[0], 0)
        self.assertFalse(waiting.called)
        self.assertEqual((await waiting)[0], GAVE_UP)

    async def test_judges(self) -> None:
        sensitive, trigger = "is_sensitive_filename", "get_remote_state_trigger_filename"
        await self.check(sensitive, (*RAISING, *LATER), 200, sensitive)
        await self.check(sensitive, VALUES, 200)
        await self.check(trigger, (*RAISING, *LATER, *NO_TEXTS), 200, trigger)
        await self.check(trigger, ("none", "text"), 200)
        values = set(VALUES) - {"none"}
        await self.check("pg_associator", (*RAISING, *LATER, *values), 404, "associator")
        await self.check("pg_associator", ["none"], 404)
        values = set(VALUES) - {"number"}
        await self.check("associate", (*RAISING, *LATER, *values), 404, "associator")
        await self.check("associate", ["number"], 404)

    async def test_extractors(self) -> None:
        wrong = (*RAISING, "failure", "coroutine", *NO_TEXTS[:-1], "text")
        for kind, tftp, status in (("http", False, 404), ("tftp", True, NOT_FOUND)):
            await self.check(kind, wrong, status, "extractor", tftp)
            await self.check(kind, ("deferred", "none", "huge"), status, tftp=tftp)

    async def test_writing_files(self) -> None:
        for way in (*RAISING, "failure", "coroutine"):
            self.begin_anew()
            self.rogue.WRONG["configure"] = way
            with logged() as events:
                for _ in range(2):
                    status, _ = await self.fetch(self.phone("Rogue"))
                    self.assertEqual(status, 200)  # the plugin wrote the file before it failed
            *mistake, reason = self.told_of_rogue(events)
            self.assertIn("rogue failed to configure ", reason)
            self.assertEqual(len(mistake), way in LATER)
            self.assertFalse(any(d["configured"] for d in self.site.devices() if d["plugin"] == "rogue"))
        self.begin_anew()
        for way in ("deferred", *VALUES):
            self.rogue.WRONG["configure"] = way
            phone = self.phone("Rogue")
            await self.fetch(phone)
            self.assertTrue(self.site.devices()[-1]["configured"])
        await self.others_are_served()

    async def test_removing_files(self) -> None:
        for way in (*RAISING, "failure", "coroutine"):
            self.begin_anew()
            self.rogue.WRONG["deconfigure"] = way
            phone = self.phone("Rogue")
            await self.fetch(phone, "1")
            with logged() as events:
                self.assertEqual((await self.fetch(phone, "2"))[0], 200)  # written anew all the same
            self.assertTrue(self.site.devices()[-1]["configured"])
            self.assertIn("rogue failed to deconfigure ", self.told_of_rogue(events)[-1])
        await self.others_are_served()


class Blocked(MisbehaviorTest):
    async def check(self, method: str, begin: Callable[[], Deferred[Any]]) -> Any:
        """
        Have the phones of other plugins served while a method doesn't return; return what comes of it.
        """
        begun, may_go_on = BLOCKED["Rogue", method] = (threading.Event(), threading.Event())
        self.addCleanup(BLOCKED.clear)
        self.addCleanup(may_go_on.set)
        waiting = begin()
        self.assertTrue(await deferToThread(begun.wait, 10))
        await self.others_are_served()
        self.assertEqual((await self.site.tftp(self.phone("Good")))[0], 0)
        self.assertFalse(waiting.called)
        may_go_on.set()
        return await waiting

    async def test_configure(self) -> None:
        phone = self.phone("Rogue")
        self.assertEqual(await self.check("configure", lambda: self.fetch(phone)), (200, b"content"))

    async def test_deconfigure(self) -> None:
        phone = self.phone("Rogue")
        await self.fetch(phone, "1")
        self.assertEqual((await self.check("deconfigure", lambda: self.fetch(phone, "2")))[0], 200)

    async def test_configure_common(self) -> None:
        token = (self.site.data / "admin-token").read_text().strip()
        url = f"http://127.0.0.1:{self.site.settings.rest_api.port}/0.2/pg_mgr/reload"
        media = "Content-Type: application/vnd.accent.provd+json"
        command = ("-H", f"X-Auth-Token: {token}", "-H", media, "-d", '{"id": "rogue"}', url)
        reloaded = await self.check(
            "configure_common", lambda: Deferred.fromCoroutine(self.site.curl(*command))
        )
        self.assertEqual(reloaded[0], 204)

    async def test_many_phones_of_the_plugin_at_once(self) -> None:
        phones = [self.phone("Rogue") for _ in range(5)]
        answers = await self.check(
            "configure", lambda: gatherResults([self.fetch(phone) for phone in phones])
        )
        self.assertEqual([status for status, _ in answers], [200] * 5)
