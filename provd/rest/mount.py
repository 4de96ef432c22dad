"""
A cyclone application as a twisted.web resource, so that twisted.web parses every byte.

Cyclone's own HTTP server ignores chunked bodies, accepts two framings at once and never times out; only its
handlers and routing are used here.
"""

from __future__ import annotations

from typing import Any

from cyclone import httputil
from cyclone.httpserver import HTTPRequest
from twisted.internet.defer import Deferred
from twisted.web import resource, server

# twisted.web frames the answer and names these itself.
_NOT_PASSED_ON = {b"transfer-encoding", b"connection", b"server", b"date"}


class _Connection:
    """
    What cyclone's request and handlers expect of a connection, over a twisted.web request.
    """

    no_keep_alive = False
    xheaders = False

    def __init__(self, request: Any) -> None:
        self._request = request
        self.transport = request.channel.transport
        self._head_is_written = False
        self._gone = False
        self._streams = False
        self._full: Deferred[None] | None = None
        self._waiting: list[Deferred[str | None]] = []
        request.notifyFinish().addBoth(self._finished)

    def _finished(self, result: Any) -> None:
        self._gone = True
        self.resumeProducing()
        reason = result.getErrorMessage() if hasattr(result, "getErrorMessage") else None
        waiting, self._waiting = self._waiting, []
        for deferred in waiting:
            deferred.callback(reason)

    def notifyFinish(self) -> Deferred[str | None]:
        deferred: Deferred[str | None] = Deferred()
        self._waiting.append(deferred)
        return deferred

    def write(self, data: bytes) -> None:
        if self._gone:
            return
        if not self._head_is_written:
            self._head_is_written = True
            head, _, data = data.partition(b"\r\n\r\n")
            self._write_head(head)
        if data:
            self._request.write(data)

    def _write_head(self, head: bytes) -> None:
        status, *lines = head.split(b"\r\n")
        _version, code, reason = (*status.split(b" ", 2), b"")[:3]
        self._request.setResponseCode(int(code), reason)
        self._request.responseHeaders.setRawHeaders(b"server", [b"accent-provd"])
        # Cyclone counts the bytes of every answer, but 204 has none to count (RFC 9110, 8.6).
        left_out = _NOT_PASSED_ON | ({b"content-length"} if int(code) == 204 else set())
        for line in lines:
            name, _, value = line.partition(b":")
            if name.strip().lower() not in left_out:
                self._request.responseHeaders.addRawHeader(name.strip(), value.strip())

    def finish(self) -> None:
        if not self._gone:
            if self._streams:
                self._request.unregisterProducer()
            self._request.finish()

    # A long answer is written no faster than the caller reads it.

    async def drained(self) -> None:
        """
        Return once the caller has read enough of what was written.
        """
        if not self._streams and not self._gone:
            self._streams = True
            self._request.registerProducer(self, True)
        if self._full is not None:
            await self._full

    def pauseProducing(self) -> None:
        if self._full is None and not self._gone:
            self._full = Deferred()

    def resumeProducing(self) -> None:
        full, self._full = self._full, None
        if full is not None:
            full.callback(None)

    stopProducing = resumeProducing


class CycloneResource(resource.Resource):
    """
    Hands every request to a ``cyclone.web.Application``.
    """

    isLeaf = True

    def __init__(self, application: Any) -> None:
        super().__init__()
        application.transforms = []  # twisted.web does what is needed of chunks
        self._application = application

    def render(self, request: Any) -> int:
        headers = httputil.HTTPHeaders()
        for name, values in request.requestHeaders.getAllRawHeaders():
            for value in values:
                headers.add(name.decode("latin-1"), value.decode("utf-8", "replace"))
        request.content.seek(0)
        self._application(
            HTTPRequest(
                method=request.method.decode("latin-1"),
                uri=request.uri.decode("latin-1"),
                version="HTTP/1.1",
                headers=headers,
                body=request.content.read(),
                remote_ip=request.getClientIP() or "unix",
                connection=_Connection(request),
            )
        )
        return server.NOT_DONE_YET
