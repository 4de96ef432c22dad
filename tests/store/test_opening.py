"""
Opening the store that the settings name, its thread, and the import of an existing server's folder.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import TestCase

from provd.errors import Conflict, StoreError
from provd.store.interfaces import Query
from provd.store.jsonfiles import FoundFile, found_files
from provd.store.opening import DATABASE, open_store


class Opening(TestCase):
    def setUp(self) -> None:
        self.folder = self.temporary() / "data"

    def temporary(self) -> Path:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    async def open(self, kind: str = "sqlite", **names: Any) -> Any:
        return await open_store(kind, self.folder, names.get("json_db_dir", "jsondb"), reactor)

    def write(self, path: str, document: Any) -> None:
        target = self.folder / "jsondb" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(document if isinstance(document, str) else json.dumps(document, indent=2))

    async def test_writes_wait_in_a_thread_of_the_store(self) -> None:
        for kind in ("sqlite", "json"):
            store = await self.open(kind)
            threads = [thread for thread in threading.enumerate() if "store" in thread.name]
            assert len(threads) == 1
            inserts = [store.devices.insert({"id": f"d{n}", "mac": "m"}) for n in range(100)]
            await gatherResults([Deferred.fromCoroutine(insert) for insert in inserts])
            await store.devices.update({"id": "d5"}, durable=False)
            await store.close()
            assert not [thread for thread in threading.enumerate() if "store" in thread.name]
            store = await self.open(kind)
            assert len(store.devices) == 100
            assert len(store.devices.find("mac", "m")) == 99
            await store.close()

    async def test_soon_writes_need_no_help_to_reach_the_disk(self) -> None:
        store = await self.open()
        await store.devices.insert({"id": "a"}, durable=False)
        await store.close()
        store = await self.open()
        assert "a" in store.devices
        await store.close()

    async def test_a_folder_is_open_once(self) -> None:
        store = await self.open()
        with pytest.raises(StoreError, match="in use"):
            await self.open()
        with pytest.raises(StoreError, match="in use"):
            await self.open("json")
        await store.close()
        await (await self.open()).close()

    async def test_an_unknown_kind_is_refused(self) -> None:
        with pytest.raises(StoreError, match="'mongodb'"):
            await self.open("mongodb")

    async def test_an_existing_folder_is_imported_once(self) -> None:
        self.write("devices/b1", {"id": "b1", "mac": "m", "n": "5060"})
        self.write("devices/a1", {"id": "other", "mac": "m"})
        self.write("configs/odd id", {"id": "odd id", "parent_ids": ["base"]})
        self.write("configs/bad", '{"id": "ba')
        before = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        with capturedLogs() as logs:
            store = await self.open()
        errors = [event["where"] for event in logs if event["log_level"] is LogLevel.error]
        assert (errors, store.damaged) == ([str(self.folder / "jsondb/configs/bad")], ["config bad"])
        assert store.devices.find("mac", "m") == ["a1", "b1"]
        assert store.devices.get("a1")["id"] == "a1"
        assert store.devices.get("b1")["n"] == "5060"
        assert store.configs.find("parent_ids", "base") == ["odd id"]
        after = {path: path.read_bytes() for path in (self.folder / "jsondb").rglob("*") if path.is_file()}
        assert after == before
        await store.devices.delete("a1")
        await store.close()
        store = await self.open()
        assert [document["id"] for document in store.devices.select(Query())] == ["b1"]
        assert store.damaged == ["config bad"]
        await store.close()

    async def test_an_import_cut_short_begins_again(self) -> None:
        for n in range(20):
            self.write(f"devices/d{n}", {"id": f"d{n}"})
        self.write("configs/x", {"id": "x"})

        def break_off(folder: Path) -> Iterator[FoundFile]:
            yield from islice(found_files(folder), 10)
            raise OSError("cut short")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("provd.store.importing.found_files", break_off)
            with pytest.raises(StoreError, match="cut short"):
                await self.open()
        assert (self.folder / DATABASE).exists()
        store = await self.open()
        assert (len(store.devices), len(store.configs)) == (20, 1)
        await store.close()

    async def test_an_absolute_folder_is_imported(self) -> None:
        self.write("devices/a", {"id": "a"})
        elsewhere = self.temporary() / "old"
        self.folder.joinpath("jsondb").rename(elsewhere)
        store = await self.open(json_db_dir=str(elsewhere))
        assert "a" in store.devices
        await store.close()

    async def test_a_database_that_the_settings_pass_over_is_mentioned(self) -> None:
        await (await self.open()).close()
        with capturedLogs() as logs:
            await (await self.open("json")).close()
        assert [event["log_level"] for event in logs] == [LogLevel.warn]

    async def test_concurrent_callers_get_one_document(self) -> None:
        store = await self.open()
        outcomes: list[str] = []

        async def insert() -> None:
            try:
                await store.devices.insert({"id": "a"})
                outcomes.append("stored")
            except Conflict:
                outcomes.append("taken")

        await gatherResults([Deferred.fromCoroutine(insert()) for _ in range(10)])
        assert sorted(outcomes) == ["stored", *(["taken"] * 9)]
        await store.close()
