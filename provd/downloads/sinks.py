"""
Where a file goes while it comes: into memory, or to the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .partial import Partial

__all__ = ["MemorySink", "PartialSink", "Progress", "Sink"]

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far, and the bytes in all or None if nobody knows."""


class Sink:
    """
    A file on its way.

    :ivar limit: bytes that it may have at most.
    :ivar size: bytes that it must have, None if that isn't known.
    :ivar is_checked: whether a digest will tell if it is another file.
    :ivar count: the bytes that are here.
    :ivar total: the bytes that it has at the server, None if that isn't known.
    :ivar validator: what tells this version of the file from others, as ``If-Range`` takes it.
    :ivar is_joined: whether it comes from several answers, so that another try might give another file.
    """

    def __init__(self, limit: int, size: int | None, is_checked: bool, progress: Progress | None) -> None:
        self.limit = limit
        self.size = size
        self.is_checked = is_checked
        self.count = 0
        self.total: int | None = None
        self.validator: str | None = None
        self.is_joined = False
        self._progress = progress

    @property
    def start(self) -> int:
        """
        The byte from which on the file is to be asked for.

        Without a validator and without a digest nobody would notice that the server's file is another one by
        now: it is fetched from its beginning.
        """
        return self.count if self.is_checked or self.validator is not None else 0

    @property
    def is_full(self) -> bool:
        """
        Whether nothing is left to ask for.
        """
        return self.size is not None and 0 < self.size == self.count

    async def begin(self, start: int, total: int | None, validator: str | None) -> None:
        """
        Take what comes from the byte ``start`` on: it is where the file ends so far, or 0.
        """
        if start == 0:
            await self.clear()
        else:
            self.is_joined = True
        self.total, self.validator = total, validator
        self._tell()

    async def keep(self, block: bytes) -> None:
        """
        Add what came.
        """
        await self._add(block)
        self.count += len(block)
        self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self.count, self.total if self.size is None else self.size)

    async def clear(self) -> None:
        """
        Forget what came.
        """
        await self._drop()
        self.count, self.total, self.validator, self.is_joined = 0, None, None, False

    async def _add(self, block: bytes) -> None:
        raise NotImplementedError

    async def _drop(self) -> None:
        raise NotImplementedError


class MemorySink(Sink):
    """
    :param limit: bytes at most.
    """

    def __init__(self, limit: int, progress: Progress | None) -> None:
        super().__init__(limit, None, False, progress)
        self._blocks: list[bytes] = []

    @property
    def content(self) -> bytes:
        return b"".join(self._blocks)

    async def _add(self, block: bytes) -> None:
        self._blocks.append(block)

    async def _drop(self) -> None:
        self._blocks.clear()


_MAX_BYTES = 8 * 1024**3


class PartialSink(Sink):
    """
    :param target: see :class:`provd.downloads.partial.Partial`; its methods raise ``NotKept`` as that does.
    :param sha1, sha256: in hexadecimal, None if they aren't known.
    """

    def __init__(
        self,
        target: Path,
        size: int | None,
        sha1: str | None,
        sha256: str | None,
        progress: Progress | None,
    ) -> None:
        limit = _MAX_BYTES if size is None else size
        super().__init__(limit, size, bool(sha1 or sha256), progress)
        self._digests = {"sha1": sha1, "sha256": sha256}
        self._partial = Partial(target)

    async def take_up(self) -> None:
        """
        Go on with what an earlier download left, if a digest tells whether it belongs to the file.
        """
        left = await self._partial.size()
        if left and self.is_checked and left <= self.limit:
            self.count, self.is_joined = left, True
        else:
            await self.clear()

    async def complete(self) -> None:
        """
        Give the file its name.

        :raises Wrong: if it isn't the one that was meant.
        """
        await self._partial.complete(self.size, self._digests)

    async def _add(self, block: bytes) -> None:
        await self._partial.append(block)

    async def _drop(self) -> None:
        await self._partial.remove()
