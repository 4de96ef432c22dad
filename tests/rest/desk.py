"""
The administrators' site without a socket, a disk or a daemon: what is behind it is told by the test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.errors import Conflict, NotFound
from provd.identification.requests import DHCPRequest
from provd.rest.access import Caller, Unauthorized
from provd.rest.application import api
from provd.rest.monitors import Monitors
from provd.rest.site import api_site
from provd.store.interfaces import ISelection, Query
from provd.store.memory import MemoryStore
from tests.http.wire import Connection

TOKEN = "X-Auth-Token: good\r\n"
LEASE = '{"dhcp_info": {"op": "commit", "ip": "192.0.2.1", "mac": "001565aabb01", "options": []}}'


class _OneToken:
    async def check(
        self, token: str | None, tenant: str | None, required: str | None, values: Mapping[str, str]
    ) -> Caller:
        async def family(tenant: str) -> frozenset[str]:
            return frozenset((tenant,))

        if token != "good":
            raise Unauthorized
        return Caller("master", family)


class Desk:
    """
    :ivar looked_up: ids of configs that were asked for; none of them is found, and all are taken.
    :ivar leases: that were told.
    :ivar waiting: what ``GET /pg_mgr/install/installed`` waits for, one after the other.
    """

    def __init__(self, clock: Clock) -> None:
        self.looked_up: list[str] = []
        self.leases: list[DHCPRequest] = []
        self.waiting: list[Deferred[dict[str, Any]]] = []
        self._configs = MemoryStore(configs=[{"id": "base", "parent_ids": [], "raw_config": {}}]).configs
        parts = {"configs": self, "changes": self, "leases": self.leases.append, "reactor": clock}
        self.site = api_site(api(_OneToken(), Monitors(clock.seconds), health=dict, **parts), clock)

    def connect(self) -> Connection:
        return Connection(self.site)

    def get(self, config_id: str) -> None:
        self.looked_up.append(config_id)
        raise NotFound("config", config_id)

    async def insert(self, config: Mapping[str, Any]) -> str:
        raise Conflict("config", str(config.get("id")))

    def list(self, query: Query) -> ISelection:
        return self._configs.iter_select(query)

    async def installed(self) -> dict[str, Any]:
        self.waiting.append(Deferred())
        return await self.waiting[-1]
