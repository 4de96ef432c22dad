"""
What can be installed: the index of the plugin server as it was fetched last, and the local repository.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.downloads.client import Downloads
from provd.errors import DownloadError, PluginError, Refused, RepositoryError
from provd.model.operation import OIP_PROGRESS, OIP_SUCCESS, OperationInProgress
from provd.store.atomic import write_durably

from .archives import check_package
from .catalog import CATALOG_FILE, SIGNATURE_FILE, Catalog, CatalogEntry, parse_catalog
from .deployment import read_catalog
from .signing import verify

__all__ = ["Repositories"]

_LARGEST_INDEX = 16 * 1024**2
_LARGEST_SIGNATURE = 4096


class Repositories:
    """
    The plugin server's repository and the local one; where both have a plugin, the local one counts.

    :param plugins_dir: keeps the server's index, and its signature.
    :param cache_dir: keeps packages.
    :param local: the local repository, trusted as the code beside it; None for none.
    :param server: tells the URL of the plugin server, None for none.
    :param keys: server URL, with a slash at its end, to its public key: such a server must sign.
    :param keep_packages: whether packages stay in the cache.
    """

    _log = Logger()

    def __init__(
        self,
        plugins_dir: Path,
        cache_dir: Path,
        local: Path | None,
        server: Callable[[], str | None],
        keys: Mapping[str, bytes],
        downloads: Downloads,
        keep_packages: bool,
    ) -> None:
        self._plugins_dir = plugins_dir
        self._cache_dir = cache_dir
        self._local = local
        self._server = server
        self._keys = {_comparable(url): key for url, key in keys.items()}
        self._downloads = downloads
        self._keep_packages = keep_packages
        self._warned: set[str] = set()

    def server(self) -> str:
        """
        Return the URL of the plugin server, with a slash at its end.

        :raises Refused: if there is none.
        """
        url = self._server()
        if not url:
            raise Refused("plugin-server-not-set", "no plugin server is set")
        return url if url.endswith("/") else url + "/"

    async def update(self, operation: OperationInProgress) -> None:
        """
        Fetch the index of the plugin server, in the place of the former one.

        :param operation: ``current`` follows the bytes received.
        :raises Refused: if there is no plugin server.
        :raises DownloadError: if it can't be fetched.
        :raises RepositoryError: if it isn't signed as it must be, or isn't an index.
        """
        server = self.server()

        def progress(count: int, _whole: int | None) -> None:
            operation.current = count

        index = await self._downloads.read(server + CATALOG_FILE, _LARGEST_INDEX, progress=progress)
        signature = await self._signature(server)
        self._check(server, index, signature)
        self._parsed(index)
        await deferToThread(self._keep, index, signature)

    async def _signature(self, server: str) -> bytes | None:
        if _comparable(server) not in self._keys:
            if server not in self._warned:
                self._warned.add(server)
                self._log.warn(
                    "{server} has no key in general.plugin_server_keys: its plugins are installed unsigned",
                    server=server,
                )
            return None
        try:
            return await self._downloads.read(server + SIGNATURE_FILE, _LARGEST_SIGNATURE)
        except DownloadError as error:
            if error.status == 404:
                return None
            raise

    def _check(self, server: str, index: bytes, signature: bytes | None) -> None:
        key = self._keys.get(_comparable(server))
        if key is None:
            return
        if signature is None:
            raise RepositoryError(f"{CATALOG_FILE} of {server} isn't signed")
        if not verify(index, signature, key):
            raise RepositoryError(f"{CATALOG_FILE} of {server} isn't as it was signed, or not with its key")

    def _parsed(self, index: bytes) -> Catalog:
        try:
            return parse_catalog(index)
        except ValueError as error:
            raise RepositoryError(str(error)) from error

    def _keep(self, index: bytes, signature: bytes | None) -> None:
        # One after the other: between them the index fits no signature, and is refused until the next update.
        signature_file = self._plugins_dir / SIGNATURE_FILE
        signature_file.unlink(missing_ok=True)
        write_durably(self._plugins_dir / CATALOG_FILE, index)
        if signature is not None:
            write_durably(signature_file, signature)

    async def offers(self) -> dict[str, CatalogEntry]:
        """
        Return what can be installed, by plugin id.

        :raises RepositoryError: if the stored index can't be used, or the local one can't be read.
        """
        return await deferToThread(self._offers)

    def _offers(self) -> dict[str, CatalogEntry]:
        found = dict(self._of_server().entries)
        if self._local is not None:
            try:
                catalog = read_catalog(self._local)
            except ValueError as error:
                raise RepositoryError(f"{self._local}: {error}") from error
            found |= {i: replace(entry, is_local=True) for i, entry in catalog.entries.items()}
        return found

    def _of_server(self) -> Catalog:
        """
        Return what the stored index says.  Its signature is looked at each time: the server may have been
        changed since it was fetched.
        """
        try:
            index = (self._plugins_dir / CATALOG_FILE).read_bytes()
        except FileNotFoundError:
            return Catalog()
        except OSError as error:
            raise RepositoryError(f"{CATALOG_FILE} can't be read: {error.strerror}") from error
        try:
            signature: bytes | None = (self._plugins_dir / SIGNATURE_FILE).read_bytes()
        except OSError:
            signature = None
        url = self._server()
        if url and index:
            self._check(url, index, signature)
        catalog = self._parsed(index)
        if url and _comparable(url) in self._keys:
            unsafe = [entry.id for entry in catalog.entries.values() if entry.sha256 is None]
            if unsafe:
                raise RepositoryError(
                    f"{CATALOG_FILE} is signed and lacks a sha256sum of {', '.join(unsafe)}"
                )
        return catalog

    async def check_obtainable(self, entry: CatalogEntry) -> None:
        """
        Return if the package of an entry is here, or there is a server to fetch it from.

        :raises Refused: if not.
        """
        if not entry.is_local and not await deferToThread((self._cache_dir / entry.filename).exists):
            self.server()

    @asynccontextmanager
    async def package(self, entry: CatalogEntry, operation: OperationInProgress) -> AsyncIterator[Path]:
        """
        Give the path of a checked package for a block.

        :param operation: gets a child ``download`` with byte counters if the package must be fetched.
        :raises DownloadError: if it can't be fetched.
        :raises PluginError: if the local one isn't the one meant.
        """
        if entry.is_local:
            assert self._local is not None
            path = self._local / entry.filename
            await deferToThread(check_package, path, entry.id, entry.size, entry.sha1, entry.sha256)
            yield path
            return
        path = self._cache_dir / entry.filename
        if not await deferToThread(self._is_cached, path, entry):
            await self._fetch(entry, path, operation)
        try:
            yield path
        finally:
            if not self._keep_packages:
                await deferToThread(path.unlink, missing_ok=True)

    def _is_cached(self, path: Path, entry: CatalogEntry) -> bool:
        if not path.exists():
            return False
        try:
            check_package(path, entry.id, entry.size, entry.sha1, entry.sha256)
        except PluginError as error:
            self._log.warn("{path} is fetched again: {why}", path=str(path), why=error.problem)
            return False
        return True

    async def _fetch(self, entry: CatalogEntry, path: Path, operation: OperationInProgress) -> None:
        download = OperationInProgress("download", OIP_PROGRESS, 0, entry.size)
        operation.sub_oips.append(download)

        def progress(count: int, _whole: int | None) -> None:
            download.current = count

        await self._downloads.to_file(
            self.server() + entry.filename,
            path,
            size=entry.size,
            sha1=entry.sha1,
            sha256=entry.sha256,
            progress=progress,
        )
        download.state = OIP_SUCCESS


def _comparable(url: str) -> str:
    """
    Return a URL as it is compared: the case of its host and a slash at its end make no difference.
    """
    parts = urlsplit(url)
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl().rstrip("/") + "/"
