"""
Files from FTP servers (RFC 959), passive and binary, taken up where they broke (``REST``).
"""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import unquote

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory
from twisted.protocols.ftp import FTPClient, FTPError
from twisted.python.failure import Failure

from provd.errors import DownloadError

from .failures import ftp_reply
from .receiving import Changed, Receiver
from .sinks import Sink
from .urls import PORTS, parts_of
from .waits import in_time

__all__ = ["receive"]


class _Receiver(Receiver):
    ENDS = (ConnectionDone,)


async def receive(reactor: Any, url: str, sink: Sink, timeout: float) -> None:
    """
    Receive a file, or the rest of it.

    :raises DownloadError: if the URL isn't one.
    :raises Changed: if the server has no rest of it.
    :raises Exception: of Twisted's FTP client, or of :class:`Receiver`.
    """
    parts = parts_of(url)
    user, password = unquote(parts.username or "anonymous"), unquote(parts.password or "anonymous@")
    path = unquote(parts.path).removeprefix("/")  # from the user's folder on (RFC 1738, section 3.2.2)
    if not path or any(character in user + password + path for character in "\r\n\0"):
        raise DownloadError(url, "isn't the ftp URL of a file")
    endpoint = HostnameEndpoint(reactor, parts.hostname or "", parts.port or PORTS["ftp"], timeout=timeout)
    connecting = endpoint.connect(Factory.forProtocol(lambda: FTPClient(user, password, passive=1)))
    client: Any = await in_time(connecting, timeout, reactor)
    client.connectFactory = partial(reactor.connectTCP, timeout=timeout)
    receiver = _Receiver(reactor, sink.limit - sink.start, timeout, sink.limit)
    try:
        await _take(client.retrieveFile(path, receiver, sink.start), receiver, sink, reactor, timeout)
    finally:
        receiver.fail(Failure(ConnectionDone()))
        connections: tuple[Any, ...] = (client, receiver)
        for connection in connections:
            if connection.transport is not None:
                connection.transport.abortConnection()


async def _take(control: Deferred[Any], receiver: Receiver, sink: Sink, reactor: Any, timeout: float) -> None:
    refused: list[Failure] = []

    def note(failure: Failure) -> None:
        refused.append(failure)
        receiver.fail(failure)

    control.addErrback(note)
    start = sink.start
    await sink.begin(start, None, None)
    try:
        while block := await receiver.next_block():
            await sink.keep(block)
        # What came is the file only if the server says so on the other connection.
        await in_time(control, timeout, reactor)
        if refused:
            refused[0].raiseException()
    except FTPError as error:
        if start and sink.count == start and _refuses_the_rest(error):
            raise Changed from error
        raise


def _refuses_the_rest(error: FTPError) -> bool:
    """
    Tell whether the server takes no ``REST``, or not so large a one; a login that is refused isn't that.
    """
    reply = ftp_reply(error)
    return reply.startswith("5") and not reply.startswith("53")
