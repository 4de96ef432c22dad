"""
The folder ``.incoming`` of the data folder: data that is complete and waits to take the place of what there
is.

It appears by one rename, which is the moment that counts: what has come so far is put in place, by whoever
comes first of the daemon at its start and the command that brought it, even after a crash in the middle.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from provd.store.atomic import sync_folder, write_and_sync
from provd.store.lock import FolderLock

__all__ = ["FILES", "Incoming", "take_incoming"]

FILES = ("app.json", "tenants.json", "tokens.json", "master-tenant.json", "ended-tenants.json")
_DATABASE = "documents.db"
_PLUGINS = "plugins"
_READY, _NEW, _FORMER, _MODE = ".incoming", ".incoming.new", "former", "mode.json"


class Incoming:
    """
    What is being put together.

    :param data: the data folder.
    :param adds_plugins: whether plugins come beside those that there are, not in their place.
    """

    def __init__(self, data: Path, adds_plugins: bool) -> None:
        self._data = data
        self.folder = data / _NEW
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        write_and_sync(self.folder / _MODE, json.dumps({"adds_plugins": adds_plugins}).encode())

    @property
    def database(self) -> Path:
        return self.folder / _DATABASE

    @property
    def plugins(self) -> Path:
        return self.folder / _PLUGINS

    def ready(self) -> None:
        """
        Have it count: owned by whom the data folder belongs to, and safe from a power cut.
        """
        owner = self._data.stat()
        for root, folders, files in os.walk(self.folder):
            for name in (*folders, *files):
                path = os.path.join(root, name)
                if os.geteuid() == 0:
                    os.lchown(path, owner.st_uid, owner.st_gid)
                if not os.path.islink(path):
                    _sync(path)
        if os.geteuid() == 0:
            os.chown(self.folder, owner.st_uid, owner.st_gid)
        sync_folder(self.folder)
        os.rename(self.folder, self._data / _READY)
        sync_folder(self._data)

    def discard(self) -> None:
        """
        Remove it, if it doesn't count yet.
        """
        shutil.rmtree(self.folder, ignore_errors=True)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_incoming(data: Path) -> bool:
    """
    Put what has come in its place; tell whether there was anything.  Blocks.

    :raises StoreError: if a daemon has the folder.
    """
    ready = data / _READY
    if not ready.is_dir():
        return False
    lock = FolderLock(data)
    lock.take()
    try:
        adds_plugins = json.loads((ready / _MODE).read_bytes())["adds_plugins"]
        _take(ready, data, adds_plugins)
    finally:
        lock.release()
    return True


def _take(ready: Path, data: Path, adds_plugins: bool) -> None:
    former = ready / _FORMER
    former.mkdir(mode=0o700, exist_ok=True)
    # Another database's log would be played into the new one.
    if (ready / _DATABASE).exists():
        for name in (f"{_DATABASE}-wal", f"{_DATABASE}-shm"):
            if (data / name).exists():
                os.rename(data / name, former / name)
    for name in (_DATABASE, *FILES):
        _swap(ready / name, data / name, former / name)
    plugins = ready / _PLUGINS
    if plugins.is_dir() and adds_plugins:
        (data / _PLUGINS).mkdir(mode=0o751, exist_ok=True)
        for plugin in sorted(plugins.iterdir()):
            if not (data / _PLUGINS / plugin.name).exists():
                os.rename(plugin, data / _PLUGINS / plugin.name)
        sync_folder(data / _PLUGINS)
    elif plugins.is_dir():
        _swap(plugins, data / _PLUGINS, former / _PLUGINS)
    # No file of a phone is up to date.
    (data / "running").touch(mode=0o600)
    (data / "running").write_bytes(b"")
    sync_folder(data)
    shutil.rmtree(ready)
    sync_folder(data)


def _swap(new: Path, place: Path, former: Path) -> None:
    if not new.exists():
        return
    if place.exists():
        os.rename(place, former)
    os.rename(new, place)
