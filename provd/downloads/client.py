"""
Fetches files over HTTP, HTTPS and FTP.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.defer import CancelledError, DeferredLock
from twisted.internet.defer import TimeoutError as WaitedInVain
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.task import deferLater
from twisted.web.client import ResponseFailed, ResponseNeverReceived

from provd.errors import DownloadError

from . import ftp
from .http import Beginning, HTTPSource
from .partial import Partial, Wrong
from .passwords import Passwords
from .receiving import Stalled, TooMuch
from .tunnel import TunnelRefused

__all__ = ["Downloads", "Progress"]

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far, and the bytes in all or None if nobody knows."""

_MAX_BYTES = 8 * 1024**3
# What another try may mend.
_TRANSIENT = (Stalled, WaitedInVain, ConnectError, ConnectionClosed, ResponseFailed, ResponseNeverReceived)


class _Interrupted(Exception):
    """
    The connection didn't hold: trying again may help.
    """


class Downloads:
    """
    Fetches files through the proxies that are set at that moment.

    :param proxies: the live mapping protocol (``http``, ``https``, ``ftp``) to proxy.
    :param passwords: for servers that ask for one.
    :param policy: which certificates are trusted, None for those that the system trusts.
    """

    TRIES = 4
    """How often a download is taken up again before it has failed, if each time a part of it came."""

    PAUSE = 1.0
    """Seconds before the second try; each further one waits twice as long."""

    def __init__(
        self,
        reactor: Any,
        proxies: Mapping[str, str],
        passwords: Passwords | None = None,
        policy: Any | None = None,
    ) -> None:
        self._reactor = reactor
        self._proxies = proxies
        self._http = HTTPSource(reactor, proxies, passwords or Passwords(), policy)
        self._locks: dict[Path, DeferredLock] = {}

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
        Fetch a file; where an earlier attempt was cut short, go on there.

        :param target: takes its place once it is whole, and synced; ``<target>.tmp`` until then, which an
            interrupted download leaves there.
        :param size: of the file in bytes, None if it isn't known; the same for the digests, which are in
            lower-case hexadecimal.
        :param timeout: seconds without a byte after which the server has failed.
        :raises DownloadError: if it can't be fetched or kept, or isn't the one that was meant.
        """
        lock = self._locks.setdefault(target, DeferredLock())
        await lock.acquire()
        try:
            download = _Download(self, url, Partial(target), size, timeout, progress)
            await download.run(sha1, sha256)
        except OSError as error:
            raise DownloadError(url, f"can't be kept: {error.strerror or error}") from error
        finally:
            lock.release()
            if not lock.locked and not lock.waiting:
                self._locks.pop(target, None)

    async def read(
        self, url: str, limit: int, *, timeout: float = 15.0, progress: Progress | None = None
    ) -> bytes:
        """
        Return the content of a small file.

        :param limit: its size in bytes at most.
        :raises DownloadError: if it can't be fetched, or is larger.
        """
        blocks: list[bytes] = []
        count = 0

        async def keep(block: bytes) -> None:
            nonlocal count
            blocks.append(block)
            count += len(block)
            if progress is not None:
                progress(count, None)

        try:
            await self.receive(url, 0, Beginning(None), keep, limit, timeout)
        except _Interrupted as error:
            raise DownloadError(url, str(error)) from error
        return b"".join(blocks)

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
        Receive a file from its byte ``start`` on, or from the first one if the server wants it so; then
        ``beginning`` is told.

        :raises DownloadError: if trying again wouldn't help.
        """
        try:
            if urlsplit(url).scheme == "ftp" and not self._proxies.get("ftp"):
                await beginning.at(0, None)
                await ftp.fetch(self._reactor, url, keep, limit, timeout)
            else:
                await self._http.receive(url, start, beginning, keep, limit, timeout)
        except TooMuch:
            raise DownloadError(url, f"is larger than {limit} bytes") from None
        except _TRANSIENT as error:
            if any(reason.check(CancelledError) for reason in getattr(error, "reasons", ())):
                raise CancelledError from error
            raise _Interrupted(_told(error)) from error
        except (DownloadError, CancelledError, OSError):
            raise
        except DNSLookupError as error:
            raise DownloadError(url, "no such host") from error
        except Exception as error:
            raise DownloadError(url, _told(error)) from error

    async def wait(self, seconds: float) -> None:
        """
        Return after so many seconds.
        """
        await deferLater(self._reactor, seconds)


def _told(error: BaseException) -> str:
    """
    Return what went wrong, without anything of the URL.
    """
    if isinstance(error, ResponseFailed) and error.reasons:
        return _told(error.reasons[0].value)
    if isinstance(error, Stalled | TunnelRefused):
        return str(error)
    if isinstance(error, WaitedInVain):
        return "no answer in time"
    if isinstance(error, ConnectError):
        return "no connection"
    return "the connection was lost" if isinstance(error, ConnectionClosed) else type(error).__name__


class _Download:
    """
    One file on its way to the disk.
    """

    def __init__(
        self,
        downloads: Downloads,
        url: str,
        partial: Partial,
        size: int | None,
        timeout: float,
        progress: Progress | None,
    ) -> None:
        self._downloads = downloads
        self._url = url
        self._partial = partial
        self._size = size
        self._timeout = timeout
        self._progress = progress
        self._beginning = Beginning(self._begin)
        self._count = 0
        self._whole = size

    async def run(self, sha1: str | None, sha256: str | None) -> None:
        left = await self._partial.size()
        # Without a digest nobody would notice that the server's file is another one by now.
        resumed = left > 0 and (sha1 or sha256) is not None and (self._size is None or left <= self._size)
        if not resumed:
            await self._partial.restart()
        while True:
            await self._fetch()
            try:
                await self._partial.complete(self._size, sha1, sha256)
                return
            except Wrong as error:
                await self._partial.restart()
                if not resumed:
                    raise DownloadError(self._url, str(error)) from error
            resumed = False

    async def _fetch(self) -> None:
        pause, tries = self._downloads.PAUSE, self._downloads.TRIES
        while True:
            self._count = await self._partial.size()
            if self._size is not None and self._count == self._size and self._size > 0:
                return
            before = self._count
            try:
                limit = _MAX_BYTES if self._size is None else self._size
                await self._downloads.receive(
                    self._url, before, self._beginning, self._keep, limit, self._timeout
                )
                return
            except DownloadError as error:
                if error.status != 416 or not before:  # else it is shorter than what is here
                    if error.status is None and "larger" in error.problem:
                        await self._partial.restart()
                    raise
                await self._partial.restart()
            except _Interrupted as error:
                tries -= 1
                if not tries or self._count == before:
                    raise DownloadError(self._url, str(error)) from error
                await self._downloads.wait(pause)
                pause *= 2

    async def _begin(self, start: int, whole: int | None) -> None:
        if start == 0:
            await self._partial.restart()
        self._count = start
        if self._size is None:
            self._whole = whole
        self._tell()

    async def _keep(self, block: bytes) -> None:
        await self._partial.append(block)
        self._count += len(block)
        self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._count, self._whole)
