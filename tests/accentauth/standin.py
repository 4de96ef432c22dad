"""
A stand-in for accent-auth: the calls that the daemon makes, and ways to fail at them.
"""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote

from twisted.web import server

from provd.model.acl import grants
from tests import neighbor

MASTER = "11111111-1111-4111-8111-111111111111"
CUSTOMER = "22222222-2222-4222-8222-222222222222"
BRANCH = "33333333-3333-4333-8333-333333333333"
OTHER = "44444444-4444-4444-8444-444444444444"
PARENTS = {CUSTOMER: MASTER, BRANCH: CUSTOMER, OTHER: MASTER}
ACCOUNT, KEY = "accent-provd", "key-of-the-service"


class StandIn(neighbor.StandIn):
    """
    :ivar asked: what was asked, without tokens: ``"HEAD token scope tenant"``.
    :ivar status: answered instead of everything; None for the truth.
    :ivar silent: whether to say nothing.
    :ivar listed: answered to who wants the list of tenants, instead of it; None for the truth.
    :ivar parents: tenant to the one above it.
    :ivar own: the tenant of the daemon's account.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, tuple[str, list[str]]] = {}
        self.asked: list[str] = []
        self.status: int | None = None
        self.silent = False
        self.may_list = True
        self.listed: Any = None
        self.parents = dict(PARENTS)
        self.own = MASTER

    def token(self, tenant: str, *acl: str) -> str:
        text = uuid.uuid4().hex
        self.tokens[text] = (tenant, list(acl))
        return text

    def render(self, request: Any) -> Any:
        path = [unquote(part.decode()) for part in request.postpath]
        arguments = {name.decode(): values[0].decode() for name, values in request.args.items()}
        names = [name for name in ("scope", "tenant") if name in arguments]
        self.asked.append(" ".join([request.method.decode(), path[1], *names]))
        if self.silent:
            return server.NOT_DONE_YET
        status, body = (self.status, {}) if self.status else self._answer(request, path, arguments)
        request.setResponseCode(status)
        request.setHeader(b"Content-Type", b"application/json")
        return b"" if status == 204 else json.dumps(body).encode()

    def _answer(self, request: Any, path: list[str], arguments: dict[str, str]) -> tuple[int, Any]:
        assert path[0] == "0.1"
        method = request.method.decode()
        if (method, path[1:]) == ("POST", ["token"]):
            return self._new_token(request)
        if path[1] == "token":
            return self._check(method, path[2], arguments)
        if (method, path[1:]) == ("GET", ["tenants"]):
            return self._tenants(request)
        return 404, {}

    def _new_token(self, request: Any) -> tuple[int, Any]:
        if (request.getUser(), request.getPassword()) != (ACCOUNT.encode(), KEY.encode()):
            return 401, {}
        assert json.loads(request.content.read()) == {"expiration": 21600}
        text = self.token(self.own, "auth.tenants.read")
        return 200, {"data": {"token": text, "metadata": {"tenant_uuid": self.own}}}

    def _check(self, method: str, text: str, arguments: dict[str, str]) -> tuple[int, Any]:
        if text not in self.tokens:
            return 404, {}
        tenant, acl = self.tokens[text]
        wanted = arguments.get("tenant", tenant)
        if wanted not in self.family(tenant) or not grants(acl, arguments.get("scope")):
            return 403, {}
        return (204, {}) if method == "HEAD" else (200, {"data": {"metadata": {"tenant_uuid": tenant}}})

    def _tenants(self, request: Any) -> tuple[int, Any]:
        if request.getHeader("X-Auth-Token") not in self.tokens or not self.may_list:
            return 401, {}
        family = self.family(request.getHeader("Accent-Tenant"))
        if self.listed is not None:
            return 200, self.listed
        return 200, {"items": [{"uuid": tenant} for tenant in sorted(family)]}

    def family(self, tenant: str) -> set[str]:
        found = {tenant}
        while more := {child for child, parent in self.parents.items() if parent in found} - found:
            found |= more
        return found
