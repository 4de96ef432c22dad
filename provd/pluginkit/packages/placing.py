"""
Putting the result of an installation into the folder that phones are served from, and taking it out again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from provd.pluginkit.files import temporary_beside
from provd.store.atomic import sync_folder

from .members import stays_inside

__all__ = ["contents", "place", "take_out"]

# A record may name what is gone, or what nothing can be named.
_NEVER_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


def contents(folder: Path) -> list[str]:
    """
    Return what is below a folder, relative to it: folders with a slash at the end and before what is in them.
    """
    found: list[str] = []

    def visit(relative: str) -> None:
        for entry in sorted(os.scandir(folder / relative), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                found.append(f"{relative}{entry.name}/")
                visit(found[-1])
            else:
                found.append(f"{relative}{entry.name}")

    visit("")
    return found


def place(result: Path, root: Path, work_dir: Path, keep: Callable[[list[str]], None]) -> None:
    """
    Move everything below ``result`` to ``root``, over what is there.  Blocks; returns once it would survive a
    power cut.

    :param work_dir: an empty folder, for what ``root`` has now.
    :param keep: called at the end with the :func:`contents` of ``result``, to record it.
    :raises OSError: if it can't be done or recorded; then ``root`` is as it was.
    """
    _Placing(result, root, work_dir).run(keep)


class _Placing:
    def __init__(self, result: Path, root: Path, work_dir: Path) -> None:
        self._result, self._root, self._former = result, root, work_dir
        self._undo: list[tuple[Path, Path | None]] = []
        self._made: list[Path] = []

    def run(self, keep: Callable[[list[str]], None]) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        placed = contents(self._result)
        touched = {self._root}
        try:
            for relative in placed:
                target = self._root / relative
                if not stays_inside(self._root, target.parent):
                    raise NotADirectoryError(
                        errno.ENOTDIR, "a link that leads out of the served folder", str(target.parent)
                    )
                touched.add(target.parent)
                if relative.endswith("/"):
                    self._folder(target)
                else:
                    self._file(self._result / relative, target)
            for folder in touched:
                sync_folder(folder)
            keep(placed)
        except BaseException:
            self._restore()
            raise

    def _folder(self, target: Path) -> None:
        if not target.is_dir():
            target.mkdir()
            self._made.append(target)

    def _file(self, source: Path, target: Path) -> None:
        former = None
        if os.path.lexists(target):
            former = self._former / str(len(self._undo))
            _save(target, former)
        self._undo.append((target, former))
        _sync(source)
        if not source.is_symlink():  # what a maker publishes is no secret, and nginx may have to send it
            source.chmod(source.stat().st_mode | 0o444)
        _move(source, target)

    def _restore(self) -> None:
        for target, former in reversed(self._undo):
            with contextlib.suppress(OSError):
                if former is None:
                    target.unlink()
                else:
                    _move(former, target)
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _save(target: Path, former: Path) -> None:
    try:
        os.link(target, former, follow_symlinks=False)
    except OSError:  # another user's file (fs.protected_hardlinks), another disk, no links there
        shutil.copy2(target, former, follow_symlinks=False)


def _move(source: Path, target: Path) -> None:
    """
    Have a file take the place of another, at once.
    """
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # A site may have the served folder on a disk of its own.
        beside = Path(temporary_beside(target))
        try:
            shutil.copy2(source, beside, follow_symlinks=False)
            _sync(beside)
            os.replace(beside, target)
        finally:
            beside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    if path.is_symlink():
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_out(paths: Iterable[str], root: Path) -> None:
    """
    Remove what an installation had put below a folder, as far as it is there; folders only if they are empty.

    :param paths: as :func:`contents` tells them; what leads out of the folder is passed over.
    :raises OSError: if something can't be removed.
    """
    # Files before folders, and folders before those that they are in.
    for path in sorted(filter(_is_below, paths), key=lambda path: (path.endswith("/"), -path.count("/"))):
        target = root / path
        if target != root and stays_inside(root, target.parent):
            try:
                _remove(target, path.endswith("/"))
            except OSError as error:
                if error.errno not in _NEVER_THERE:
                    raise


def _is_below(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return not path.startswith("/") and ".." not in path.split("/") and "\0" not in path


def _remove(target: Path, is_folder: bool) -> None:
    if is_folder:
        with contextlib.suppress(OSError):  # something else is in it, or it is gone
            target.rmdir()
    elif not target.is_dir() or target.is_symlink():
        target.unlink()
