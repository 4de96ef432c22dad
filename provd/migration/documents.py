"""
All documents at once: of a folder of JSON files, or of a database while a daemon has it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from provd.errors import StoreError
from provd.store import entries, schema
from provd.store.interfaces import Document
from provd.store.jsonfiles import FOLDERS, found_files

__all__ = ["Problem", "Stored", "read_database", "read_folder", "snapshot", "write_database", "write_folder"]


class Stored(NamedTuple):
    """
    :ivar kind: ``"device"`` or ``"config"``.
    :ivar text: the document as JSON.
    """

    kind: str
    id: str
    text: str
    document: Document


class Problem(NamedTuple):
    """
    :ivar where: a file or a document, for the operator.
    :ivar what: is wrong with it; no value of its own.
    """

    where: str
    what: str


def read_folder(folder: Path) -> tuple[list[Stored], list[Problem]]:
    """
    Return the documents of ``devices/`` and ``configs/`` below a folder, and which files are none.

    :raises OSError: if a folder can't be listed.
    """
    stored, problems = [], []
    for found in found_files(folder):
        try:
            stored.append(Stored(found.kind, *found.understood()))
        except ValueError as error:
            problems.append(Problem(found.where, str(error)))
    return stored, problems


def read_database(path: Path) -> list[Stored]:
    """
    Return the documents of a database, oldest first.

    :raises StoreError: if it isn't one of provd's, or damaged.
    """
    stored: list[Stored] = []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            number = schema.version(connection)
            if number != len(schema.STEPS):
                raise StoreError(f"{path.name} is of version {number}: this provd reads {len(schema.STEPS)}")
            (state,) = connection.execute("PRAGMA quick_check").fetchone()
            if state != "ok":
                raise StoreError(f"{path.name} is damaged")
            for kind, table in schema.TABLES.items():
                for name, body in connection.execute(f"SELECT id, body FROM {table} ORDER BY position"):
                    text, document = entries.loaded(str(body).encode("utf-8", "surrogatepass"))
                    if document.get("id") != name:
                        raise StoreError(f"{path.name} has a {kind} {name!r} that isn't one")
                    stored.append(Stored(kind, name, text, document))
    except (sqlite3.Error, ValueError) as error:
        raise StoreError(f"{path.name} can't be read: {error}") from error
    return stored


def snapshot(database: Path, target: Path) -> None:
    """
    Copy a database as it is now, a daemon at work on it or not (https://sqlite.org/backup.html).

    :raises StoreError: if it can't be read.
    """
    _create(target)
    try:
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(f"{database.name} can't be read: {error}") from error


def write_database(path: Path, documents: Iterable[Stored]) -> None:
    """
    Write a new database.
    """
    _create(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        schema.upgrade(connection, schema.STEPS)
        for stored in documents:
            table = schema.TABLES[stored.kind]
            connection.execute(f"INSERT INTO {table} (id, body) VALUES (?, ?)", (stored.id, stored.text))
        connection.execute("COMMIT")


def write_folder(folder: Path, documents: Iterable[Stored]) -> None:
    """
    Write documents as existing servers keep them: see :mod:`provd.store.jsonfiles`.
    """
    for name in FOLDERS.values():
        (folder / name).mkdir(mode=0o700, parents=True)
    for stored in documents:
        with open(folder / FOLDERS[stored.kind] / stored.id, "xb", opener=_private) as file:
            file.write(stored.text.encode())


def _create(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def of_kind(documents: Iterable[Stored], kind: str) -> Iterator[Stored]:
    return (stored for stored in documents if stored.kind == kind)
