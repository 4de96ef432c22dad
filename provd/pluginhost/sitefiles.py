"""
What belongs to the site in a plugin's ``var/``: rendered files, firmware, custom templates, parameters.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from provd.pluginkit.files import is_temporary, temporary_beside

__all__ = ["carry_over", "listing"]

# Below this folder of var/, what a package brings replaces what the site has.
_SERVED = "tftpboot"
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK)


def listing(folder: Path) -> frozenset[Path]:
    """
    Return the files and links below a folder, relative to it.
    """
    return frozenset(path for path, status in _walk(folder, Path()) if not stat.S_ISDIR(status.st_mode))


def carry_over(source: Path, target: Path, shipped: Collection[Path]) -> frozenset[Path]:
    """
    Bring the files of one ``var/`` to another one, as further names of the same files.

    :param source: may be missing; stays as it is.
    :param shipped: what the package brought to ``target``, relative to it.
    :returns: what now is the site's in ``target``, relative to it.
    """
    carried = set()
    for relative, status in _walk(source, Path()):
        destination = target / relative
        if not _is_folder(destination.parent):
            continue  # the package has a file where the site had a folder
        if stat.S_ISDIR(status.st_mode):
            if not os.path.lexists(destination):
                destination.mkdir()
                shutil.copymode(source / relative, destination)
        elif not _is_kept(relative, shipped) and not _is_folder(destination):
            _bring(source / relative, destination, status)
            carried.add(relative)
    return frozenset(carried)


def _is_kept(relative: Path, shipped: Collection[Path]) -> bool:
    return relative.parts[0] == _SERVED and relative in shipped


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _bring(source: Path, destination: Path, status: os.stat_result) -> None:
    try:
        if os.path.samestat(status, destination.lstat()):
            return
    except FileNotFoundError:
        pass
    temporary = temporary_beside(destination)
    try:
        os.link(source, temporary, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        shutil.copy2(source, temporary, follow_symlinks=False)
    os.replace(temporary, destination)


def _walk(folder: Path, relative: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """
    Yield folders, each before what is in it, files and links; links aren't followed.
    """
    try:
        entries = sorted(os.scandir(folder / relative), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        status = entry.stat(follow_symlinks=False)
        below = relative / entry.name
        if stat.S_ISDIR(status.st_mode):
            yield below, status
            yield from _walk(folder, below)
        elif stat.S_ISLNK(status.st_mode) or (stat.S_ISREG(status.st_mode) and not is_temporary(entry.name)):
            yield below, status
