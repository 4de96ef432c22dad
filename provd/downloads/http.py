"""
Files from HTTP servers: redirections followed, passwords shown where they are asked for, parts taken up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from treq.client import HTTPClient
from twisted.internet.error import ConnectionLost
from twisted.web.http_headers import Headers
from twisted.web.iweb import UNKNOWN_LENGTH

from provd.errors import DownloadError

from .agent import SENT_ENCODING, ProxyingAgent
from .authorization import Authorizer, Identity, identity_in
from .passwords import Passwords
from .receiving import Changed, Receiver, TooMuch
from .sinks import Sink
from .urls import PORTS, parts_of
from .waits import in_time

__all__ = ["HTTPSource"]

_USER_AGENT = "accent-fetchfw/1.0"
_MOST_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.ASCII)
_LONGEST_PHRASE = 100

_COMPRESSED = (".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz", ".z", ".taz", ".zst", ".br")
"""Files that Apache (``AddEncoding``) and others call encoded while they send them as they are."""


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
        self._authorizer = Authorizer(passwords)
        self._policy = policy

    async def receive(self, url: str, sink: Sink, timeout: float) -> None:
        """
        Receive a file, or the rest of it.

        :raises DownloadError: if the server refuses.
        :raises Changed: if it begins elsewhere than it should.
        :raises Exception: of Twisted, or of :class:`Receiver`.
        """
        agent = ProxyingAgent(self._reactor, self._proxies, timeout, self._policy)
        try:
            response = await self._asked(agent, url, _headers(sink), timeout)
            if response.code == 416 and sink.start:
                raise Changed
            if response.code not in (200, 206):
                raise _refusal(url, response)
            if not (sink.is_checked or _is_as_stored(response, url)):
                raise DownloadError(url, f"comes encoded ({_header(response, SENT_ENCODING)})")
            start, total = _extent(url, response, sink)
            if total is not None and total > sink.limit:
                raise TooMuch(sink.limit)
            await sink.begin(start, total, _validator(response) or (sink.validator if start else None))
            receiver = Receiver(self._reactor, sink.limit - start, timeout, sink.limit)
            response.deliverBody(receiver)
            while block := await receiver.next_block():
                await sink.keep(block)
            meant = total if sink.size is None else sink.size
            is_cut = start > 0 or not receiver.is_surely_whole
            if is_cut and meant is not None and sink.count < meant:
                raise ConnectionLost
        finally:
            agent.close()

    async def _asked(self, agent: ProxyingAgent, url: str, headers: Headers, timeout: float) -> Any:
        """
        Return the answer to a request, redirections followed and passwords shown where they are asked for.
        """
        client = HTTPClient(agent)
        own = identity_in(url)
        for _ in range(_MOST_REDIRECTS + 1):
            parts = parts_of(url)
            plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
            response = await self._answer(client, plain, headers, timeout)
            if response.code == 401:
                challenges = response.headers.getRawHeaders("WWW-Authenticate", [])
                sent = response.request.absoluteURI.decode("ascii")
                authorization = self._authorizer.answer(challenges, sent, own)
                if authorization is not None:
                    agent.close()
                    shown = headers.copy()
                    shown.setRawHeaders("Authorization", [authorization])
                    response = await self._answer(client, plain, shown, timeout)
            location = _header(response, "Location") if response.code in _REDIRECTS else None
            if location is None:
                return response
            agent.close()
            target = _redirected(url, plain, location)
            own = _identity_for(target, plain, own)
            url = target
        raise DownloadError(url, "redirects without end")

    async def _answer(self, client: HTTPClient, url: str, headers: Headers, timeout: float) -> Any:
        asked = client.request(
            "GET", url, headers=headers, allow_redirects=False, unbuffered=True, reactor=self._reactor
        )
        return await in_time(asked, timeout, self._reactor)


def _headers(sink: Sink) -> Headers:
    headers = Headers({"User-Agent": [_USER_AGENT]})
    if sink.start:
        headers.setRawHeaders("Range", [f"bytes={sink.start}-"])
        if sink.validator is not None:
            headers.setRawHeaders("If-Range", [sink.validator])
    return headers


def _redirected(url: str, plain: str, location: str) -> str:
    try:
        target = urljoin(plain, location)
        is_fine = urlsplit(target).scheme in ("http", "https")
    except ValueError:
        is_fine = False
    if not is_fine:
        raise DownloadError(url, "redirects to what isn't an http or https URL")
    return target


def _identity_for(target: str, origin: str, own: Identity | None) -> Identity | None:
    """
    Return what a redirection's target may be shown of what the URL said: nothing if it is another server, or
    the same one without its encryption.
    """
    told = identity_in(target)
    if told is not None:
        return told
    before, after = _server(origin), _server(target)
    is_same = before == after
    is_upgrade = before[0] == after[0] and (before[1:], after[1:]) == (("http", 80), ("https", 443))
    return own if is_same or is_upgrade else None


def _server(url: str) -> tuple[str | None, str, int | None]:
    parts = parts_of(url)
    return parts.hostname, parts.scheme, parts.port or PORTS[parts.scheme]


def _refusal(url: str, response: Any) -> DownloadError:
    phrase = response.phrase.decode("latin-1")[:_LONGEST_PHRASE]
    return DownloadError(url, f"{response.code} {phrase}", response.code)


def _is_as_stored(response: Any, url: str) -> bool:
    """
    Tell whether what comes is the file itself, as it was asked for, and no encoding of it.
    """
    encoding = _header(response, SENT_ENCODING)
    if encoding is None or encoding.strip().lower() in ("", "identity"):
        return True
    sent = response.request.absoluteURI.decode("latin-1")
    return any(urlsplit(one).path.lower().endswith(_COMPRESSED) for one in (url, sent))


def _extent(url: str, response: Any, sink: Sink) -> tuple[int, int | None]:
    """
    Return the first byte that comes, and how many the whole file has if that is known.
    """
    if response.code == 200:
        return 0, None if response.length is UNKNOWN_LENGTH else response.length
    if not sink.start:
        raise DownloadError(url, "answers with a part that wasn't asked for")
    match = _CONTENT_RANGE.fullmatch(_header(response, "Content-Range") or "")
    if match is None or int(match[1]) != sink.start:
        raise Changed
    total = None if match[2] == "*" else int(match[2])
    validator = _validator(response)
    for mine, its in ((sink.total, total), (sink.validator, validator)):
        if mine is not None and its is not None and mine != its:
            raise Changed
    return sink.start, sink.total if total is None else total


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
