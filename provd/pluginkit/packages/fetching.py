"""
The files of a package, brought into the plugin's cache.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.digests import hexdigests
from provd.errors import DownloadError
from provd.model.operation import OIP_PROGRESS, OIP_SUCCESS, OperationInProgress

from .downloaders import Downloader
from .graph import InstallError
from .pkgsdb import RemoteFile

__all__ = ["Cache"]

_BLOCK = 256 * 1024
_TIMEOUT = 15.0
# A server that a plugin's own downloader asks may send without end.
_MAX_BYTES = 8 * 1024**3


class Cache:
    """
    ``var/cache`` of a plugin, which an administrator may put files into by hand.

    :param downloaders: by the name that ``pkgs.db`` uses; those of other makes than :class:`Downloader` have
        ``download(url, timeout)``, which blocks and returns a file to read.
    """

    _log = Logger()

    def __init__(self, folder: Path, downloaders: Mapping[str, Any]) -> None:
        self.folder = folder
        self._downloaders = downloaders

    async def bring(self, file: RemoteFile, operation: OperationInProgress, reactor: IReactorTime) -> Path:
        """
        Return the path of a file once it is there and the one that was meant.

        :param operation: follows it, in bytes.
        :raises DownloadError: if it can't be fetched.
        :raises InstallError: if nobody can fetch it, and it isn't there.
        """
        path = self.folder / file.filename
        operation.state = OIP_PROGRESS
        operation.current, operation.end = 0, file.size
        problem = await deferToThread(_problem, path, file)
        if problem is not None:
            if not file.url:
                raise InstallError(f"{file.filename} must be put into {self.folder} by hand: {problem}")
            if path.exists():
                self._log.warn("{path} is fetched again: {why}", path=str(path), why=problem)
            await deferToThread(self.folder.mkdir, parents=True, exist_ok=True)
            await self._fetch(file, path, operation, reactor)
        operation.current = operation.end = (await deferToThread(path.stat)).st_size
        operation.state = OIP_SUCCESS
        return path

    async def _fetch(
        self, file: RemoteFile, path: Path, operation: OperationInProgress, reactor: IReactorTime
    ) -> None:
        def progress(count: int, whole: int | None) -> None:
            operation.current, operation.end = count, whole

        downloader = self._downloaders[file.downloader]
        if isinstance(downloader, Downloader):
            downloads = downloader.downloads(reactor)
            # Where there is a checksum it decides: published sizes may be wrong.
            size = file.size if file.sha1 is None else None
            await downloads.to_file(file.url, path, size=size, sha1=file.sha1, progress=progress)
        else:
            await deferToThread(_copy, downloader, file, path, progress)


def _problem(path: Path, file: RemoteFile) -> str | None:
    """
    Return why a cached file can't be used; None if it can.
    """
    try:
        with open(path, "rb") as content:
            size = os.fstat(content.fileno()).st_size
            if file.sha1 is None and file.size is not None and size != file.size:
                return f"it has {size} bytes instead of {file.size}"
            if file.sha1 is not None:
                sha1 = hexdigests(content, ["sha1"])["sha1"]
                if sha1 != file.sha1:
                    return f"its SHA-1 is {sha1} instead of {file.sha1}"
    except FileNotFoundError:
        return "it isn't there"
    except OSError as error:
        return f"it can't be read: {error.strerror}"
    return None


def _copy(downloader: Any, file: RemoteFile, path: Path, progress: Any) -> None:
    """
    Fetch a file with a downloader of a plugin's own.
    """
    partial = path.with_name(f"{path.name}.tmp")
    try:
        source = downloader.download(file.url, _TIMEOUT)
        try:
            count = 0
            with open(partial, "wb") as target:
                while block := source.read(_BLOCK):
                    target.write(block)
                    count += len(block)
                    if count > _MAX_BYTES:
                        raise DownloadError(file.url, f"is larger than {_MAX_BYTES} bytes")
                    progress(count, file.size)
                target.flush()
                os.fsync(target.fileno())
        finally:
            source.close()
        problem = _problem(partial, file)
        if problem is not None:
            raise DownloadError(file.url, problem)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
