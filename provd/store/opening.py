"""
Opening the store that the settings name.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from twisted.internet.interfaces import IReactorFromThreads, IReactorTime
from twisted.logger import Logger

from provd.errors import StoreError

from .disk import Disk, DiskStore
from .importing import import_folder
from .jsonfiles import JSONFolder
from .lock import FolderLock
from .sqlite import SQLiteFile
from .worker import Worker

_log = Logger()

DATABASE = "documents.db"


class IStoreReactor(IReactorTime, IReactorFromThreads):
    """
    What a store needs of the reactor.
    """


async def open_store(kind: str, directory: Path, json_db_dir: str, reactor: IStoreReactor) -> DiskStore:
    """
    Open the store and read it into memory.

    A new database takes over the documents of the folder beside it.  All in one transaction: a start that
    is cut short imports again.

    :param kind: ``"sqlite"`` or ``"json"``, as the setting ``database.type``.
    :param directory: the setting ``general.base_storage_dir``; created if it isn't there.
    :param json_db_dir: the setting of that name, under ``directory`` unless absolute.
    :returns: the store, open.
    :raises StoreError: if it can't be opened.
    """
    folder = directory / json_db_dir
    database = directory / DATABASE
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{directory} can't be created: {error.strerror}") from error
    disk: Disk
    if kind == "sqlite":
        disk = SQLiteFile(database, partial(import_folder, folder))
    elif kind == "json":
        if database.exists():
            _log.warn(
                "{database} isn't read: the settings name the folder {folder}",
                database=database,
                folder=folder,
            )
        disk = JSONFolder(folder)
    else:
        raise StoreError(f"there is no kind of store named {kind!r}")
    store = DiskStore(disk, FolderLock(directory), Worker(reactor, "store"), reactor)
    await store.open()
    return store
