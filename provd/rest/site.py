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
        body = self._refusal(code)
        self.setResponseCode(code)
        self.write(b"" if self.method == b"HEAD" else body)
        self.finish()

    def _refusal(self, code: int) -> bytes:
        """
        Return the body of a refusal, whose headers are set.
        """
        body = told_of(code).body()
        headers = {"Server": "accent-provd", "Content-Type": JSON, "Content-Length": str(len(body)), **CORS}
        for name, value in headers.items():
            self.responseHeaders.setRawHeaders(name, [value])
        return body

    def refuse_unread(self, code: int) -> None:
        body = self._refusal(code)
        head = [b"HTTP/1.1 %d %s" % (code, http.RESPONSES[code]), b"Connection: close"]
        head += (b"%s: %s" % (name, values[0]) for name, values in self.responseHeaders.getAllRawHeaders())
        channel: Any = self.channel
        channel.transport.write(b"\r\n".join(head) + b"\r\n\r\n" + body)
        # Most programs read nothing before they have sent everything, and lose the answer if that fails.
        channel.linger()


def api_site(root: IResource, reactor: IReactorTime, most_connections: int | None = None) -> Site:
    """
    Return the site.

    :param root: answers all requests.
    :param most_connections: as with :class:`Site`.
    """
    return Site(root, reactor, most_connections, MAX_BODY, _ApiRequest)
