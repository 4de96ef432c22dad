"""
Stores on a folder of the test's own, run without threads or a reactor.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock

from provd.store.disk import Disk, DiskStore
from provd.store.jsonfiles import JSONFolder
from provd.store.lock import FolderLock
from provd.store.memory import MemoryStore
from provd.store.sqlite import SQLiteFile
from tests.support import result_of


class InlineWorker:
    """
    Runs a job at once.
    """

    def run(self, job: Callable[[], Any]) -> Deferred[Any]:
        return maybeDeferred(job)

    def stop(self) -> None:
        pass


class Folder:
    """
    A place for one kind of store, opened as often as the test likes.
    """

    def __init__(self, kind: str, path: Path) -> None:
        self.kind = kind
        self.path = path
        self.clock = Clock()
        self._opened: list[DiskStore] = []

    def disk(self) -> Disk:
        return (
            SQLiteFile(self.path / "documents.db")
            if self.kind == "sqlite"
            else JSONFolder(self.path / "jsondb")
        )

    def open(self, disk: Disk | None = None, worker: Any = None) -> DiskStore:
        store = DiskStore(disk or self.disk(), FolderLock(self.path), worker or InlineWorker(), self.clock)
        result_of(store.open())
        self._opened.append(store)
        return store

    def close(self) -> None:
        while self._opened:
            result_of(self._opened.pop().close())

    def reopen(self) -> DiskStore:
        self.close()
        return self.open()


@pytest.fixture(params=["sqlite", "json"])
def folder(request: pytest.FixtureRequest, tmp_path: Path):
    yield from _used(Folder(request.param, tmp_path))


@pytest.fixture
def sqlite_folder(tmp_path: Path):
    yield from _used(Folder("sqlite", tmp_path))


def _used(folder: Folder):
    yield folder
    folder.close()
    assert not folder.clock.getDelayedCalls()


@pytest.fixture(params=["memory", "sqlite", "json"])
def store(request: pytest.FixtureRequest, tmp_path: Path):
    if request.param == "memory":
        yield MemoryStore()
        return
    folder = Folder(request.param, tmp_path)
    yield folder.open()
    folder.close()
