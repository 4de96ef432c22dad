"""
Files from FTP servers (RFC 959), passive and binary.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory
from twisted.protocols.ftp import FTPClient
from twisted.python.failure import Failure

from .receiving import Receiver

__all__ = ["fetch"]

_PORT = 21


class _Receiver(Receiver):
    ENDS = (ConnectionDone,)

    def refused(self, failure: Failure) -> None:
        """
        Note that the server said no on the other connection.
        """
        self._finish(failure)


async def fetch(
    reactor: Any, url: str, keep: Callable[[bytes], Awaitable[None]], limit: int, timeout: float
) -> None:
    """
    Fetch a file from its beginning.

    :param keep: called with each block; returns something to wait for.
    :param limit: bytes that may come at most.
    :raises Exception: of Twisted's FTP client or of :class:`Receiver`.
    """
    parts = urlsplit(url)
    user, password = unquote(parts.username or "anonymous"), unquote(parts.password or "anonymous@")
    path = unquote(parts.path).lstrip("/")
    if any(character in user + password + path for character in "\r\n\0"):
        raise ValueError("a control character in the URL")
    endpoint = HostnameEndpoint(reactor, parts.hostname or "", parts.port or _PORT, timeout=timeout)
    client: Any = await endpoint.connect(Factory.forProtocol(lambda: FTPClient(user, password, passive=1)))
    receiver = _Receiver(reactor, keep, limit, timeout)
    try:
        control: Deferred[Any] = client.retrieveFile(path, receiver)
        control.addErrback(receiver.refused)
        await receiver.done
        await control.addTimeout(timeout, reactor)
    finally:
        receiver.done.cancel()
        client.transport.loseConnection()
