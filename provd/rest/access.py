"""
Who calls the API, for which tenant, and what they may do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from provd.app.tenanttable import TenantTable
from provd.app.tokens import Tokens
from provd.errors import ProvdError

__all__ = ["Access", "Caller", "LocalAccess", "Unauthorized", "access_string"]


class Unauthorized(ProvdError):
    """
    No token, an unknown one, or one that lacks the access or the tenant: clients expect 401 for all of them.
    """

    http_status = 401
    error_id = "unauthorized"

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Caller:
    """
    Who sent a request, and for whom.

    :ivar tenant: the effective tenant: the one that the request names, else that of the token.
    :ivar acl: what the token grants, None where only accent-auth knows.
    :ivar expires: when the token ends, in seconds since the epoch; None if it doesn't, or only accent-auth
        knows.
    """

    def __init__(
        self,
        tenant: str,
        descendants: Callable[[str], Awaitable[frozenset[str]]],
        acl: tuple[str, ...] | None = None,
        expires: float | None = None,
    ) -> None:
        self.tenant = tenant
        self.acl = acl
        self.expires = expires
        self._descendants = descendants
        self._visible: frozenset[str] | None = None

    async def visible(self) -> frozenset[str]:
        """
        Return the effective tenant and all its descendants.

        :raises ServerFailed: if accent-auth can't tell.
        """
        if self._visible is None:
            self._visible = await self.family(self.tenant)
        return self._visible

    async def family(self, tenant: str) -> frozenset[str]:
        """
        Return a tenant and all its descendants, whether they are the caller's or not.

        :raises ServerFailed: if accent-auth can't tell.
        """
        return await self._descendants(tenant) | {tenant}


class Access(Protocol):
    """
    Checks callers.
    """

    async def check(
        self, token: str | None, tenant: str | None, required: str | None, values: Mapping[str, str]
    ) -> Caller:
        """
        Return who calls.

        :param tenant: the tenant that the request names, as it was sent.
        :param required: the access string of what the caller wants, with names in braces; None wants no more
            than a good token.
        :param values: what stands for those names, but for ``tenant_uuid``, the effective tenant.
        :raises Unauthorized: if the token isn't enough.
        :raises ServerFailed: if accent-auth can't tell.
        """


class LocalAccess:
    """
    Checks tokens against the daemon's own table (``auth.type: local``).

    A token of a tenant that isn't in the table any more opens nothing.
    """

    def __init__(self, tokens: Tokens, table: TenantTable) -> None:
        self._tokens = tokens
        self._table = table

    async def check(
        self, token: str | None, tenant: str | None, required: str | None, values: Mapping[str, str]
    ) -> Caller:
        known = self._tokens.find(token) if token else None
        if known is None:
            raise Unauthorized
        effective = tenant or known.tenant
        if known.tenant not in self._table:
            raise Unauthorized
        if effective != known.tenant and effective not in self._table.family(known.tenant):
            raise Unauthorized
        if not known.allows(access_string(required, {**values, "tenant_uuid": effective})):
            raise Unauthorized
        return Caller(effective, self._descendants, known.acl, known.expires)

    async def _descendants(self, tenant: str) -> frozenset[str]:
        return self._table.family(tenant)


def access_string(required: str | None, values: Mapping[str, str]) -> str | None:
    """
    Return an access string with its names replaced; a dot in a value would begin a segment, so it becomes
    an underscore.
    """
    if required is None:
        return None
    return required.format(**{name: value.replace(".", "_") for name, value in values.items()})
