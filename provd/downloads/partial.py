"""
A file that is being fetched, under a name of its own until it is whole and the one that was meant.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

from provd.digests import hexdigests
from provd.store.atomic import sync_folder

__all__ = ["NotKept", "Partial", "Wrong"]

T = TypeVar("T")


class Wrong(Exception):
    """
    The file isn't the one that was meant.
    """


class NotKept(Exception):
    """
    The disk doesn't take it.
    """


class Partial:
    """
    ``<target>.tmp``.  All methods run in worker threads, one at a time, and raise :class:`NotKept`.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f"{target.name}.tmp")

    async def size(self) -> int:
        """
        Return how many bytes are there.
        """
        return await _in_thread(self._size)

    def _size(self) -> int:
        is_ours = self._path.is_file() and not self._path.is_symlink()
        return self._path.stat().st_size if is_ours else 0

    async def remove(self) -> None:
        """
        Throw away what is there.
        """
        await _in_thread(lambda: self._path.unlink(missing_ok=True))

    async def append(self, data: bytes) -> None:
        await _in_thread(lambda: self._append(data))

    def _append(self, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(self._path, flags, 0o640), "ab") as file:
            file.write(data)

    async def complete(self, size: int | None, digests: Mapping[str, str | None]) -> None:
        """
        Give the file its name, durably.

        :param digests: in hexadecimal, by the name of the hash; None for those that aren't known.
        :raises Wrong: if it hasn't that size or a digest isn't its own.
        """
        await _in_thread(lambda: self._complete(size, digests))

    def _complete(self, size: int | None, digests: Mapping[str, str | None]) -> None:
        self._append(b"")  # an empty file is one too
        wanted = {name: digest for name, digest in digests.items() if digest}
        with open(self._path, "rb") as file:
            found = os.fstat(file.fileno()).st_size
            if size is not None and found != size:
                raise Wrong(f"it has {found} bytes instead of {size}")
            for name, digest in hexdigests(file, wanted).items():
                if digest != wanted[name].lower():
                    raise Wrong(f"its {name.upper()} is {digest} instead of {wanted[name]}")
            os.fsync(file.fileno())
        os.replace(self._path, self._target)
        sync_folder(self._target.parent)


async def _in_thread(work: Callable[[], T]) -> T:
    """
    Return what some work gives.  A thread can't be stopped: who is cancelled hears of it when the work is
    done, or the next download of the same file would meet it.
    """
    outcome: list[Any] = []
    turns: list[Deferred[None]] = []

    def end(result: Any) -> None:
        outcome.append(result)
        if not turns[-1].called:
            turns[-1].callback(None)

    cancelled: CancelledError | None = None
    turns.append(Deferred())
    deferToThread(work).addBoth(end)
    while not outcome:
        try:
            await turns[-1]
        except CancelledError as error:
            cancelled = error
            turns.append(Deferred())
    if cancelled is not None:
        raise cancelled
    if not isinstance(outcome[0], Failure):
        return cast(T, outcome[0])
    try:
        outcome[0].raiseException()
    except OSError as error:
        raise NotKept(f"can't be kept: {error.strerror or type(error).__name__}") from error
