"""
Fetches files over HTTP, HTTPS and FTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from twisted.internet.defer import DeferredLock
from twisted.internet.task import deferLater

from provd.errors import DownloadError

from . import ftp
from .failures import FORESEEN, is_transient, told
from .http import HTTPSource
from .partial import NotKept, Wrong
from .passwords import Passwords
from .receiving import Changed, TooMuch
from .sinks import MemorySink, PartialSink, Progress, Sink
from .urls import parts_of

__all__ = ["Downloads", "Progress"]

_PASSING = (500, 502, 503, 504)
"""What a server answers that is about to be there again."""

_locks: WeakValueDictionary[Path, DeferredLock] = WeakValueDictionary()
"""By target: two packages of a plugin may need the same file, and each is fetched by a client of its own."""


class Downloads:
    """
    Fetches files through the proxies that are set at that moment.

    :param proxies: the live mapping protocol (``http``, ``https``, ``ftp``) to proxy.
    :param passwords: for servers that ask for one.
    :param policy: which certificates are trusted, None for those that the system trusts.
    """

    TRIES = 4
    """How many tries one after the other may bring nothing new before a download that broke has failed."""

    PAUSE = 1.0
    """Seconds before the first of them; each further one waits twice as long."""

    def __init__(
        self,
        reactor: Any,
        proxies: Mapping[str, str],
        passwords: Passwords | None = None,
        policy: Any | None = None,
    ) -> None:
        self._reactor = reactor
        self._proxies = proxies
        self._http = HTTPSource(reactor, proxies, Passwords() if passwords is None else passwords, policy)

    async def to_file(
        self,
        url: str,
        target: Path,
        *,
        size: int | None = None,
        sha1: str | None = None,
        sha256: str | None = None,
        timeout: float = 15.0,
        progress: Progress | None = None,
    ) -> None:
        """
        Fetch a file; with a digest, go on where an earlier attempt was cut short.  Who comes second for the
        same target waits.

        :param target: takes its place once it is whole, and synced; ``<target>.tmp`` until then, which an
            interrupted download leaves there if there is a digest.
        :param size: of the file in bytes, None if it isn't known; the same for the digests, in hexadecimal.
        :param timeout: seconds without a byte after which the server has failed.
        :raises DownloadError: if it can't be fetched or kept, or isn't the one that was meant.
        """
        path = target.absolute()
        lock = _locks.setdefault(path, DeferredLock())
        await lock.acquire()
        try:
            await self._to_sink(url, PartialSink(path, size, sha1, sha256, progress), timeout)
        except NotKept as error:
            raise DownloadError(url, str(error)) from error
        finally:
            lock.release()

    async def _to_sink(self, url: str, sink: PartialSink, timeout: float) -> None:
        await sink.take_up()
        is_second = False
        while True:
            try:
                await self._fetch(url, sink, timeout)
                await sink.complete()
                return
            except (Wrong, TooMuch) as error:
                # Parts of two versions, perhaps: fetched in one piece it may be the one that is meant.
                is_hopeless = is_second or not sink.is_joined
                await sink.clear()
                if is_hopeless:
                    raise DownloadError(url, str(error)) from error
                is_second = True
            except NotKept:
                await sink.clear()  # a full disk is everybody's trouble
                raise
            except BaseException:
                if not sink.is_checked:
                    await sink.clear()  # nobody could go on with it
                raise

    async def read(
        self, url: str, limit: int, *, timeout: float = 15.0, progress: Progress | None = None
    ) -> bytes:
        """
        Return the content of a small file.

        :param limit: its size in bytes at most.
        :raises DownloadError: if it can't be fetched, or is larger.
        """
        sink = MemorySink(limit, progress)
        try:
            await self._fetch(url, sink, timeout)
        except TooMuch as error:
            raise DownloadError(url, str(error)) from error
        return sink.content

    async def _fetch(self, url: str, sink: Sink, timeout: float) -> None:
        """
        Fetch what a sink lacks, try after try.  What never began isn't tried again: who mistyped an address
        hears of it at once.
        """
        failures, begun, furthest = 0, sink.count, sink.count
        while not sink.is_full:
            error: Exception
            try:
                await self._receive(url, sink, timeout)
                return
            except Changed as changed:
                await sink.clear()
                error, begun = changed, -1
            except DownloadError as refusal:
                if refusal.status not in _PASSING:
                    raise
                error = refusal
            except FORESEEN as failure:
                if not is_transient(failure):
                    raise DownloadError(url, told(failure)) from failure
                error = failure
            failures = 1 if sink.count > furthest else failures + 1
            furthest = max(furthest, sink.count)
            if failures > self.TRIES or furthest == begun:
                raise _failed(url, error) from error
            if not isinstance(error, Changed):
                await deferLater(self._reactor, self.PAUSE * 2 ** (failures - 1))

    async def _receive(self, url: str, sink: Sink, timeout: float) -> None:
        if parts_of(url).scheme == "ftp" and not self._proxies.get("ftp"):
            await ftp.receive(self._reactor, url, sink, timeout)
        else:
            await self._http.receive(url, sink, timeout)


def _failed(url: str, error: Exception) -> DownloadError:
    if isinstance(error, DownloadError):
        return DownloadError(url, error.problem, error.status)
    return DownloadError(url, "changes all the time" if isinstance(error, Changed) else told(error))
