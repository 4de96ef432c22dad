"""
What all resources of the API have in common.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from tests.daemon.site import Site
from tests.rest.api import Api


class Basics(TestCase):
    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    async def _set_up(self) -> None:
        self.site = Site(Path(tempfile.mkdtemp()), first_start={"plugins": []})
        await self.site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        self.api = Api(self.site)

    async def test_what_is_wrong_is_told_in_one_order(self) -> None:
        install = "/pg_mgr/install/install"
        cases: list[tuple[int, str, str, Any, dict[str, str | None]]] = [
            (401, "PATCH", install, b"{", {"X-Auth-Token": None}),
            (401, "POST", install, {"id": "x"}, {"X-Auth-Token": ""}),
            (401, "POST", install, {"id": "x"}, {"X-Auth-Token": "wrong"}),
            (401, "GET", "/nowhere", {}, {"X-Auth-Token": "wrong"}),
            (401, "BREW", install, {}, {"X-Auth-Token": "wrong"}),
            (405, "BREW", install, b"{", {}),
            (405, "TRACE", install, b"{", {}),
            (405, "__init__", install, b"{", {}),
            (405, "PUT", install, b"{", {"Content-Type": "text/plain"}),
            (404, "POST", "/pg_mgr/plugins/x/install/install", b"{", {"Content-Type": "text/plain"}),
            (404, "GET", "/nowhere", {}, {}),
            (404, "GET", "/pg_mgr/plugins/%ff", {}, {}),
            (415, "POST", install, b"{", {"Content-Type": "text/plain"}),
            (415, "POST", install, b"{", {"Content-Type": None}),
            (406, "GET", "/pg_mgr", {}, {"Accept": "text/html"}),
            (400, "POST", install, b"{", {}),
            (400, "POST", install, b"\xff", {}),
            (400, "POST", install, [], {}),
            (400, "POST", install, {}, {}),
            (400, "POST", install, b"[" * 100_000, {}),
            (400, "POST", install, b'{"id": "zero", "id": "null"}', {}),
            (400, "POST", install, b'{"id": "null", "a": NaN}', {}),
            (400, "POST", install, b'{"id": "null", "a": ' + b"[" * 100 + b"]" * 100 + b"}", {}),
            (400, "POST", install, {"id": "unknown"}, {}),
        ]
        for status, method, path, body, headers in cases:
            answer = await self.api.call(method, path, body, headers)
            self.assertEqual(answer.status, status, (method, path, headers))
            self.assertEqual(answer.header("Content-Type"), "application/json")
            self.assertEqual(answer.header("Access-Control-Allow-Origin"), "*")
            self.assertEqual({"message", "error_id", "details", "timestamp"}, set(answer.json))

    async def test_head_is_get_without_the_body(self) -> None:
        answers = [await self.api.call(method, "/pg_mgr") for method in ("GET", "HEAD")]
        got, head = answers
        self.assertEqual((got.status, head.status, head.text), (200, 200, ""))
        self.assertEqual(head.header("Content-Length"), str(len(got.text)))

    async def test_a_list_of_unknown_length_and_nothing_at_all_tell_no_length(self) -> None:
        got, head = [await self.api.call(method, "/dev_mgr/devices") for method in ("GET", "HEAD")]
        self.assertEqual((got.status, head.status, head.text), (200, 200, ""))
        self.assertEqual(head.header("Content-Type"), got.header("Content-Type"))
        put = await self.api.put("/configure/NAT", {"param": {"value": 0}})
        self.assertEqual(put.status, 204)
        for answer in (got, head, put):
            self.assertIsNone(answer.header("Content-Length"))

    async def test_a_browser_may_ask_from_anywhere(self) -> None:
        for path in ("/status", "/nowhere", "/pg_mgr/plugins/x"):
            answer = await self.api.call("OPTIONS", path, headers={"X-Auth-Token": None})
            self.assertEqual((answer.status, answer.text), (200, ""))
            self.assertEqual(answer.header("Access-Control-Allow-Origin"), "*")
            self.assertEqual(answer.header("Access-Control-Expose-Headers"), "Location")

    async def test_the_wrong_method_is_told_the_right_ones(self) -> None:
        answer = await self.api.call("DELETE", "/pg_mgr")
        self.assertEqual((answer.status, answer.header("Allow")), (405, "GET, HEAD, OPTIONS"))

    async def test_a_caller_gets_its_own_media_type(self) -> None:
        old = "application/vnd.proformatique.provd+json"
        answer = await self.api.get("/pg_mgr/", Accept=old)
        self.assertEqual((answer.status, answer.header("Content-Type")), (200, old))

    async def test_only_the_tenants_below_ones_own_may_be_named(self) -> None:
        other = "5f6c8fd6-2d9f-4d5f-8d3e-6c1c0a9b7f10"
        self.assertEqual((await self.api.get("/pg_mgr", **{"Accent-Tenant": other})).status, 401)
        own = str(self.site.parts.tenants.master)
        self.assertEqual((await self.api.get("/pg_mgr", **{"Accent-Tenant": own.upper()})).status, 200)
        both = {"Accent-Tenant": own, "Wazo-Tenant": other}
        self.assertEqual((await self.api.get("/pg_mgr", **both)).status, 200)
