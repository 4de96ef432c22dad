"""
``/auth``: local tokens and tenants (``auth.type: local``).
"""

from __future__ import annotations

import time
from typing import Any

from twisted.internet.threads import deferToThread

from provd.app.tenanttable import TenantTable
from provd.app.tokens import Tokens, id_of
from provd.errors import InvalidDocument, NotFound
from provd.model.granting import granted

from .handlers import Handler
from .routes import Route

__all__ = ["Tenant", "Tenants", "Token", "TokensResource"]

_LONGEST_NAME = 200
# Far more than anybody grants; comparing texts without end would hold up phones.
_MOST_ACCESSES, _LONGEST_ACCESS = 200, 300


class _Local(Handler):
    """
    A resource that isn't there with accent-auth, which has its own.
    """

    async def find(self) -> None:
        if self.parts.get("tokens") is None:
            raise NotFound("resource", "auth")

    @property
    def tokens(self) -> Tokens:
        tokens: Tokens = self.parts["tokens"]
        return tokens

    @property
    def table(self) -> TenantTable:
        table: TenantTable = self.parts["tenant_table"]
        return table

    async def _of_caller(self, wanted: Any) -> str | None:
        """
        Return the tenant that a body names, the effective one if it names none; None if it isn't a tenant of
        the caller's.
        """
        if wanted is None or wanted == "":
            return self.caller.tenant
        return wanted if isinstance(wanted, str) and wanted in await self.caller.visible() else None


class TokensResource(_Local):
    """
    ``GET /auth/tokens`` and ``POST /auth/tokens {"token": {"name", "acl", "tenant_uuid", "expires"}}``

    A token's text is in the answer to POST alone.
    """

    required = {"GET": "provd.auth.tokens.read", "POST": "provd.auth.tokens.create"}

    async def get(self) -> None:
        visible = await self.caller.visible()
        self.answer(
            {
                "tokens": [
                    {
                        "id": token_id,
                        "name": token.name,
                        "acl": list(token.acl),
                        "tenant_uuid": token.tenant,
                        "created": token.created,
                        "expires": token.expires,
                        "last_used": token.last_used,
                    }
                    for token_id, token in self.tokens.listed().items()
                    if token.tenant in visible
                ]
            }
        )

    async def post(self) -> None:
        wanted = self.document("token")
        name, acl, tenant, expires = await self._checked(wanted)
        text = await deferToThread(self.tokens.create, name, acl, tenant, expires)
        token_id = id_of(text)
        self.set_header("Location", Route("/auth/tokens/{token_id}").path({"token_id": token_id}))
        self.set_header("Cache-Control", "no-store")
        self.answer({"id": token_id, "token": text.reveal()}, 201)

    async def _checked(self, wanted: dict[str, Any]) -> tuple[str, tuple[str, ...], str, float | None]:
        name, acl = wanted.get("name"), wanted.get("acl", ["#"])
        tenant, expires = await self._of_caller(wanted.get("tenant_uuid")), wanted.get("expires")
        mistakes = {}
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
            mistakes["name"] = f"isn't a text of 1 to {_LONGEST_NAME} characters"
        if not isinstance(acl, list) or not all(isinstance(access, str) and access for access in acl):
            mistakes["acl"] = "isn't a list of access strings"
        elif len(acl) > _MOST_ACCESSES or max(map(len, acl), default=0) > _LONGEST_ACCESS:
            mistakes["acl"] = (
                f"has more than {_MOST_ACCESSES}, or one of more than {_LONGEST_ACCESS} characters"
            )
        if tenant is None or not self.table.family(tenant):
            mistakes["tenant_uuid"] = "isn't a tenant of the caller's"
        if expires is not None and (isinstance(expires, bool) or not isinstance(expires, int | float)):
            mistakes["expires"] = "isn't a number of seconds since the epoch"
        elif expires is not None and expires <= time.time():
            mistakes["expires"] = "is past"
        own_end = self.caller.expires
        if "expires" not in mistakes and own_end is not None and (expires is None or expires > own_end):
            mistakes["expires"] = "is after the end of the caller's own"
        if mistakes:
            raise InvalidDocument("token", mistakes)
        assert self.caller.acl is not None
        return str(name), granted(self.caller.acl, acl), str(tenant), expires


class Token(_Local):
    """
    ``DELETE /auth/tokens/{token_id}``
    """

    required = {"DELETE": "provd.auth.tokens.{token_id}.delete"}

    async def find(self) -> None:
        await super().find()
        token = self.tokens.listed().get(self.values["token_id"])
        if token is None or token.tenant not in await self.caller.visible():
            raise NotFound("token", self.values["token_id"])

    async def delete(self) -> None:
        await deferToThread(self.tokens.revoke, self.values["token_id"])
        self.done()


class Tenants(_Local):
    """
    ``GET /auth/tenants`` and ``POST /auth/tenants {"tenant": {"name", "parent_uuid", "uuid"}}``
    """

    required = {"GET": "provd.auth.tenants.read", "POST": "provd.auth.tenants.create"}

    async def get(self) -> None:
        visible = await self.caller.visible()
        self.answer(
            {
                "tenants": [
                    {"uuid": tenant.uuid, "name": tenant.name, "parent_uuid": tenant.parent}
                    for tenant in self.table.all()
                    if tenant.uuid in visible
                ]
            }
        )

    async def post(self) -> None:
        wanted = self.document("tenant")
        parent = await self._of_caller(wanted.get("parent_uuid"))
        name, own = wanted.get("name"), wanted.get("uuid")
        mistakes = {}
        if parent is None:
            mistakes["parent_uuid"] = "isn't a tenant of the caller's"
        if not isinstance(name, str):
            mistakes["name"] = "isn't text"
        if not isinstance(own, str | None):
            mistakes["uuid"] = "isn't a UUID"
        if mistakes:
            raise InvalidDocument("tenant", mistakes)
        tenant = await deferToThread(self.table.add, str(name), str(parent), own)
        self.set_header("Location", Route("/auth/tenants/{tenant}").path({"tenant": tenant}))
        self.answer({"uuid": tenant}, 201)


class Tenant(_Local):
    """
    ``DELETE /auth/tenants/{tenant}``: its devices and all that is theirs go too.
    """

    required = {"DELETE": "provd.auth.tenants.{tenant}.delete"}

    async def find(self) -> None:
        await super().find()
        if self.values["tenant"] not in await self.caller.visible():
            raise NotFound("tenant", self.values["tenant"])

    async def delete(self) -> None:
        tenant = self.values["tenant"]
        await deferToThread(self.table.close, tenant)
        try:
            await self._clear(tenant)
            await deferToThread(self.table.remove, tenant)
        finally:
            self.table.reopen(tenant)
        # What others were at when its end began may be done only now.
        await self._clear(tenant)
        self.done()

    async def _clear(self, tenant: str) -> None:
        await deferToThread(self.tokens.revoke_of, tenant)
        await self.parts["tenant_end"].of(tenant)
