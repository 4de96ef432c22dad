"""
A disk without room: writes are refused, memory and disk agree, and it goes on once there is room.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.logger import capturedLogs

from provd.errors import StoreError
from provd.store.interfaces import Query
from provd.store.journal import LINGER, RETRY
from tests.support import failed_with, missing, need_program, result_of


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """
    A file system of 1 MiB.
    """
    mount, umount = need_program("mount"), need_program("umount")
    if os.geteuid() != 0:
        missing("the right to mount a file system (run as root)")
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(path)], capture_output=True, check=False
    )
    if mounted.returncode:
        missing("the right to mount a file system")
    yield path
    subprocess.run([umount, "--lazy", str(path)], check=True)


@pytest.fixture
def folder(folder: Any, small_disk: Path) -> Iterator[Any]:
    folder.path = small_disk
    yield folder
    folder.close()


def fill(disk: Path) -> Path:
    """
    Leave no room on the disk but that which its files have already.
    """
    path = disk / "filler"
    with open(path, "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return path


def content(store: Any) -> list[dict[str, Any]]:
    return sorted(store.devices.select(Query()), key=lambda document: document["id"])


def until_refused(store: Any) -> int:
    for number in range(2000):
        try:
            result_of(store.devices.insert({"id": f"d{number}", "filler": "x" * 3000}))
        except StoreError:
            return number
    pytest.fail("never full")


def test_a_write_without_room_is_refused_and_changes_nothing(folder: Any) -> None:
    store = folder.open()
    stored = until_refused(store)
    assert 50 < stored < 1000
    assert len(store.devices) == stored
    failed_with(StoreError, store.devices.insert({"id": "more", "filler": "x" * 300_000}))
    failed_with(StoreError, store.devices.update({"id": "d1", "filler": "x" * 300_000}))
    before = content(store)
    assert before[1] == {"id": "d1", "filler": "x" * 3000}
    assert content(folder.reopen()) == before


def test_it_goes_on_once_there_is_room(folder: Any) -> None:
    store = folder.open()
    result_of(store.devices.insert({"id": "a", "n": 1}))
    filler = fill(folder.path)
    big = {"id": "a", "filler": "x" * 200_000}
    failed_with(StoreError, store.devices.update(big))
    assert content(store) == [{"id": "a", "n": 1}]
    filler.unlink()
    result_of(store.devices.update(big))
    result_of(store.devices.insert({"id": "b"}))
    assert content(folder.reopen()) == [big, {"id": "b"}]


def test_soon_writes_wait_for_room(folder: Any) -> None:
    store = folder.open()
    result_of(store.devices.insert({"id": "a"}))
    filler = fill(folder.path)
    big = {"id": "b", "filler": "x" * 200_000}
    with capturedLogs() as logs:
        result_of(store.devices.insert(big, durable=False))
        folder.clock.advance(LINGER)
        folder.clock.advance(RETRY)
        failed_with(StoreError, store.devices.insert({"id": "c", "filler": "x" * 200_000}))
        filler.unlink()
        folder.clock.advance(RETRY)
    assert len(logs) == 2
    assert "x" * 100 not in str(logs)
    assert content(folder.reopen()) == [{"id": "a"}, big]


def test_a_full_disk_can_be_read(folder: Any) -> None:
    store = folder.open()
    result_of(store.devices.insert({"id": "a"}))
    folder.close()
    filler = fill(folder.path)
    store = folder.open()
    assert content(store) == [{"id": "a"}]
    failed_with(StoreError, store.devices.insert({"id": "b", "filler": "x" * 200_000}))
    filler.unlink()
    result_of(store.devices.insert({"id": "b", "filler": "x" * 200_000}))
