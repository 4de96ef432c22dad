"""
The site of administrators: that of phones, but for larger bodies, and refusals that a program can read.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.web import http
from twisted.web.resource import IResource

from provd.http.site import Request, Site

from .failures import CORS, told_of
from .media import JSON

__all__ = ["MAX_BODY", "api_site"]

MAX_BODY = 16 << 20


class _ApiRequest(Request):
    """
    A request of an administrator.
    """

    takes_nul = True  # in an id, which is no file's name here: there is none like it

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._parsePOSTFormSubmission = False

    def refuse(self, code: int) -> None:
        headers, body = _refusal(code)
        for name, value in headers.items():
            self.responseHeaders.setRawHeaders(name, [value])
        self.setResponseCode(code)
        self.write(b"" if self.method == b"HEAD" else body)
        self.finish()

    def refuse_unread(self, code: int) -> None:
        channel: Any = self.channel
        channel.transport.write(_last_answer(code))
        # Most programs read nothing before they have sent everything, and lose the answer if that fails.
        channel.linger()


def _refusal(code: int) -> tuple[dict[str, str], bytes]:
    """
    Return the headers and the body of a refusal.
    """
    body = told_of(code).body()
    headers = {"Server": "accent-provd", "Content-Type": JSON, "Content-Length": str(len(body)), **CORS}
    return headers, body


def _last_answer(code: int) -> bytes:
    """
    Return all bytes of a refusal after which the connection is closed.
    """
    headers, body = _refusal(code)
    head = [f"HTTP/1.1 {code} {http.RESPONSES[code].decode()}", "Connection: close"]
    head += (f"{name}: {value}" for name, value in headers.items())
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class _ApiSite(Site):
    def bad_request(self) -> bytes:
        return _last_answer(http.BAD_REQUEST)


def api_site(root: IResource, reactor: IReactorTime, most_connections: int | None = None) -> Site:
    """
    Return the site.

    :param root: answers all requests.
    :param most_connections: as with :class:`Site`.
    """
    return _ApiSite(root, reactor, most_connections, MAX_BODY, _ApiRequest)
