"""
Calls of another daemon of the PBX: JSON over HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from treq.client import HTTPClient
from twisted.internet.defer import CancelledError
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers

from provd.certificates import https_policy
from provd.errors import InvalidSettings
from provd.settings.model import Amid, Auth

__all__ = ["Calls", "certificate_policy"]

_LARGEST_ANSWER = 64 << 20
"""Bytes: what amid tells of a registered phone takes 600, and there may be many thousands."""


class Calls:
    """
    Asks one daemon.  No call blocks, or takes longer than the time-out.

    :param name: the daemon's, for errors.
    :param section: of the settings.
    :param timeout: seconds at most for each call.
    :param failed: makes, of a text, the error to raise if it can't be asked or is at a loss itself.
    """

    def __init__(
        self,
        name: str,
        section: str,
        settings: Auth | Amid,
        timeout: float,
        failed: Callable[[str], Exception],
        reactor: Any,
    ) -> None:
        scheme = "https" if settings.https else "http"
        prefix = (settings.prefix or "").strip("/")
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._base = f"{scheme}://{host}:{settings.port}/{prefix + '/' if prefix else ''}{settings.version}"
        self._name = name
        self._timeout = timeout
        self._failed = failed
        self._reactor = reactor
        self._pool = HTTPConnectionPool(reactor)
        policy = certificate_policy(section, settings.verify_certificate)
        self._client = HTTPClient(Agent(reactor, policy, connectTimeout=timeout, pool=self._pool))

    async def call(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: Any = None,
        auth: tuple[str, str] | None = None,
    ) -> tuple[int, Any]:
        """
        Return the status, below 500, and with 200 the JSON of an answer.  The path may hold a token, so no
        error tells it.
        """
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = {"Accept": "application/json", **(headers or {})}
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            asked = self._client.request(
                method,
                url,
                headers=Headers({name: [value] for name, value in sent.items()}),
                data=data,
                auth=auth,
                allow_redirects=False,
                reactor=self._reactor,
            )
            response = await asked.addTimeout(self._timeout, self._reactor)
            content = await response.content().addTimeout(self._timeout, self._reactor)
        except CancelledError:
            raise
        except Exception as error:
            raise self._failed(f"{self._name} can't be reached: {type(error).__name__}") from None
        if response.code >= 500:
            raise self._failed(f"{self._name} answers {response.code}")
        if method == "HEAD" or response.code != 200:
            return response.code, None
        if len(content) > _LARGEST_ANSWER:
            raise self._failed(f"{self._name} answers more than {_LARGEST_ANSWER >> 20} MiB")
        try:
            return response.code, json.loads(content)
        except (ValueError, RecursionError):
            raise self._failed(f"{self._name} answers what isn't JSON") from None

    async def close(self) -> None:
        """
        Hang up.
        """
        await self._pool.closeCachedConnections()


def certificate_policy(section: str, verify: bool | str) -> Any:
    """
    Return how a neighbor's certificate is checked.

    :param section: of the settings.
    :param verify: as there: True, False, or the file of the authorities to check it by.
    :raises InvalidSettings: if there is no such file, or no certificate in it.
    """
    try:
        return https_policy(verify)
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise InvalidSettings({f"{section}.verify_certificate": f"{verify}: {problem}"}) from error
