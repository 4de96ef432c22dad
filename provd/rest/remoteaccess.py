"""
Callers whose tokens accent-auth knows (``auth.type: accent_auth``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from provd.accentauth.client import AuthServer, ServerFailed, TokenRefused
from provd.identification.remembered import Remembered
from provd.logs import Secret

from .access import Caller, Unauthorized, access_string

__all__ = ["AccentAuthAccess"]

_Question = tuple[bytes, str | None, str | None]


class AccentAuthAccess:
    """
    Has accent-auth check tokens.  What it allowed counts for a few seconds, what it refused doesn't.

    :param own_token: returns the daemon's own token, None while it has none.
    :param seconds: tells the time.
    """

    REMEMBERED = 3.0
    """Seconds."""

    def __init__(
        self, server: AuthServer, own_token: Callable[[], Secret | None], seconds: Callable[[], float]
    ) -> None:
        self._server = server
        self._own_token = own_token
        self._seconds = seconds
        self._allowed: Remembered[_Question, float] = Remembered(4096)
        self._tenants: Remembered[bytes, tuple[float, str]] = Remembered(4096)

    async def check(
        self, token: str | None, tenant: str | None, required: str | None, values: Mapping[str, str]
    ) -> Caller:
        if not token:
            raise Unauthorized
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        effective = tenant or await self._tenant_of(token, digest)
        scope = access_string(required, {**values, "tenant_uuid": effective})
        question = (digest, scope, tenant)
        until = self._allowed.get(question)
        if until is None or until < self._seconds():
            if not await self._server.allows(token, scope, tenant):
                raise Unauthorized
            self._allowed.put(question, self._seconds() + self.REMEMBERED)
        return Caller(effective, self.descendants)

    async def _tenant_of(self, token: str, digest: bytes) -> str:
        known = self._tenants.get(digest)
        if known is not None and known[0] >= self._seconds():
            return known[1]
        try:
            tenant = await self._server.tenant_of(token)
        except TokenRefused:
            raise Unauthorized from None
        self._tenants.put(digest, (self._seconds() + self.REMEMBERED, tenant))
        return tenant

    async def descendants(self, tenant: str) -> frozenset[str]:
        """
        Return the tenants below one, as far as the daemon's own account is told.
        """
        own = self._own_token()
        if own is None:  # with fewer tenants, callers would take what is below theirs for deleted
            raise ServerFailed("accent-auth hasn't given the daemon a token yet")
        found = await self._server.tenants(own, tenant)
        return frozenset(found or ())
