"""
A file that is being fetched, under a name of its own until it is whole and the one that was meant.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from twisted.internet.threads import deferToThread

from provd.store.atomic import sync_folder

__all__ = ["Partial", "Wrong"]

_BLOCK = 256 * 1024


class Wrong(Exception):
    """
    The file isn't the one that was meant.
    """


class Partial:
    """
    ``<target>.tmp``.  All methods run in worker threads, one at a time.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path = target.with_name(f"{target.name}.tmp")

    async def size(self) -> int:
        """
        Return how many bytes are there.
        """
        return await deferToThread(self._size)

    def _size(self) -> int:
        try:
            return self.path.lstat().st_size if self.path.is_file() and not self.path.is_symlink() else 0
        except FileNotFoundError:
            return 0

    async def restart(self) -> None:
        """
        Throw away what is there.
        """
        await deferToThread(self.path.unlink, missing_ok=True)

    async def append(self, data: bytes) -> None:
        await deferToThread(self._append, data)

    def _append(self, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(self.path, flags, 0o640), "ab") as file:
            file.write(data)

    async def complete(self, size: int | None, sha1: str | None, sha256: str | None) -> None:
        """
        Give the file its name, durably.

        :raises Wrong: if it hasn't that size or a digest isn't its own.
        """
        await deferToThread(self._complete, size, {"sha1": sha1, "sha256": sha256})

    def _complete(self, size: int | None, digests: dict[str, str | None]) -> None:
        if not self.path.exists():
            self._append(b"")
        hashes = {
            name: hashlib.new(name, usedforsecurity=False) for name, wanted in digests.items() if wanted
        }
        with open(self.path, "rb") as file:
            found = os.fstat(file.fileno()).st_size
            if size is not None and found != size:
                raise Wrong(f"it has {found} bytes instead of {size}")
            while block := file.read(_BLOCK):
                for digest in hashes.values():
                    digest.update(block)
            for name, digest in hashes.items():
                if digest.hexdigest() != digests[name]:
                    raise Wrong(f"its {name.upper()} is {digest.hexdigest()} instead of {digests[name]}")
            os.fsync(file.fileno())
        os.replace(self.path, self._target)
        sync_folder(self._target.parent)
