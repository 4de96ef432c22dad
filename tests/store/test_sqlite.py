"""
The SQLite store: its file, its versions, and what makes it refuse to start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from provd.errors import StoreError
from provd.store import schema
from provd.store.entries import packed
from provd.store.journal import Write
from provd.store.sqlite import SQLiteFile
from tests.support import failed_with, result_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.db"


@contextmanager
def opened(path: Path) -> Iterator[SQLiteFile]:
    disk = SQLiteFile(path)
    disk.load(lambda *document: None)
    try:
        yield disk
    finally:
        disk.close()


def loaded(path: Path) -> list[str]:
    disk, names = SQLiteFile(path), []
    disk.load(lambda kind, name, *rest: names.append(f"{kind} {name}"))
    disk.close()
    return names


def put(name: str, position: int = 0, kind: str = "device", extra: str = "") -> Write:
    return Write(kind, name, packed(position, f'{{"id":"{name}"{extra}}}'))


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_file_is_set_up_to_survive_a_power_cut(path: Path) -> None:
    with opened(path) as disk:
        connection = disk._connection
        assert connection is not None
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "user_version", "application_id")
        }
    assert settings == {
        "journal_mode": b"wal",
        "synchronous": 2,
        "user_version": len(schema.STEPS),
        "application_id": schema.APPLICATION_ID,
    }


def test_documents_come_back_in_the_order_of_their_insertion(path: Path) -> None:
    with opened(path) as disk:
        disk.commit([put("z", 0), put("a", 1), put("m", 2), put("c", 0, "config")])
        disk.commit([put("z", 0, extra=',"n":1'), Write("device", "a", None), put("a", 3)])
    assert loaded(path) == ["device z", "device m", "device a", "config c"]


def test_one_bad_write_does_not_take_its_group_along(path: Path) -> None:
    with opened(path) as disk:
        connection = disk._connection
        assert connection is not None
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON devices WHEN new.id = 'b'"
            " BEGIN SELECT raise(ABORT, 'not this one'); END"
        )
        outcomes = disk.commit([put("a", 0), put("b", 1, extra=',"password":"hidden"'), put("c", 2)])
    assert [str(outcome) for outcome in outcomes] == [
        "None",
        "device 'b' can't be stored: not this one",
        "None",
    ]
    assert loaded(path) == ["device a", "device c"]


def test_a_file_locked_by_another_program_refuses_writes_until_it_is_free(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provd.store.sqlite._BUSY_SECONDS", 0.01)
    with opened(path) as disk:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert all(isinstance(outcome, StoreError) for outcome in disk.commit([put("a"), put("b", 1)]))
        assert disk.commit([put("a"), put("b", 1)]) == [None, None]


def test_a_backup_can_be_taken_while_the_store_is_open(path: Path, tmp_path: Path) -> None:
    with opened(path) as disk:
        disk.commit([put("a")])
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
            source.backup(copy)
    assert loaded(tmp_path / "copy.db") == ["device a"]


def test_writes_to_a_store_that_is_not_open_are_refused(path: Path) -> None:
    with pytest.raises(StoreError):
        SQLiteFile(path).commit([put("a")])


@pytest.mark.parametrize("body", ['CAST(\'{"id":"b"}\' AS BLOB)', "5"])
def test_a_row_that_holds_no_text_is_understood_or_set_aside(path: Path, body: str) -> None:
    with opened(path):
        pass
    run(path, f"INSERT INTO devices (id, body) VALUES ('b', {body})")
    assert loaded(path) == (["device b"] if "id" in body else [])


def test_a_row_that_holds_another_id_is_set_aside(sqlite_folder: Any) -> None:
    sqlite_folder.reopen()
    sqlite_folder.close()
    run(sqlite_folder.path / "documents.db", "INSERT INTO configs (id, body) VALUES ('b', '{\"id\":\"a\"}')")
    store = sqlite_folder.open()
    assert store.damaged == ["config b"]
    assert len(store.configs) == 0


def test_an_id_that_is_no_text_is_set_aside(path: Path) -> None:
    with opened(path):
        pass
    run(path, "INSERT INTO devices (id, body) VALUES (CAST(x'ff' AS TEXT), '{}'), (x'fe', '{}')")
    disk = SQLiteFile(path)
    assert [damage.document_id for damage in disk.load(lambda *document: None)] == ["\\xff", "\\xfe"]
    disk.close()


def test_a_damaged_row_is_reported_even_if_it_can_not_be_set_aside(path: Path) -> None:
    with opened(path):
        pass
    run(
        path,
        "INSERT INTO devices (id, body) VALUES ('b', '{')",
        "CREATE TRIGGER refuse BEFORE INSERT ON damaged BEGIN SELECT raise(FAIL, 'full'); END",
    )
    disk = SQLiteFile(path)
    (damage,) = disk.load(lambda *document: None)
    disk.close()
    assert "'devices'" in damage.where


def test_a_file_of_a_newer_version_is_refused_and_untouched(path: Path) -> None:
    with opened(path) as disk:
        disk.commit([put("a")])
    run(path, f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"documents\.db.*newer provd"):
        loaded(path)
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    run(path, "CREATE TABLE calls (id)")
    with pytest.raises(StoreError, match=r"documents\.db.*another program"):
        loaded(path)


def test_a_damaged_file_is_refused_with_advice_and_kept(path: Path) -> None:
    path.write_bytes(b"this is no database at all, whoever put it here" * 100)
    with pytest.raises(StoreError, match=r"documents\.db is damaged.*backup.*\.recover"):
        loaded(path)
    assert path.read_bytes().startswith(b"this is no database")


def test_a_damaged_page_is_refused(path: Path) -> None:
    with opened(path) as disk:
        disk.commit([put(f"a{n}", n, extra=',"x":"' + "y" * 900 + '"') for n in range(100)])
    content = bytearray(path.read_bytes())
    for page in range(8, len(content) // 4096):
        content[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"):
        loaded(path)


def test_each_step_leads_from_one_version_to_the_next(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema.upgrade(connection, schema.STEPS[:1])
        connection.execute("INSERT INTO devices (id, body) VALUES ('a', '{}')")
        schema.upgrade(
            connection,
            [*schema.STEPS, lambda c: c.execute("ALTER TABLE devices ADD COLUMN x DEFAULT 7")],
        )
        assert connection.execute("SELECT id, x FROM devices").fetchall() == [("a", 7)]
        assert schema.version(connection) == len(schema.STEPS) + 1


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as disk:
        disk.commit([put("a")])

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE devices")
        connection.execute("nonsense")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", (*schema.STEPS, fail))
        with pytest.raises(StoreError, match="nonsense"):
            loaded(path)
    assert loaded(path) == ["device a"]


def test_a_read_only_database_refuses_writes(sqlite_folder: Any) -> None:
    disk = sqlite_folder.disk()
    store = sqlite_folder.open(disk)
    result_of(store.devices.insert({"id": "a"}))
    disk._connection.execute("PRAGMA query_only = ON")
    failed_with(StoreError, Deferred.fromCoroutine(store.devices.update({"id": "a", "n": 1})))
    assert store.devices.get("a") == {"id": "a"}
    disk._connection.execute("PRAGMA query_only = OFF")
    result_of(store.devices.update({"id": "a", "n": 1}))
