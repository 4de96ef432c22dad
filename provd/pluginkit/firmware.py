"""
``FetchfwPluginHelper``: packages of firmware and the like, fetched and installed into the folder that a
plugin serves.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.threads import deferToThread
from zope.interface import implementer

from provd.errors import PluginError, Refused
from provd.model.operation import OIP_FAIL, OIP_PROGRESS, OIP_SUCCESS, OperationInProgress

from .interfaces import IInstallService
from .localization import with_localized_description
from .packages.downloaders import AuthDownloader, Downloader, Proxies
from .packages.fetching import Cache
from .packages.graph import InstallError
from .packages.pkgsdb import PackageDefinition, read_packages
from .packages.placing import contents, place, take_out
from .packages.records import Records, record_of

__all__ = ["FetchfwPluginHelper"]

_WORK = ".install-"


@implementer(IInstallService)
class FetchfwPluginHelper:
    """
    The install service of a plugin with a ``pkgs/pkgs.db``.

    :param plugin_dir: the plugin's folder.
    :param downloaders: what ``new_downloaders`` returned, or of the plugin's own making.
    :param filter_builder: taken for the sake of older calls: there are no filters but the format's own.
    :raises ValueError: if ``pkgs.db`` is wrong.
    """

    PKG_DIR = "pkgs"
    CACHE_DIR = "var/cache"
    INSTALLED_DIR = "var/installed"
    TFTPBOOT_DIR = "var/tftpboot"

    def __init__(
        self,
        plugin_dir: str,
        downloaders: Mapping[str, Any] | None = None,
        filter_builder: Any = None,
    ) -> None:
        downloaders = self.new_downloaders() if downloaders is None else downloaders
        self._plugin_id = os.path.basename(os.path.normpath(plugin_dir))
        self._var = Path(plugin_dir, "var")
        self._database = read_packages(os.path.join(plugin_dir, self.PKG_DIR), downloaders)
        self._records = Records(Path(plugin_dir, self.INSTALLED_DIR))
        self._cache = Cache(Path(plugin_dir, self.CACHE_DIR), downloaders)
        self._under_way: set[str] = set()
        self._lock = DeferredLock()
        # What a worker thread is putting into the served folder.  The reactor's thread takes the lock too, so
        # a worker holds it for an assignment and no longer.
        self._arriving: frozenset[str] = frozenset()
        self._claiming = Lock()
        self.root_dir = os.path.join(plugin_dir, self.TFTPBOOT_DIR)
        for leftover in self._var.glob(f"{_WORK}*"):  # of a daemon that was killed
            shutil.rmtree(leftover, ignore_errors=True)

    @classmethod
    def new_handlers(cls, proxies: Mapping[str, str] | None = None) -> list[Proxies]:
        """
        Return what connects to servers.

        :param proxies: ``gen_cfg["proxies"]``, the live mapping: a change applies to later downloads.
        """
        return [Proxies(proxies)]

    @classmethod
    def new_downloaders(cls, proxies: Mapping[str, str] | None = None) -> dict[str, Downloader]:
        """
        Return ``{"default": ..., "auth": ...}``; each has ``download(url, timeout=15.0)``, the second also
        ``add_password(realm, uri, user, password)``.

        :param proxies: see :meth:`new_handlers`.
        """
        return cls.new_downloaders_from_handlers(cls.new_handlers(proxies))

    @classmethod
    def new_downloaders_from_handlers(
        cls, handlers: Sequence[Proxies] | None = None
    ) -> dict[str, Downloader]:
        """
        Return the same of what :meth:`new_handlers` returned.

        :raises TypeError: if it is anything else.
        """
        chosen = list(handlers or cls.new_handlers())
        if len(chosen) != 1 or not isinstance(chosen[0], Proxies):
            raise TypeError("handlers must be what new_handlers() returned")
        return {"default": Downloader(chosen[0]), "auth": AuthDownloader(chosen[0])}

    def services(self) -> dict[str, FetchfwPluginHelper]:
        """
        Return ``{"install": self}``, for a plugin's ``services``.
        """
        return {"install": self}

    def list_installable(self) -> dict[str, dict[str, Any]]:
        """
        Return ``{package id: {"version", "description", "dsize"}}``, ``dsize`` in bytes.
        """
        return {
            package.id: {
                "version": package.version,
                "description": with_localized_description(package.info)["description"],
                "dsize": sum(file.size or 0 for file in self._database.files_of(package.id)),
            }
            for package in self._database.packages.values()
        }

    def list_installed(self) -> dict[str, dict[str, Any]]:
        """
        Return ``{package id: {"version", "description"}}``.
        """
        return {
            package_id: {
                "version": record["version"],
                "description": with_localized_description(record)["description"],
            }
            for package_id, record in self._records.all().items()
        }

    def install(self, pkg_id: str) -> tuple[Deferred[None], OperationInProgress]:
        """
        Begin to install a package, or to install it again, with those that it depends on.

        :returns: a Deferred that fails if it fails, and the operation ``install_pkg`` with its children
            ``download`` and ``install``.
        :raises Refused: if there is no such package, or it is being installed.
        """
        if pkg_id not in self._database.packages:
            raise Refused("package-not-found", f"{self._plugin_id} has no package {pkg_id!r}")
        if pkg_id in self._under_way:
            raise Refused("operation-in-progress", f"{pkg_id} is being installed already")
        self._under_way.add(pkg_id)
        download, installation = OperationInProgress("download"), OperationInProgress("install")
        operation = OperationInProgress("install_pkg", OIP_PROGRESS, sub_oips=[download, installation])
        return Deferred.fromCoroutine(self._install(pkg_id, operation)), operation

    def upgrade(self, pkg_id: str) -> tuple[Deferred[None], OperationInProgress]:
        """
        Install a package anew: what its former version had and it lacks is removed.  As :meth:`install`.
        """
        return self.install(pkg_id)

    def uninstall(self, pkg_id: str) -> None:
        """
        Remove what a package had installed.

        :raises Refused: if it isn't installed, or is being installed.
        """
        if pkg_id in self._under_way:
            raise Refused("operation-in-progress", f"{pkg_id} is being installed")
        if pkg_id not in self._records:
            raise Refused("package-not-found", f"package {pkg_id!r} isn't installed")
        with self._claiming:
            gone = set(self._records.files(pkg_id)) - self._files_of_others(pkg_id)
            take_out(gone, Path(self.root_dir))
            self._records.remove(pkg_id)

    def _files_of_others(self, package_id: str | None = None) -> frozenset[str]:
        # Two versions of a package may bring files of one name.
        others = set(self._records.all()) - {package_id}
        return self._arriving.union(*map(self._records.files, others))

    async def _install(self, package_id: str, operation: OperationInProgress) -> None:
        download, installation = operation.sub_oips
        try:
            async with self._lock:
                packages = self._with_missing(package_id)
                files = await self._bring(packages, download)
                installation.state = OIP_PROGRESS
                for package in packages:
                    await deferToThread(self._unpack, package, files[package.id])
            installation.state = OIP_SUCCESS
            operation.state = OIP_SUCCESS
        except (InstallError, OSError) as error:
            raise PluginError(self._plugin_id, f"package {package_id}: {_told(error)}") from error
        finally:
            if not operation.finished:
                operation.state = OIP_FAIL
            self._under_way.discard(package_id)

    def _with_missing(self, package_id: str) -> list[PackageDefinition]:
        """
        Return a package behind those that it depends on and that aren't installed.
        """
        found: dict[str, PackageDefinition] = {}
        seen: set[str] = set()

        def visit(one: str) -> None:
            if one not in seen:
                seen.add(one)
                package = self._database.packages[one]
                for other in package.depends:
                    if other not in self._records:
                        visit(other)
                found[one] = package

        visit(package_id)
        return list(found.values())

    async def _bring(
        self, packages: Sequence[PackageDefinition], download: OperationInProgress
    ) -> dict[str, list[Path]]:
        # Plugins pass no reactor, and have always had the one that runs.
        from twisted.internet import reactor

        wanted = [(package.id, file) for package in packages for file in self._database.files_of(package.id)]
        download.sub_oips.extend(OperationInProgress(end=file.size) for _, file in wanted)
        download.state = OIP_PROGRESS
        files: dict[str, list[Path]] = {package.id: [] for package in packages}
        for (package_id, file), operation in zip(wanted, download.sub_oips, strict=True):
            files[package_id].append(await self._cache.bring(file, operation, reactor))
        download.state = OIP_SUCCESS
        return files

    def _unpack(self, package: PackageDefinition, files: list[Path]) -> None:
        self._var.mkdir(parents=True, exist_ok=True)
        root = Path(self.root_dir)
        former_files = set(self._records.files(package.id))
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=self._var) as folder:
            work_dir, former = Path(folder, "work"), Path(folder, "former")
            work_dir.mkdir()
            former.mkdir()
            result = work_dir
            if package.install is not None:
                result = self._database.installs[package.install].run(files, package.arguments, work_dir)
            arriving = frozenset(contents(result))
            with self._claiming:
                self._arriving = arriving
            try:
                place(result, root, former, lambda placed: self._records.add(record_of(package, placed)))
                take_out(former_files - self._files_of_others(), root)
            finally:
                self._arriving = frozenset()


def _told(error: BaseException) -> str:
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    path = error.filename2 or error.filename
    return f"{error.strerror}: {path}" if path else error.strerror
