"""
Files from HTTP servers: redirections followed, passwords shown where they are asked for, parts taken up.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from treq.client import HTTPClient
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from twisted.web.iweb import UNKNOWN_LENGTH

from provd.errors import DownloadError

from .agent import ProxyingAgent
from .passwords import Passwords, credentials_of
from .receiving import Receiver, Stalled

__all__ = ["Beginning", "HTTPSource"]

_USER_AGENT = "accent-fetchfw/1.0"
_MOST_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", re.ASCII)


class Beginning:
    """
    Where a download begins, once the server has said so.

    :ivar validator: what tells this version of the file from others, as ``If-Range`` wants it.
    """

    def __init__(self, told: Callable[[int, int | None], Awaitable[None]] | None) -> None:
        self._told = told
        self.validator: str | None = None

    async def at(self, start: int, whole: int | None, validator: str | None = None) -> None:
        self.validator = validator
        if self._told is not None:
            await self._told(start, whole)


class HTTPSource:
    """
    Receives files through the proxies that are set at that moment.

    :param proxies, passwords, policy: see :class:`provd.downloads.client.Downloads`.
    """

    def __init__(
        self, reactor: Any, proxies: Mapping[str, str], passwords: Passwords, policy: Any | None
    ) -> None:
        self._reactor = reactor
        self._proxies = proxies
        self._passwords = passwords
        self._policy = policy

    async def receive(
        self,
        url: str,
        start: int,
        beginning: Beginning,
        keep: Callable[[bytes], Awaitable[None]],
        limit: int,
        timeout: float,
    ) -> None:
        """
        Receive a file; the parameters are those of :meth:`provd.downloads.client.Downloads.receive`.

        :raises DownloadError: if the server refuses.
        """
        headers = {"User-Agent": _USER_AGENT}
        if start:
            headers["Range"] = f"bytes={start}-"
            if beginning.validator is not None:
                headers["If-Range"] = beginning.validator
        response = await self._asked(url, headers, timeout)
        if response.code not in (200, 206):
            raise DownloadError(url, f"{response.code} {response.phrase.decode('latin-1')}", response.code)
        at = 0
        if response.code == 206:
            match = _CONTENT_RANGE.fullmatch(_header(response, "Content-Range") or "")
            at = int(match[1]) if match else -1
            if at != start:
                raise DownloadError(url, "answers with a part that wasn't asked for")
        whole = None if response.length is UNKNOWN_LENGTH else at + response.length
        await beginning.at(at, whole, _validator(response))
        receiver = Receiver(self._reactor, keep, limit - at, timeout)
        response.deliverBody(receiver)
        await receiver.done

    async def _asked(self, url: str, headers: dict[str, str], timeout: float) -> Any:
        """
        Return the answer to a request, redirections followed and passwords shown where they are asked for.
        """
        client = HTTPClient(ProxyingAgent(self._reactor, self._proxies, timeout, self._policy))
        authorization = credentials_of(url)
        for _ in range(_MOST_REDIRECTS):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https", "ftp") or not parts.hostname:
                raise DownloadError(url, "isn't an http, https or ftp URL")
            plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
            response = await self._answer(client, plain, headers, authorization, timeout)
            if response.code == 401 and authorization is None:
                challenges = response.headers.getRawHeaders("WWW-Authenticate", [])
                authorization = self._passwords.authorization(challenges, plain)
                if authorization is not None:
                    await _discard(response, self._reactor)
                    response = await self._answer(client, plain, headers, authorization, timeout)
            location = _header(response, "Location") if response.code in _REDIRECTS else None
            if location is None:
                return response
            await _discard(response, self._reactor)
            target = urljoin(plain, location)
            if urlsplit(target)[:2] != urlsplit(plain)[:2]:
                authorization = credentials_of(target)
            if urlsplit(target).scheme not in ("http", "https"):
                raise DownloadError(url, "redirects to what isn't an http or https URL")
            url = target
        raise DownloadError(url, "redirects without end")

    async def _answer(
        self,
        client: HTTPClient,
        url: str,
        headers: dict[str, str],
        authorization: str | None,
        timeout: float,
    ) -> Any:
        shown = Headers({name: [value] for name, value in headers.items()})
        if authorization is not None:
            shown.setRawHeaders("Authorization", [authorization])
        asked = client.request(
            "GET", url, headers=shown, allow_redirects=False, unbuffered=True, reactor=self._reactor
        )
        return await asked.addTimeout(timeout, self._reactor, _silent)


def _silent(_result: Any, timeout: float) -> Failure:
    return Failure(Stalled(f"no answer for {timeout:g} s"))


def _header(response: Any, name: str) -> str | None:
    values: list[str] = response.headers.getRawHeaders(name, [])
    return values[0] if values else None


def _validator(response: Any) -> str | None:
    """
    Return what ``If-Range`` takes: a strong entity tag, else the time of the last change.
    """
    tag = _header(response, "ETag")
    if tag is not None and not tag.startswith("W/"):
        return tag
    return _header(response, "Last-Modified")


async def _discard(response: Any, reactor: Any) -> None:
    """
    Let go of an answer whose body nobody reads.
    """
    receiver = Receiver(reactor, _forget, 0, 1.0)
    response.deliverBody(receiver)
    receiver.done.addErrback(lambda failure: None)
    receiver.done.cancel()


async def _forget(block: bytes) -> None:
    pass
