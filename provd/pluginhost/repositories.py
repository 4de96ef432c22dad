"""
What can be installed: the index of the plugin server as it was fetched last, and the local repository.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.downloads.client import Downloads
from provd.errors import DownloadError, PluginError, Refused, RepositoryError, without_credentials
from provd.model.operation import OIP_PROGRESS, OIP_SUCCESS, OperationInProgress
from provd.store.atomic import write_durably

from .archives import check_package
from .catalog import CATALOG_FILE, SIGNATURE_FILE, Catalog, CatalogEntry, parse_catalog
from .deployment import read_catalog
from .signing import verify

__all__ = ["Repositories"]

_LARGEST_INDEX = 16 * 1024**2
_LARGEST_SIGNATURE = 4096
_MOST_REJECTED_TOLD = 10


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
        self._storing = Lock()

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
        :raises RepositoryError: if it isn't signed as it must be, isn't an index, or can't be stored; the
            former index stays.
        """
        server = self.server()

        def progress(count: int, _whole: int | None) -> None:
            operation.current = count

        index = await self._downloads.read(server + CATALOG_FILE, _LARGEST_INDEX, progress=progress)
        if not index:
            raise RepositoryError(f"{CATALOG_FILE} of {without_credentials(server)} is empty")
        signatures = await self._signatures(server)
        try:
            catalog = self._checked(server, index, signatures)
        except ValueError as error:
            raise RepositoryError(f"{without_credentials(server)}: {error}") from error
        self._tell_rejected(catalog)
        await deferToThread(self._keep, index, signatures)

    async def _signatures(self, server: str) -> bytes | None:
        if _comparable(server) not in self._keys:
            if _comparable(server) not in self._warned:
                self._warned.add(_comparable(server))
                self._log.warn(
                    "{server} has no key in general.plugin_server_keys: its plugins are installed unsigned",
                    server=without_credentials(server),
                )
            return None
        try:
            return await self._downloads.read(server + SIGNATURE_FILE, _LARGEST_SIGNATURE)
        except DownloadError as error:
            if error.status == 404:
                return None
            raise

    def _checked(self, server: str | None, index: bytes, signatures: bytes | None) -> Catalog:
        """
        Return what the index of a server says.

        :raises ValueError: if it isn't signed as it must be, or isn't an index.
        """
        key = self._keys.get(_comparable(server)) if server else None
        if key is not None:
            if signatures is None:
                raise ValueError(f"{CATALOG_FILE} isn't signed")
            if not verify(index, signatures, key):
                raise ValueError(f"{CATALOG_FILE} isn't as it was signed, or not with the server's key")
        return parse_catalog(index, is_signed=key is not None)

    def _tell_rejected(self, catalog: Catalog) -> None:
        if catalog.rejected:
            some = islice(catalog.rejected.items(), _MOST_REJECTED_TOLD)
            self._log.warn(
                "{count} entries of the index of plugins can't be used: {some}",
                count=len(catalog.rejected),
                some="; ".join(f"{plugin_id[:80]!a}: {why}" for plugin_id, why in some),
            )

    def _keep(self, index: bytes, signatures: bytes | None) -> None:
        path = self._plugins_dir / SIGNATURE_FILE
        try:
            with self._storing:
                if signatures is not None:
                    # The former one too, until the index is there: whatever happens, one of them fits.
                    former = path.read_bytes() if path.exists() else b""
                    both = dict.fromkeys([*signatures.splitlines(), *former.splitlines()])
                    write_durably(path, b"\n".join(both))
                write_durably(self._plugins_dir / CATALOG_FILE, index)
                if signatures is None:
                    path.unlink(missing_ok=True)
                else:
                    write_durably(path, signatures)
        except OSError as error:
            raise RepositoryError(f"{CATALOG_FILE} can't be stored: {error.strerror}") from error

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
            with self._storing:
                index = (self._plugins_dir / CATALOG_FILE).read_bytes()
                path = self._plugins_dir / SIGNATURE_FILE
                signatures = path.read_bytes() if path.exists() else None
        except FileNotFoundError:
            return Catalog()
        except OSError as error:
            raise RepositoryError(f"{CATALOG_FILE} can't be read: {error.strerror}") from error
        if not index:
            return Catalog()
        try:
            return self._checked(self._server(), index, signatures)
        except ValueError as error:
            raise RepositoryError(f"update the definitions of plugins; stored now: {error}") from error

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
        :raises Refused: if it must be, and there is no server any more.
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
        url = self.server() + entry.filename
        download = OperationInProgress("download", OIP_PROGRESS, 0, entry.size)
        operation.sub_oips.append(download)

        def progress(count: int, _whole: int | None) -> None:
            download.current = count

        await self._downloads.to_file(
            url, path, size=entry.size, sha1=entry.sha1, sha256=entry.sha256, progress=progress
        )
        download.state = OIP_SUCCESS


def _comparable(url: str) -> str:
    """
    Return a URL as it is compared: the case of its host, a port that goes without saying, a user and a slash
    at its end make no difference.
    """
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}{parts.path.rstrip('/')}/?{parts.query}"
