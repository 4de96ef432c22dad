"""
The calls of accent-auth that the daemon makes.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from provd.errors import ProvdError
from provd.logs import Secret
from provd.neighbor import Calls
from provd.settings.model import Auth

__all__ = ["AuthServer", "NewToken", "ServerFailed", "TokenRefused"]


class ServerFailed(ProvdError):
    """
    The server can't be reached, or is at a loss itself.
    """

    http_status = 503
    error_id = "authentication-server-unreachable"


class TokenRefused(Exception):
    """
    The server doesn't know the token, or it isn't enough.
    """


class NewToken(NamedTuple):
    """
    A token of the daemon's own.

    :param tenant: the tenant of the account.
    """

    text: Secret
    tenant: str


class AuthServer:
    """
    Asks accent-auth.  None of its methods takes longer than the time-out, and none blocks.

    :param timeout: seconds at most for each call.
    """

    LONGEST = 5.0

    def __init__(self, settings: Auth, reactor: Any) -> None:
        timeout = min(float(settings.timeout), self.LONGEST)
        calls = Calls("accent-auth", "auth", settings, timeout, ServerFailed, reactor)
        self._call, self._close = calls.call, calls.close

    async def allows(self, token: str, scope: str | None, tenant: str | None) -> bool:
        """
        Tell whether a token is good, for an access and a tenant if they are given.

        :raises ServerFailed: if the server can't tell.
        """
        wanted = {name: value for name, value in (("scope", scope), ("tenant", tenant)) if value is not None}
        status, _ = await self._call("HEAD", f"/token/{quote(token, safe='')}", wanted)
        return status == 204

    async def tenant_of(self, token: str) -> str:
        """
        Return the tenant of a token.

        :raises TokenRefused: if there is no such token.
        :raises ServerFailed: if the server can't tell.
        """
        status, body = await self._call("GET", f"/token/{quote(token, safe='')}")
        if status != 200:
            raise TokenRefused
        return _text(body, "data", "metadata", "tenant_uuid")

    async def tenants(self, token: Secret, tenant: str) -> list[str] | None:
        """
        Return a tenant and its descendants; None if the daemon's token isn't enough to know.

        :raises ServerFailed: if the server can't tell.
        """
        headers = {"X-Auth-Token": token.reveal(), "Accent-Tenant": tenant}
        status, body = await self._call("GET", "/tenants", headers=headers)
        if status != 200:
            return None
        items = body.get("items") if isinstance(body, dict) else None
        uuids = (
            [item.get("uuid") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        )
        found = [uuid for uuid in uuids if isinstance(uuid, str)]
        # What belongs to a tenant that isn't listed may be deleted: a part of the list is none.
        if not isinstance(items, list) or len(found) != len(items):
            raise ServerFailed("accent-auth answers no list of tenants")
        filtered = body.get("filtered")
        if isinstance(filtered, int) and filtered > len(found):
            raise ServerFailed(f"accent-auth lists only {len(found)} of {filtered} tenants")
        return found

    async def new_token(self, account: str, key: Secret, seconds: int) -> NewToken:
        """
        Return a token of the daemon's own account.

        :raises TokenRefused: if the account isn't accepted.
        :raises ServerFailed: if the server can't be asked.
        """
        status, body = await self._call(
            "POST", "/token", body={"expiration": seconds}, auth=(account, key.reveal())
        )
        if status != 200:
            raise TokenRefused
        return NewToken(Secret(_text(body, "data", "token")), _text(body, "data", "metadata", "tenant_uuid"))

    async def close(self) -> None:
        """
        Hang up.
        """
        await self._close()


def _text(body: Any, *path: str) -> str:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    if not isinstance(body, str) or not body:
        raise ServerFailed(f"accent-auth answers without {'.'.join(path)}")
    return body
