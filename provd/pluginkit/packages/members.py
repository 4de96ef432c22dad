"""
What comes out of an archive, which may be from anybody: nothing is written outside one folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

__all__ = ["MAX_BYTES", "ArchiveError", "Members", "discard", "flattened", "safe_parts", "stays_inside"]

MAX_BYTES = 2 * 1024**3
"""How much an archive may unpack to."""

_MAX_MEMBERS = 100_000
_BLOCK = 256 * 1024


class ArchiveError(Exception):
    """
    An archive that is damaged, or has a member that it may not have.
    """


def safe_parts(name: str) -> list[str]:
    """
    Return the parts of a member's name.

    :raises ArchiveError: if it is absolute or leads up.
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise ArchiveError(f"a bad name: {name!r}")
    return parts


class Members:
    """
    The files, folders and links of one archive, written below a folder.

    :param place: makes the parts of a path below that folder of a member's name; raises ``ArchiveError``.
    :param replaces: whether a second file of one name takes the place of the first; else it is refused.
    """

    def __init__(
        self, root: Path, place: Callable[[str], list[str]] = safe_parts, replaces: bool = True
    ) -> None:
        self._root = root
        self._place = place
        self._replaces = replaces
        self._folders = {root}
        self._files: set[Path] = set()
        self._links: list[Path] = []
        self._members = 0
        self._bytes = 0

    def __len__(self) -> int:
        return self._members

    def path(self, name: str) -> Path:
        """
        Return where a member belongs.
        """
        return self._root.joinpath(*self._place(name))

    def folder(self, name: str) -> None:
        """
        Make a folder.
        """
        self._count()
        self._make_folder(self.path(name))

    def file(self, name: str, content: BinaryIO, size: int, executable: bool = False) -> None:
        """
        Write a file.

        :param size: as the archive says; a content of another size is damaged.
        """
        path = self._new_path(name)
        self._bytes += size
        if self._bytes > MAX_BYTES:
            raise ArchiveError(f"more than {MAX_BYTES} bytes")
        mode = 0o755 if executable else 0o644
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with open(descriptor, "wb") as target:
            left = size
            while left and (block := content.read(min(_BLOCK, left))):
                target.write(block)
                left -= len(block)
        if left or content.read(1):
            raise ArchiveError(f"{name!r} hasn't the size that the archive says")
        self._files.add(path)

    def link(self, name: str, target: str) -> None:
        """
        Make a symbolic link; where it leads is judged at the end, as others may lead on.
        """
        path = self._new_path(name)
        if target.startswith("/") or not target.isprintable():
            raise ArchiveError(f"a link that leads out: {name!r}")
        path.symlink_to(target)
        self._links.append(path)

    def copy(self, name: str, original: str) -> None:
        """
        Make a further name of a file that was written before.
        """
        source, path = self.path(original), self._new_path(name)
        if source not in self._files:
            raise ArchiveError(f"a link to nothing: {name!r}")
        os.link(source, path)
        self._files.add(path)

    def finish(self) -> None:
        """
        Refuse links that lead out, by way of other links or not.  Nothing was written through one.
        """
        for path in self._links:
            if not stays_inside(self._root, path):
                raise ArchiveError(f"a link that leads out: {path.name!r}")

    def _count(self) -> None:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise ArchiveError(f"more than {_MAX_MEMBERS} members")

    def _new_path(self, name: str) -> Path:
        self._count()
        path = self.path(name)
        if path == self._root:
            raise ArchiveError(f"a file that should be a folder: {name!r}")
        self._make_folder(path.parent)
        if os.path.lexists(path):
            if not self._replaces:
                raise ArchiveError(f"two members named {name!r}")
            if _is_folder(path):
                raise ArchiveError(f"both a folder and not: {name!r}")
            path.unlink()
            self._files.discard(path)
            self._links = [link for link in self._links if link != path]
        return path

    def _make_folder(self, path: Path) -> None:
        # Only real folders count: a link in their place might lead out.
        if path in self._folders:
            return
        self._make_folder(path.parent)
        try:
            path.mkdir()
        except FileExistsError:
            if not _is_folder(path):
                raise ArchiveError(f"both a folder and not: {path.name!r}") from None
        self._folders.add(path)


def stays_inside(root: Path, path: Path) -> bool:
    """
    Tell whether a path, links followed, is in a folder.
    """
    real = os.path.realpath(root)
    return os.path.commonpath((real, os.path.realpath(path))) == real


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def flattened(source: Path, target: Members) -> None:
    """
    Write every file below a folder to the top of another.

    Of two of one name, that in the folder which comes later by name stays: the archive's own order isn't
    known.

    :raises ArchiveError: if there is anything but files and folders.
    """
    for parent, folders, names in os.walk(source):
        folders.sort()
        for name in folders:
            if os.path.islink(os.path.join(parent, name)):
                raise ArchiveError(f"a link: {name!r}")
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_symlink() or not path.is_file():
                raise ArchiveError(f"neither a file nor a folder: {name!r}")
            with open(path, "rb") as content:
                target.file(name, content, path.stat().st_size, os.access(path, os.X_OK))


def discard(path: Path) -> None:
    """
    Remove a folder and all that is in it, if it is there.
    """
    shutil.rmtree(path, ignore_errors=True)
