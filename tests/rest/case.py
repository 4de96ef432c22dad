"""
A running daemon, its administrator, and a customer with a branch office.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from tests.daemon.site import Site
from tests.rest.api import Answer, Api

AGENT = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01"
OWN = "001565aabb01.cfg"
LINE = {"username": "k3v9x2", "password": "s3cret", "proxy_ip": "192.0.2.1"}


class ApiCase(TestCase):
    """
    :ivar api: calls as the administrator.
    :ivar customer, branch, other: tenants: below the master tenant, below the customer, a stranger to both.
    """

    timeout = 60
    PLUGINS: Any = ["yealink"]

    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    def general(self) -> dict[str, Any]:
        """
        Return settings of ``general``.
        """
        return {}

    def sections(self) -> dict[str, Any]:
        """
        Return settings of other sections.
        """
        return {}

    async def _set_up(self) -> None:
        self.base = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.base)
        self.site = Site(self.base, self.general(), first_start={"plugins": self.PLUGINS}, **self.sections())
        await self.site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        self.api = Api(self.site)
        self.master = str(self.site.parts.tenants.master)
        self.customer = await self.tenant("customer", self.master)
        self.branch = await self.tenant("branch", self.customer)
        self.other = await self.tenant("other", self.master)

    async def tenant(self, name: str, parent: str) -> str:
        answer = await self.api.post("/auth/tenants", {"tenant": {"name": name, "parent_uuid": parent}})
        self.assertEqual(answer.status, 201, answer.text)
        return str(answer.json["uuid"])

    async def caller(self, tenant: str | None = None, *acl: str) -> Api:
        """
        Return somebody with a token of their own.
        """
        wanted = {"name": "somebody", "acl": list(acl) or ["provd.#"], "tenant_uuid": tenant or self.master}
        answer = await self.api.post("/auth/tokens", {"token": wanted})
        self.assertEqual(answer.status, 201, answer.text)
        return Api(self.site, answer.json["token"])

    async def boot(self) -> str:
        """
        Have a phone boot; return the id of its device.
        """
        self.assertEqual((await self.site.get(OWN, AGENT))[0], 200)
        return str(self.site.device()["id"])

    async def device(self, device_id: str) -> dict[str, Any]:
        answer = await self.api.get(f"/dev_mgr/devices/{device_id}")
        self.assertEqual(answer.status, 200, answer.text)
        found: dict[str, Any] = answer.json["device"]
        return found

    def refused(self, answer: Answer, status: int, error_id: str) -> None:
        self.assertEqual((answer.status, answer.json["error_id"]), (status, error_id), answer.text)
