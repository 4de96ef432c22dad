"""
What plugins hand to ``FetchfwPluginHelper`` to fetch files with.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import current_thread, main_thread
from typing import IO, Any

from twisted.internet.threads import blockingCallFromThread
from twisted.python.threadable import isInIOThread

from provd.downloads.client import Downloads
from provd.downloads.passwords import Passwords

__all__ = ["AuthDownloader", "Downloader", "Proxies"]


class Proxies:
    """
    What connects to servers: through the proxies that are set at that moment.

    :param proxies: the live mapping protocol to proxy, None for no proxies.
    """

    def __init__(self, proxies: Mapping[str, str] | None = None) -> None:
        self.proxies: Mapping[str, str] = {} if proxies is None else proxies


class Downloader:
    """
    Fetches files, from any server that asks for no password.
    """

    def __init__(self, proxies: Proxies) -> None:
        self._proxies = proxies
        self._passwords = Passwords()

    def download(self, url: str, timeout: float = 15.0) -> IO[bytes]:
        """
        Return the content of a URL as a file that is open for reading.  Blocks, so it must be called in a
        worker thread.

        :param timeout: seconds without a byte after which the server has failed.
        :raises DownloadError: if it can't be fetched.
        :raises RuntimeError: if it is called in the reactor's thread, which it would hold up for ever.
        """
        # The main thread becomes the reactor's, which may not run yet.
        if isInIOThread() or current_thread() is main_thread():
            raise RuntimeError("download() waits: it must be called in a worker thread, as by deferToThread")
        from twisted.internet import reactor

        with tempfile.TemporaryDirectory(prefix="provd-") as folder:
            path = Path(folder, "download")
            downloads = self.downloads(reactor)
            blockingCallFromThread(reactor, _fetch, downloads, url, path, timeout)  # type: ignore[arg-type]
            return open(path, "rb")

    def downloads(self, reactor: Any) -> Downloads:
        """
        Return what fetches files without blocking.
        """
        return Downloads(reactor, self._proxies.proxies, self._passwords)


def _fetch(downloads: Downloads, url: str, path: Path, timeout: float) -> Any:
    from twisted.internet.defer import Deferred

    return Deferred.fromCoroutine(downloads.to_file(url, path, timeout=timeout))


class AuthDownloader(Downloader):
    """
    Fetches files from servers that ask for a password, Basic or Digest.
    """

    def add_password(self, realm: str | None, uri: str, user: str | None, password: str | None) -> None:
        """
        Remember whom to be; see :meth:`provd.downloads.passwords.Passwords.add`.
        """
        self._passwords.add(realm, uri, user, password)
