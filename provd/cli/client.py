"""
Calls of the REST API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import provd
from provd.addresses import norm_uuid

from .exchange import Exchange, Response
from .failures import CommandFailed, Exit
from .paths import place
from .settings import Server

__all__ = ["Answer", "Client"]

_NO_BODY = object()
_AWAY = (502, 503, 504)
_CODES = {401: Exit.UNAUTHORIZED, 404: Exit.NOT_FOUND, 409: Exit.CONFLICT}


class _Document(dict[str, Any]):
    """
    An answer of the daemon; one that lacks what it should have is somebody else's.
    """

    def __init__(self, content: Mapping[str, Any], failure: CommandFailed) -> None:
        super().__init__(content)
        self._failure = failure

    def __missing__(self, key: str) -> Any:
        raise self._failure


class Answer(NamedTuple):
    """
    What the daemon answered.

    :ivar body: a JSON object; empty where there is none.
    :ivar location: the header, None where there is none.
    """

    body: dict[str, Any]
    location: str | None


class Client:
    """
    Calls a daemon on behalf of an administrator.

    :raises CommandFailed: from every method: what the daemon says, or that it can't be reached.
    """

    def __init__(self, server: Server, reactor: Any) -> None:
        self._server = server
        self._tenant: str | None = None
        self._exchange = Exchange(server, reactor)

    async def settle_tenant(self) -> None:
        """
        Find the tenant that is meant, if one was named.
        """
        if self._server.tenant is not None:
            self._tenant = await self.tenant_uuid(self._server.tenant)

    async def tenant_uuid(self, name: str) -> str:
        """
        Return the UUID of a tenant, which is given by it or by its name.
        """
        try:
            return norm_uuid(name)
        except ValueError:
            pass
        try:
            tenants = (await self.get(place("auth", "tenants")))["tenants"]
        except CommandFailed as error:
            if error.details.get("resource") != "auth":
                raise
            raise CommandFailed("tenants are accent-auth's here: name one by its UUID", Exit.USAGE) from None
        found = [tenant["uuid"] for tenant in tenants if tenant["name"] == name]
        if len(found) > 1:
            raise CommandFailed(f"{len(found)} tenants are named {name}: {', '.join(found)}", Exit.CONFLICT)
        if not found:
            raise CommandFailed(f"no tenant {name!r}", Exit.NOT_FOUND)
        return str(found[0])

    async def get(self, path: str, query: Mapping[str, Any] | None = None, tenant: str | None = None) -> Any:
        """
        Return a JSON document.

        :param path: below the version, see :func:`provd.cli.paths.place`.
        :param tenant: a UUID, if it is another tenant's than the one that was settled.
        """
        return (await self.call("GET", path, query=query, tenant=tenant)).body

    async def post(self, path: str, body: Any) -> Answer:
        return await self.call("POST", path, body)

    async def put(self, path: str, body: Any, tenant: str | None = None) -> None:
        await self.call("PUT", path, body, tenant=tenant)

    async def delete(self, path: str) -> None:
        await self.call("DELETE", path)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = _NO_BODY,
        query: Mapping[str, Any] | None = None,
        tenant: str | None = None,
    ) -> Answer:
        """
        Send one request.
        """
        headers = {
            "Accept": "application/json",
            "User-Agent": f"provd-cli/{provd.__version__}",
            "X-Auth-Token": self._server.token.reveal(),
        }
        if tenant or self._tenant:
            headers["Accent-Tenant"] = tenant or self._tenant or ""
        data = None
        if body is not _NO_BODY:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        asked = f"?{urlencode(query, errors='surrogateescape')}" if query else ""
        response = await self._exchange.send(method, f"/0.2{path}{asked}", headers, data)
        if response.status >= 300:
            raise self._problem(f"{method} {path}", response)
        document = _json_object(response.content) if response.content else {}
        if document is None:
            raise self._stranger(response)
        return Answer(_Document(document, self._stranger(response)), response.location)

    def _problem(self, what: str, response: Response) -> CommandFailed:
        """
        Return what to tell of an answer that is none.
        """
        document = _json_object(response.content) or {}
        message, details = document.get("message"), document.get("details")
        if response.status == 401:
            for_whom = f" for the tenant {self._tenant}" if self._tenant else ""
            return CommandFailed(
                f"unauthorized: the token of {self._server.token_from} isn't known to {self._server.url},"
                f" or may not do this{for_whom} ({what})",
                Exit.UNAUTHORIZED,
            )
        if not isinstance(message, str) or not isinstance(details, dict | None):
            return self._stranger(response)
        code = Exit.UNREACHABLE if response.status in _AWAY else _CODES.get(response.status, Exit.FAILED)
        more = [f"{key} {text}" for key, text in (details or {}).items()]
        return CommandFailed(
            "; ".join([message, *(text for text in more if not _is_told(text, message))]), code, details
        )

    def _stranger(self, response: Response) -> CommandFailed:
        """
        Return that whoever answered isn't accent-provd.
        """
        answer = f"{response.status} {response.phrase}".strip()
        if 300 <= response.status < 400 and response.location:
            answer += f", {response.location}"
        return CommandFailed(
            f"{self._server.url} doesn't answer as accent-provd does ({answer}): is --url right?",
            Exit.UNREACHABLE,
        )


def _is_told(text: str, message: str) -> bool:
    """
    Tell whether a message says what is known of a key, as ``"no device 'x'"`` does of ``device x``.
    """
    return text in message or all(repr(word)[1:-1] in message for word in text.split(" ", 1))


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
