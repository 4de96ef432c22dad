"""
What both kinds of store on disk promise across restarts, damage and lost races.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.logger import LogLevel, capturedLogs

from provd.errors import ProvdError, StoreError
from provd.store.disk import DiskStore
from provd.store.interfaces import Query
from provd.store.journal import LINGER
from provd.store.lock import FolderLock
from provd.store.memory import MemoryStore
from tests.support import failed_with, result_of


def content(store: Any) -> dict[str, list[dict[str, Any]]]:
    return {
        kind: sorted(getattr(store, kind).select(Query()), key=lambda document: document["id"])
        for kind in ("devices", "configs")
    }


def test_documents_survive_a_restart(folder: Any) -> None:
    store = folder.open()
    result_of(store.devices.insert({"id": "a", "mac": "m", "text": "é\ud800\0"}))
    result_of(store.devices.insert({"id": "b", "mac": "m"}, durable=False))
    result_of(store.configs.insert({"id": "a", "parent_ids": ["base"]}))
    result_of(store.configs.insert({"id": "gone", "parent_ids": ["base"]}))
    result_of(store.configs.delete("gone"))
    before = content(store)
    store = folder.reopen()
    assert content(store) == before
    assert store.devices.find("mac", "m") == ["a", "b"]
    assert store.configs.find("parent_ids", "base") == ["a"]
    assert store.damaged == []


def test_soon_writes_are_on_disk_within_a_second(folder: Any) -> None:
    store = folder.open()
    result_of(store.devices.insert({"id": "a"}, durable=False))
    folder.clock.advance(LINGER)
    handed_over: list[str] = []
    folder.disk().load(lambda kind, document_id, *rest: handed_over.append(document_id))
    assert handed_over == ["a"]


def test_a_second_daemon_is_refused(folder: Any) -> None:
    folder.open()
    with pytest.raises(StoreError, match="in use"):
        FolderLock(folder.path).take()
    folder.close()
    folder.open()


def test_a_store_that_can_not_be_opened_lets_go_of_the_folder(folder: Any) -> None:
    target = folder.path / ("documents.db" if folder.kind == "sqlite" else "jsondb")
    if folder.kind == "sqlite":
        target.mkdir()
    else:
        target.write_text("in the way")
    with pytest.raises(StoreError, match=target.name):
        folder.open()
    target.rmdir() if folder.kind == "sqlite" else target.unlink()
    folder.open()


def test_files_are_private(folder: Any) -> None:
    store = folder.open()
    result_of(store.devices.insert({"id": "a"}))
    files = [os.path.join(top, name) for top, _, names in os.walk(folder.path) for name in names]
    assert len(files) > 1
    assert {name: oct(os.stat(name).st_mode & 0o777) for name in files} == dict.fromkeys(files, "0o600")


# Writes of a few documents to two stores at once, which then must agree, also after a restart.
writes = st.tuples(
    st.sampled_from(["insert", "update", "delete"]),
    st.sampled_from(["devices", "configs"]),
    st.sampled_from(["a", "b", "c"]),
    st.fixed_dictionaries(
        {},
        optional={
            key: st.sampled_from(["x", "y", None, ["x"]]) for key in ("mac", "ip", "role", "parent_ids")
        },
    ),
    st.booleans(),
)


async def _write(store: Any, action: str, kind: str, name: str, rest: dict[str, Any], durable: bool) -> None:
    documents = getattr(store, kind)
    if action == "delete":
        await documents.delete(name, durable)
    else:
        await getattr(documents, action)({"id": name, **rest}, durable)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(writes, st.sampled_from(["wait", "restart"])), max_size=25))
def test_it_agrees_with_the_store_in_memory(folder: Any, steps: list[Any]) -> None:
    store, memory = folder.reopen(), MemoryStore()
    for kind in ("devices", "configs"):
        for name in list(getattr(store, kind).ids()):
            result_of(getattr(store, kind).delete(name, durable=False))
    for step in steps:
        if step == "wait":
            folder.clock.advance(LINGER)
        elif step == "restart":
            store = folder.reopen()
        else:
            errors = []
            for target in (store, memory):
                try:
                    result_of(_write(target, *step))
                except ProvdError as error:
                    errors.append(str(error))
            assert len(errors) in (0, 2)
    for same in (store, folder.reopen()):
        assert content(same) == content(memory)
        for text in "xy":
            assert set(same.devices.find("mac", text)) == set(memory.devices.find("mac", text))
            assert set(same.configs.find("parent_ids", text)) == set(memory.configs.find("parent_ids", text))
        if folder.kind == "sqlite":
            assert list(same.devices.ids()) == list(memory.devices.ids())


class _Reports:
    def __init__(self, folder: Any) -> None:
        with capturedLogs() as events:
            self.store: DiskStore = folder.open()
        self.errors = [event for event in events if event["log_level"] is LogLevel.error]
        self.warnings = [event for event in events if event["log_level"] is LogLevel.warn]


def _spoil(folder: Any, name: str, body: bytes) -> None:
    """
    Put a device on disk whose content is ``body``, past the store.
    """
    if folder.kind == "json":
        path = folder.path / "jsondb/devices" / name
        path.write_bytes(body)
        return
    with contextlib.closing(sqlite3.connect(folder.path / "documents.db")) as connection, connection:
        connection.execute("INSERT INTO devices (id, body) VALUES (?, CAST(? AS TEXT))", (name, body))


DAMAGE = [
    (b"", "is empty"),
    (b"\0" * 4096, "is empty"),
    (b'{"id": "bad", "mac"', "isn't valid JSON"),
    (b'{"id": "bad", "n": NaN}', "isn't valid JSON"),
    (b'{"id": "bad"}{"id": "bad"}', "isn't valid JSON"),
    (b"[" * 100_000, "isn't valid JSON"),
    (b'{"id": "bad", "n": ' + b"9" * 5000 + b"}", "isn't valid JSON"),
    (b'{"id": "bad\xff"}', "isn't UTF-8"),
    (b'["bad"]', "isn't an object"),
    (b"null", "isn't an object"),
]


@pytest.mark.parametrize(("body", "reason"), DAMAGE)
def test_a_damaged_document_is_set_aside_and_reported(folder: Any, body: bytes, reason: str) -> None:
    result_of(folder.open().devices.insert({"id": "good"}))
    folder.close()
    _spoil(folder, "bad", body)
    first = _Reports(folder)
    assert list(first.store.devices.ids()) == ["good"]
    assert first.store.damaged == ["device bad"]
    assert [(event["document_id"], event["reason"]) for event in first.errors] == [("bad", reason)]
    assert "damaged" in first.errors[0]["where"]
    # The id is free again, and what was damaged is kept and named at the next start.
    result_of(first.store.devices.insert({"id": "bad", "n": 1}))
    folder.close()
    second = _Reports(folder)
    assert second.store.devices.get("bad") == {"id": "bad", "n": 1}
    assert second.store.damaged == ["device bad"]
    assert (len(second.errors), len(second.warnings)) == (0, 1)
    assert _kept(folder) == [body]


def _kept(folder: Any) -> list[bytes]:
    if folder.kind == "json":
        return [path.read_bytes() for path in sorted((folder.path / "jsondb/damaged/devices").iterdir())]
    with contextlib.closing(sqlite3.connect(folder.path / "documents.db")) as connection:
        return [bytes(body) for (body,) in connection.execute("SELECT CAST(body AS BLOB) FROM damaged")]


def test_documents_damaged_twice_are_both_kept(folder: Any) -> None:
    folder.reopen()
    for body in (b"one", b"two"):
        folder.close()
        _spoil(folder, "bad", body)
        folder.open()
    assert _kept(folder) == [b"one", b"two"]
    assert len(folder.reopen().damaged) == 2


def test_documents_edited_by_hand_are_accepted(folder: Any) -> None:
    folder.reopen()
    folder.close()
    _spoil(folder, "any id, even odd", '\ufeff{\r\n  "mac": "é",\n\t"id": "any id, even odd"\n}\n'.encode())
    store = folder.open()
    assert store.devices.select(Query()) == [{"mac": "é", "id": "any id, even odd"}]
    result_of(store.devices.update({"id": "any id, even odd", "mac": "n"}))
    store = folder.reopen()
    assert store.devices.find("mac", "n") == ["any id, even odd"]
    result_of(store.devices.delete("any id, even odd"))
    assert len(folder.reopen().devices) == 0


@pytest.mark.parametrize("durable", [True, False])
def test_a_refused_write_of_a_closed_file_is_an_error(folder: Any, durable: bool) -> None:
    store = folder.open()
    folder.close()
    failed_with(StoreError, store.devices.insert({"id": "a"}, durable))
