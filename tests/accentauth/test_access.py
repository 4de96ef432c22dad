"""
Callers whose tokens accent-auth knows, against a stand-in that can fail in every way.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from provd.rest.remoteaccess import AccentAuthAccess
from tests.accentauth.case import Case
from tests.accentauth.standin import BRANCH, CUSTOMER, KEY, MASTER, OTHER
from tests.daemon.site import Site
from tests.logged import Events, logged
from tests.rest.api import Api
from tests.rest.case import AGENT, OWN


class Callers(Case):
    async def test_each_caller_may_do_what_its_token_and_tenant_allow(self) -> None:
        await self.api.post("/dev_mgr/devices", {"device": {"id": "b"}}, **{"Accent-Tenant": BRANCH})
        customer = self.user(CUSTOMER, "provd.dev_mgr.#", f"provd.configure.{BRANCH}.#")
        for status, path, headers in (
            (200, "/dev_mgr/devices/b", {}),
            (200, "/dev_mgr/devices/b", {"Accent-Tenant": BRANCH}),
            (401, "/dev_mgr/devices/b", {"Accent-Tenant": OTHER}),
            (401, "/dev_mgr/devices/b", {"Accent-Tenant": "nonsense"}),
            (401, "/cfg_mgr/configs", {}),
            (401, "/configure/NAT", {}),
            (200, "/configure/NAT", {"Wazo-Tenant": BRANCH}),
            (404, "/nowhere", {}),
        ):
            answer = await customer.get(path, **headers)
            self.assertEqual(answer.status, status, (path, headers))
        for token in ("", "unknown", "a/../b", "é"):
            self.assertEqual((await Api(self.site, token).get("/status")).status, 401)
        self.assertEqual((await self.user(OTHER, "provd.#").get("/dev_mgr/devices/b")).status, 404)
        listed = (await customer.get("/dev_mgr/devices?recurse=true")).json["devices"]
        self.assertEqual([device["id"] for device in listed], ["b"])

    async def test_without_the_right_to_list_tenants_a_caller_sees_its_own(self) -> None:
        await self.api.post("/dev_mgr/devices", {"device": {"id": "b"}}, **{"Accent-Tenant": BRANCH})
        self.auth.may_list = False
        self.assertEqual((await self.api.get("/dev_mgr/devices/b")).status, 404)
        self.assertEqual((await self.api.get("/dev_mgr/devices/b", **{"Accent-Tenant": BRANCH})).status, 200)

    async def test_a_caller_that_names_a_tenant_costs_one_question(self) -> None:
        self.auth.asked.clear()
        await self.api.get("/status", **{"Accent-Tenant": BRANCH})
        self.assertEqual(self.auth.asked, ["HEAD token scope tenant"])
        self.auth.asked.clear()
        await self.api.get("/status")
        self.assertEqual(self.auth.asked, ["GET token", "HEAD token scope"])

    async def test_what_was_allowed_counts_for_a_moment_and_what_was_refused_does_not(self) -> None:
        self.patch(AccentAuthAccess, "REMEMBERED", 60.0)
        for _ in range(3):
            await self.api.get("/status")
        self.auth.asked.clear()
        await self.api.get("/status")
        self.assertEqual(self.auth.asked, [])
        user = self.user(CUSTOMER, "nothing")
        self.assertEqual((await user.get("/status")).status, 401)
        self.auth.tokens[user.token] = (CUSTOMER, ["provd.status.read"])
        self.assertEqual((await user.get("/status")).status, 200)

    async def test_local_tokens_and_tenants_are_not_there(self) -> None:
        for path in ("/auth/tokens", "/auth/tenants", "/auth/tokens/x", "/auth/tenants/x"):
            answer = await self.api.call("DELETE" if path.endswith("x") else "GET", path)
            self.assertEqual(answer.status, 404, path)


class Failures(Case):
    async def test_while_it_cannot_be_asked_callers_get_503_and_phones_their_files(self) -> None:
        await self.configs()
        for fault in ("status", "silent", "stopped"):
            self.auth.status = 500 if fault == "status" else None
            self.auth.silent = fault == "silent"
            if fault == "stopped":
                await self.auth.stop()
            answer = await self.api.get("/status")
            self.assertEqual(
                (answer.status, answer.json["error_id"]), (503, "authentication-server-unreachable")
            )
            self.assertNotIn(self.api.token, answer.text)
            self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        self.auth.silent = False
        self.auth.start()
        self.assertEqual((await self.api.get("/status")).status, 200)
        self.assertEqual(self.site.device()["tenant_uuid"], MASTER)

    async def test_without_its_own_token_the_daemon_cannot_tell_what_a_caller_sees(self) -> None:
        """
        Clients take 404 for a device that was deleted.
        """
        await self.api.post("/dev_mgr/devices", {"device": {"id": "b"}}, **{"Accent-Tenant": BRANCH})
        await self.site.stop()
        (self.base / "key.yml").unlink()
        await self.start(known=False)
        for answer in (
            await self.api.get("/dev_mgr/devices/b"),
            await self.api.get("/dev_mgr/devices?recurse=true"),
            await self.api.delete("/dev_mgr/devices/b"),
        ):
            self.assertEqual(
                (answer.status, answer.json["error_id"]), (503, "authentication-server-unreachable")
            )
        self.assertEqual((await self.api.get("/cfg_mgr/configs")).status, 200)

    async def test_the_master_tenant_is_known_after_a_restart_without_it(self) -> None:
        await self.configs()
        await self.site.stop()
        await self.auth.stop()
        await self.start(known=False)
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        self.assertEqual(self.site.device()["tenant_uuid"], MASTER)
        self.auth.start()
        while (await self.api.get("/status")).status != 200:
            pass

    async def test_no_token_or_key_is_logged(self) -> None:
        with logged() as events:
            self.auth.status = 500
            await self.api.get("/status")
            await self.site.stop()
            (self.base / "key.yml").write_text(f"service_id: other\nservice_key: {KEY}\n")
            self.auth.status = None
            await self.start(known=False)
            while "the account is refused" not in _of_the_daemon(events):
                await Api(self.site, "s3cret-token").get("/status")
        said = _of_the_daemon(events)
        for secret in (KEY, self.api.token, "s3cret-token"):
            self.assertNotIn(secret, said)


def _of_the_daemon(events: Events) -> str:
    # The test's own client logs its requests, headers and all.
    return Events(event for event in events if str(event["log_namespace"]).startswith("provd")).everything()


class BeforeTheFirstToken(TestCase):
    async def test_no_device_is_made_while_nobody_knows_whose_it_would_be(self) -> None:
        base = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, base)
        site = Site(
            base, auth={"type": "accent_auth", "host": "127.0.0.1", "port": 1, "key_file": str(base / "none")}
        )
        await site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(site.stop()))
        self.assertEqual((await site.get(OWN, AGENT))[0], 404)
        self.assertEqual(site.devices(), [])
