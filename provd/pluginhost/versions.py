"""
The versions of a plugin's folder while it changes, each under a name of its own beside ``<plugins>/<id>/``.

All changes are renames, so that an unclean stop leaves a whole version: the former one until it is let go, as
nobody knows before whether the new one can be loaded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from provd.store.atomic import sync_folder

from .catalog import is_plugin_id

__all__ = ["Versions", "changing"]

_NEW, _OLD, _REMOVED = "new", "old", "removed"


def changing(plugins_dir: Path) -> list[str]:
    """
    Return the ids of the plugins that have more than their folder, or something else in place of it.
    """
    ids = set()
    for path in plugins_dir.glob(".*"):
        plugin_id, _, kind = path.name[1:].rpartition(".")
        if kind in (_NEW, _OLD, _REMOVED) and is_plugin_id(plugin_id):
            ids.add(plugin_id)
    return sorted(ids)


class Versions:
    """
    Where the versions of one plugin are.  All methods block, and raise ``OSError``.

    :ivar current: the plugin's folder.
    :ivar new: what is to take its place.
    """

    def __init__(self, plugins_dir: Path, plugin_id: str) -> None:
        # Hidden, so never taken for plugins; the same each time, so that recovery knows which is which.
        self.current = plugins_dir / plugin_id
        self.new = plugins_dir / f".{plugin_id}.{_NEW}"
        self._former = plugins_dir / f".{plugin_id}.{_OLD}"
        self._removed = plugins_dir / f".{plugin_id}.{_REMOVED}"

    @property
    def has_current(self) -> bool:
        return os.path.lexists(self.current)

    @property
    def has_former(self) -> bool:
        return os.path.lexists(self._former)

    def set_aside(self) -> Path:
        """
        Take the plugin's folder from its place; return where it is.
        """
        if self.has_current:
            self.current.rename(self._former)
        return self._former

    def put_in_place(self) -> None:
        """
        Make the new version the plugin's folder.
        """
        self.new.rename(self.current)
        sync_folder(self.current.parent)

    def put_back(self) -> None:
        """
        Make the former version the plugin's folder again, and what is there the new one.
        """
        if self.has_former:
            if self.has_current:
                self.current.rename(self.new)
            self._former.rename(self.current)
            sync_folder(self.current.parent)
        elif self.has_current and not os.path.lexists(self.new):
            self.current.rename(self.new)

    def let_go(self) -> None:
        """
        Remove the former version.
        """
        if self.has_former:
            self._remove(self._former)

    def remove(self) -> None:
        """
        Remove the plugin's folder.
        """
        self._remove(self.current)

    def _remove(self, path: Path) -> None:
        # Renamed first: half of it must never be taken for the whole.
        path.rename(self._removed)
        sync_folder(path.parent)
        _dispose(self._removed)

    def drop_new(self) -> None:
        """
        Remove the new version; it isn't an error if that can't be done.
        """
        _dispose(self.new)

    def recover(self) -> None:
        """
        Finish or undo what was interrupted.
        """
        _discard(self._removed)
        if self.has_former:
            if self.has_current:
                self.current.rename(self._removed)
            self._former.rename(self.current)
            sync_folder(self.current.parent)
        _discard(self.new)
        _discard(self._removed)


def _discard(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _dispose(path: Path) -> None:
    with contextlib.suppress(OSError):  # it is tried again before it is in the way of anything
        _discard(path)
