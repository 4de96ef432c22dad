"""
Files that a plugin renders for phones: written whole under a hidden name beside the target, then renamed,
so that no phone ever fetches half of one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat

__all__ = [
    "OutsideFolder",
    "is_temporary",
    "place_below",
    "replace_file",
    "sweep_leftovers",
    "temporary_beside",
    "write_if_changed",
]

_TEMPORARY = re.compile(r"\.provd-[0-9a-f]{16}\.tmp", re.ASCII)
_FILE_MODE = 0o640


class OutsideFolder(PermissionError):
    """
    A file name that leads out of the folder in which it has to stay.

    :param name: as it was given.
    """

    def __init__(self, name: str) -> None:
        super().__init__(errno.EACCES, "leads out of its folder", name)


def place_below(folder: str | os.PathLike[str], name: str | os.PathLike[str]) -> str:
    """
    Return the path under which a file may be put below a folder, free of ``..`` and of links on the way.
    Whatever is at that path itself, a link too, may be replaced.

    :param name: relative to the folder, or absolute.
    :raises OutsideFolder: if it isn't below the folder, links followed, or isn't the name of a file.
    :raises ValueError: if no file can have that name, as with a NUL.
    """
    path = os.path.join(folder, name)
    parent, base = os.path.split(path)
    root, real = os.path.realpath(folder), os.path.realpath(parent)
    if base in ("", ".", "..") or os.path.commonpath([root, real]) != root:
        raise OutsideFolder(os.fspath(name))
    return os.path.join(real, base)


def is_temporary(name: str) -> bool:
    """
    Tell whether ``name`` is that of a file being written, which must never be served.

    :param name: a file name without its folder.
    """
    return _TEMPORARY.fullmatch(name) is not None


def temporary_beside(path: str | os.PathLike[str]) -> str:
    """
    Return a new name of that kind in the folder of ``path``.
    """
    return os.path.join(os.path.dirname(path), f".provd-{secrets.token_hex(8)}.tmp")


def write_if_changed(path: str | os.PathLike[str], data: bytes) -> bool:
    """
    Make ``data`` the content of the file at ``path``; one that has it already is left alone, times and all.
    Nothing is synced: after an unclean stop such files are rendered again.

    :returns: whether the file was written.
    :raises OSError: if it can't be; the file then is as it was.
    """
    if _holds(path, data):
        return False
    replace_file(path, data)
    return True


def _holds(path: str | os.PathLike[str], data: bytes) -> bool:
    try:
        status = os.stat(path)
        if status.st_size != len(data) or not stat.S_ISREG(status.st_mode):
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read() == data
    except OSError:
        return False


def replace_file(path: str | os.PathLike[str], data: bytes, mode: int = _FILE_MODE) -> None:
    """
    Put a file with that content and mode at ``path``, over whatever file was there.

    :raises OSError: if it can't be written; what was at ``path`` then is as it was.
    """
    temporary = temporary_beside(path)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
        os.rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def sweep_leftovers(folder: str | os.PathLike[str]) -> int:
    """
    Remove what an unclean stop left half written in a folder and those below it.  Blocks on the disk.

    :returns: how many files were removed.
    """
    removed = 0
    for parent, _folders, names in os.walk(folder):
        for name in filter(is_temporary, names):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(parent, name))
                removed += 1
    return removed
