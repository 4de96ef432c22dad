"""
Whether a file is still what a phone was sent.
"""

from __future__ import annotations

import os
import stat
from hashlib import blake2b

__all__ = ["MOST", "Sent", "ServedFile"]

MOST = 1 << 20
"""Bytes of a file up to which it is compared; the files that phones are configured by are far smaller."""


class Sent:
    """
    The digest of what is sent, piece by piece.
    """

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)
        self._size = 0

    def take(self, piece: bytes) -> None:
        """
        Note a piece of what is sent.
        """
        self._size += len(piece)
        if self._size <= MOST:
            self._hash.update(piece)

    def digest(self) -> bytes | None:
        """
        Return the digest; None of more than ``MOST`` bytes.
        """
        return self._hash.digest() if self._size <= MOST else None


class ServedFile:
    """
    A file that was sent.  It is read again only when it was written since.

    :param path: from which it was served.
    :param digest: of what was sent; None stands for the file as it is now.
    """

    __slots__ = ("_digest", "_is_current", "_path", "_seen")  # there may be one for each phone

    def __init__(self, path: str, digest: bytes | None = None) -> None:
        self._path = path
        self._seen: object = None
        self._is_current = False
        self._digest = self._read() if digest is None else digest

    def is_current(self) -> bool:
        """
        Tell whether the file is what was sent.
        """
        try:
            status = os.stat(self._path)
        except OSError:
            return False
        seen = status.st_ino, status.st_mtime_ns, status.st_size
        if seen != self._seen:
            self._is_current = self._digest is not None and self._read() == self._digest
            self._seen = seen
        return self._is_current

    def _read(self) -> bytes | None:
        """
        Return the digest of the file as it is; None if it isn't a file of ``MOST`` bytes or less.
        """
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST:
                return None
            sent = Sent()
            sent.take(os.read(descriptor, MOST + 1))
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return sent.digest()
