"""
One daemon to a folder: two would each overwrite what the other has in memory.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from provd.errors import StoreError


class FolderLock:
    """
    A lock that the kernel drops when its process ends, however it ends.

    :param folder: where the lock file ``.lock`` is made, and stays.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".lock"
        self._descriptor: int | None = None

    def take(self) -> None:
        """
        :raises StoreError: if another process has the lock.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"{self._path} can't be opened: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise StoreError(f"{self._path.parent} is in use by another accent-provd") from error
        self._descriptor = descriptor

    def release(self) -> None:
        """
        Let another process have the folder; does nothing if the lock isn't held.
        """
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
