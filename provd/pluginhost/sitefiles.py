"""
What belongs to the site in a plugin's ``var/``: rendered files, firmware, custom templates, parameters.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from provd.pluginkit.files import is_temporary, temporary_beside

__all__ = ["carry_back", "carry_over", "listing"]

# Below this folder of var/, what a package brings replaces what the site has.
_SERVED = "tftpboot"
# Only administrators put files there, whether a plugin is loaded or not.
_BY_HAND = ("templates", "cache")
# A plugin may write in place what it renders; with a further name of the same file it would change what the
# version has that it replaces.  What is as large as firmware isn't rendered.
_LARGEST_COPY = 1024**2
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK)


def listing(folder: Path) -> frozenset[Path]:
    """
    Return the files and links below a folder, relative to it.
    """
    return frozenset(path for path, status in _walk(folder, Path()) if not stat.S_ISDIR(status.st_mode))


def carry_over(source: Path, target: Path, shipped: Collection[Path]) -> frozenset[Path]:
    """
    Bring the files of one ``var/`` to another one, so that what is rendered there changes nothing here.
    Nothing is synced.

    :param source: may be missing; stays as it is.  What vanishes from it meanwhile is left out.
    :param shipped: what the package brought to ``target``, relative to it.
    :returns: what now is the site's in ``target``, relative to it.
    """
    return _carry(source, target, lambda path: path.parts[0] != _SERVED or path not in shipped)


def carry_back(source: Path, target: Path, shipped: Collection[Path]) -> None:
    """
    Bring what was put into a ``var/`` by hand to another one: not what a plugin rendered there.

    :param shipped: what the package brought to ``source``, relative to it.
    """
    _carry(source, target, lambda path: path.parts[0] in _BY_HAND and path not in shipped)


def _carry(source: Path, target: Path, is_wanted: Callable[[Path], bool]) -> frozenset[Path]:
    carried = set()
    for relative, status in _walk(source, Path()):
        destination = target / relative
        if not is_wanted(relative) or not _is_folder(destination.parent):
            continue  # not a folder: the package has a file where the site had one
        if stat.S_ISDIR(status.st_mode):
            if not os.path.lexists(destination):
                destination.mkdir()
                with contextlib.suppress(FileNotFoundError):
                    shutil.copymode(source / relative, destination)
        elif not _is_folder(destination):
            with contextlib.suppress(_Vanished):
                _bring(source, relative, destination, status)
                carried.add(relative)
    return frozenset(carried)


class _Vanished(Exception):
    """
    A file that was there a moment ago.
    """


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _bring(folder: Path, relative: Path, destination: Path, status: os.stat_result) -> None:
    with contextlib.suppress(FileNotFoundError):
        if _is_same(status, destination.lstat()):
            return
    source, temporary = folder / relative, temporary_beside(destination)
    try:
        (_copy if _may_be_rewritten(source, relative, status) else _link)(source, temporary)
    except FileNotFoundError as error:
        raise _Vanished from error
    os.replace(temporary, destination)


def _is_same(one: os.stat_result, other: os.stat_result) -> bool:
    return os.path.samestat(one, other) or (
        stat.S_ISREG(one.st_mode)
        and (one.st_mtime_ns, one.st_size, one.st_mode) == (other.st_mtime_ns, other.st_size, other.st_mode)
    )


def _may_be_rewritten(source: Path, relative: Path, status: os.stat_result) -> bool:
    return (
        relative.parts[0] == _SERVED
        and stat.S_ISREG(status.st_mode)
        and status.st_size <= _LARGEST_COPY
        and os.access(source, os.R_OK)
    )


def _link(source: Path, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _copy(source, target)


def _copy(source: Path, target: str) -> None:
    shutil.copy2(source, target, follow_symlinks=False)


def _walk(folder: Path, relative: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """
    Yield folders, each before what is in it, files and links; links aren't followed.
    """
    try:
        entries = sorted(os.scandir(folder / relative), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        below = relative / entry.name
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if stat.S_ISDIR(status.st_mode):
            yield below, status
            yield from _walk(folder, below)
        elif stat.S_ISLNK(status.st_mode) or (stat.S_ISREG(status.st_mode) and not is_temporary(entry.name)):
            yield below, status
