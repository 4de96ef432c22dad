"""
One HTTP request and its answer: over TLS or not, in the time that a daemon may take.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from treq.client import HTTPClient
from treq.content import collect
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers

from provd.certificates import https_policy

from .failures import CommandFailed, Exit
from .settings import Server

__all__ = ["Exchange", "Response"]

# An idle connection is closed before the daemon would, so that no call is sent into a closing one.
_IDLE_SECONDS = 2
_CONNECTIONS = 8


class Response(NamedTuple):
    """
    What a server answered.

    :ivar phrase: what it says of its status.
    :ivar location: the header, None where there is none.
    """

    status: int
    phrase: str
    location: str | None
    content: bytes


class Exchange:
    """
    Sends requests to one server.

    :raises CommandFailed: if the certificates that are trusted can't be read.
    """

    def __init__(self, server: Server, reactor: Any) -> None:
        self._server = server
        self._reactor = reactor
        try:
            policy = https_policy(server.verify)
        except OSError as error:
            raise CommandFailed(f"{server.verify} can't be read: {error.strerror}", Exit.USAGE) from None
        except ValueError as error:
            raise CommandFailed(f"{server.verify} {error}", Exit.USAGE) from None
        pool = HTTPConnectionPool(reactor)
        pool.maxPersistentPerHost = _CONNECTIONS
        pool.cachedConnectionTimeout = _IDLE_SECONDS
        self._client = HTTPClient(Agent(reactor, policy, connectTimeout=server.timeout, pool=pool))

    async def send(self, method: str, path: str, headers: Mapping[str, str], data: bytes | None) -> Response:
        """
        Send a request, and return what is answered, whatever it is.

        :param path: behind the server's URL.
        :raises CommandFailed: if nothing is.
        """
        patience = _Patience(self._reactor, self._server.timeout)
        pieces: list[bytes] = []

        def heard(piece: bytes) -> None:
            patience.heard()
            pieces.append(piece)

        try:
            asked = self._client.request(
                method,
                self._server.url + path,
                headers=Headers({name: [value] for name, value in headers.items()}),
                data=data,
                allow_redirects=False,  # the token is for this server
                unbuffered=True,
                reactor=self._reactor,
            )
            response = await patience.of(asked)
            patience.heard()
            await patience.of(collect(response, heard))
        except Exception as error:
            raise CommandFailed(
                f"{self._server.url} {self._why(error, patience)}", Exit.UNREACHABLE
            ) from None
        finally:
            patience.end()
        location = response.headers.getRawHeaders("Location", [None])[0]
        return Response(response.code, response.phrase.decode("latin-1"), location, b"".join(pieces))

    def _why(self, error: Exception, patience: _Patience) -> str:
        if patience.is_over:
            return f"doesn't answer within {self._server.timeout:g} s"
        if isinstance(error, Refused):
            return "can't be reached: connection refused"
        from provd.downloads.failures import told  # much that only who fails needs

        return f"can't be reached: {told(error)}"


class _Patience:
    """
    Gives up what is waited for after some seconds of silence.
    """

    def __init__(self, reactor: Any, seconds: float) -> None:
        self.is_over = False
        self._seconds = seconds
        self._waiting: Deferred[Any] | None = None
        self._timer = reactor.callLater(seconds, self._give_up)

    async def of(self, waiting: Deferred[Any]) -> Any:
        self._waiting = waiting
        return await waiting

    def heard(self, _data: bytes = b"") -> None:
        if self._timer.active():
            self._timer.reset(self._seconds)

    def end(self) -> None:
        if self._timer.active():
            self._timer.cancel()

    def _give_up(self) -> None:
        self.is_over = True
        if self._waiting is not None:
            self._waiting.cancel()
