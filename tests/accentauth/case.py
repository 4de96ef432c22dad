"""
A running daemon whose callers a stand-in for accent-auth knows.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from provd.accentauth.client import AuthServer
from provd.rest.remoteaccess import AccentAuthAccess
from tests.accentauth.standin import ACCOUNT, KEY, MASTER, StandIn
from tests.daemon.site import Site
from tests.rest.api import Api
from tests.rest.case import LINE


class Case(TestCase):
    timeout = 15

    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    async def _set_up(self) -> None:
        self.base = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.base)
        self.auth = StandIn()
        self.auth.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.auth.stop()))
        (self.base / "key.yml").write_text(f"service_id: {ACCOUNT}\nservice_key: {KEY}\n")
        self.patch(AuthServer, "LONGEST", 0.5)
        self.patch(AccentAuthAccess, "REMEMBERED", -1.0)
        self.site = Site(
            self.base,
            first_start={"plugins": ["yealink"]},
            **self.sections(),
            auth={
                "type": "accent_auth",
                "host": "127.0.0.1",
                "port": self.auth.port,
                "key_file": str(self.base / "key.yml"),
            },
        )
        await self.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        self.api = self.user(MASTER, "provd.#")

    def sections(self) -> dict[str, Any]:
        """
        Return settings of the daemon beside those of accent-auth.
        """
        return {"bus": {"enabled": False}}

    async def start(self, known: bool = True) -> None:
        await self.site.start()
        while known and not await self.is_known():
            pass

    async def is_known(self) -> bool:
        status: Any = (await self.user(MASTER, "#").get("/status")).json
        return bool(status.get("service_token", {}).get("status") == "ok")

    def user(self, tenant: str, *acl: str) -> Api:
        return Api(self.site, self.auth.token(tenant, *acl))

    async def configs(self) -> None:
        """
        Write the configs that accent-confd would.
        """
        lines = {"sip_lines": {"1": {**LINE, "username": "apAb12Cd34"}}}
        config = {"id": "autoprov", "role": "autocreate", "parent_ids": [], "raw_config": lines}
        self.assertEqual((await self.api.post("/cfg_mgr/configs", {"config": config})).status, 201)
