"""
Putting the result of an installation into the folder that phones are served from, and taking it out again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from provd.store.atomic import sync_folder

from .members import stays_inside

__all__ = ["place", "take_out"]


def place(result: Path, root: Path, work_dir: Path) -> list[str]:
    """
    Move everything below ``result`` to ``root``, over what is there.  Blocks; returns once it would survive a
    power cut.

    :param work_dir: an empty folder on the same disk.
    :returns: what is there now, relative to ``root``, folders with a slash at the end and before what is in
        them.
    :raises OSError: if it can't be done; then ``root`` is as it was.
    """
    return _Placing(result, root, work_dir).run()


class _Placing:
    def __init__(self, result: Path, root: Path, work_dir: Path) -> None:
        self._result, self._root, self._former = result, root, work_dir
        self._undo: list[tuple[Path, Path | None]] = []
        self._made: list[Path] = []
        self._placed: list[str] = []
        self._touched: set[Path] = set()

    def run(self) -> list[str]:
        self._root.mkdir(parents=True, exist_ok=True)
        try:
            self._folder(Path())
            for folder in self._touched:
                sync_folder(folder)
        except BaseException:
            self._restore()
            raise
        return self._placed

    def _folder(self, relative: Path) -> None:
        target = self._root / relative
        if not stays_inside(self._root, target):
            raise NotADirectoryError(0, f"{relative} leads out of the served folder")
        self._touched.add(target)
        for entry in sorted(os.scandir(self._result / relative), key=lambda entry: entry.name):
            below = relative / entry.name
            if entry.is_dir(follow_symlinks=False):
                if not (self._root / below).is_dir():
                    (self._root / below).mkdir()
                    self._made.append(self._root / below)
                self._placed.append(f"{below}/")
                self._folder(below)
            else:
                self._file(below)

    def _file(self, relative: Path) -> None:
        source, target = self._result / relative, self._root / relative
        if not source.is_symlink():
            descriptor = os.open(source, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        former = None
        if os.path.lexists(target):
            former = self._former / str(len(self._undo))
            os.link(target, former, follow_symlinks=False)
        self._undo.append((target, former))
        os.replace(source, target)
        self._placed.append(str(relative))

    def _restore(self) -> None:
        for target, former in reversed(self._undo):
            with contextlib.suppress(OSError):
                if former is None:
                    target.unlink()
                else:
                    os.replace(former, target)
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def take_out(paths: Iterable[str], root: Path) -> None:
    """
    Remove what an installation had put below a folder, as far as it is there; folders only if they are empty.

    :param paths: as :func:`place` returned them; what leads out of the folder is passed over.
    :raises OSError: if something can't be removed.
    """
    listed = [path for path in paths if not path.startswith("/") and ".." not in path.split("/")]
    # Files before folders, and folders before those that they are in.
    for path in sorted(listed, key=lambda path: (path.endswith("/"), -path.count("/"))):
        target = root / path
        if not stays_inside(root, target.parent) or target == root:
            continue
        if path.endswith("/"):
            with contextlib.suppress(OSError):  # something else is in it, or it is gone
                target.rmdir()
        elif not target.is_dir() or target.is_symlink():
            target.unlink(missing_ok=True)
