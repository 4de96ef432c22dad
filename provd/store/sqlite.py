"""
Documents in one SQLite file: the shipped store.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from provd.errors import StoreError

from . import entries, schema
from .atomic import sync_folder
from .disk import Damage, Take
from .journal import Outcome, Write

#: Fills the tables of a new file, inside the transaction that creates them.
Fill = Callable[[sqlite3.Connection], Sequence[Damage]]

_SETTINGS = (
    "PRAGMA synchronous = FULL",  # NORMAL loses commits at a power cut in WAL mode
    "PRAGMA journal_size_limit = 16777216",
    "PRAGMA secure_delete = ON",  # documents hold passwords
)
_BUSY_SECONDS = 5.0
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_PUT = (
    "INSERT INTO {table} (position, id, body) VALUES (?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET position = excluded.position, body = excluded.body"
)
_DELETE = "DELETE FROM {table} WHERE id = ?"


class SQLiteFile:
    """
    :param path: the database, created if it isn't there.
    :param fill: brings documents from elsewhere into a new file.
    """

    def __init__(self, path: Path, fill: Fill | None = None) -> None:
        self._path = path
        self._fill = fill
        self._connection: sqlite3.Connection | None = None

    def load(self, take: Take) -> Sequence[Damage]:
        """
        Open the file and hand over every document.

        :raises StoreError: naming the file and what to do about it.
        """
        try:
            return self._load(take)
        except (sqlite3.Error, OSError, StoreError) as error:
            self.close()
            raise StoreError(self._advice(error)) from error

    def commit(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """
        Put writes on disk in one transaction, or each in its own if that fails.
        """
        problem = self._attempt(writes)
        if problem is not None and _is(problem, sqlite3.SQLITE_FULL) and self._empty_log():
            problem = self._attempt(writes)
        if problem is None:
            return [None] * len(writes)
        if len(writes) == 1 or _is(problem, sqlite3.SQLITE_BUSY):
            return [
                StoreError(f"{write.kind} {write.document_id!r} can't be stored: {problem}")
                for write in writes
            ]
        return [outcome for write in writes for outcome in self.commit([write])]

    def close(self) -> None:
        """
        Close the file; does nothing if it isn't open.
        """
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _load(self, take: Take) -> Sequence[Damage]:
        self._create_file()
        try:
            connection = self._connect()
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
                raise
            self.close()
            connection = self._connect(is_shared=False)
        known = self._prepare(connection)
        connection.text_factory = bytes
        found = [damage for kind in schema.TABLES for damage in self._read(connection, kind, take)]
        return [*known, *found]

    def _connect(self, is_shared: bool = True) -> sqlite3.Connection:
        """
        :param is_shared: let other programs read the file meanwhile, such as for a backup; needs room for
            the file that ends in ``-shm``, which a full disk doesn't have.
        """
        connection = self._connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        if not is_shared:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreError("its file system can't hold a write-ahead log")
        for setting in _SETTINGS:
            connection.execute(setting)
        schema.version(connection)  # the first read, for which the log is opened
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> list[Damage]:
        version = schema.version(connection)
        if version == len(schema.STEPS):  # writes nothing, so that a full disk can be read
            return list(self._set_aside_before(connection))
        with _transaction(connection):
            schema.upgrade(connection, schema.STEPS)
            damages = self._fill(connection) if version == 0 and self._fill is not None else ()
        self._empty_log()
        return [*self._set_aside_before(connection)] if version else [*damages]

    def _create_file(self) -> None:
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            sync_folder(self._path.parent)

    def _set_aside_before(self, connection: sqlite3.Connection) -> Iterator[Damage]:
        for kind, name in connection.execute("SELECT kind, CAST(id AS BLOB) FROM damaged ORDER BY rowid"):
            yield Damage(kind, _shown(name), self._where)

    @property
    def _where(self) -> str:
        return f"table 'damaged' of {self._path}"

    def _read(self, connection: sqlite3.Connection, kind: str, take: Take) -> list[Damage]:
        table = schema.TABLES[kind]
        damaged: list[tuple[int, Damage]] = []
        for position, name, body in connection.execute(
            f"SELECT position, id, body FROM {table} ORDER BY position"
        ):
            try:
                document_id, text, document = _understood(name, body)
            except ValueError as error:
                damaged.append((position, Damage(kind, _shown(name), self._where, str(error))))
            else:
                take(kind, document_id, text, document, position)
        if not damaged:
            return []
        try:
            self._set_aside(connection, table, damaged)
        except sqlite3.Error as error:
            if _is(error, *_CORRUPT):
                raise
            # A full or read-only disk isn't a reason not to start.
            return [replace(damage, where=f"table {table!r} of {self._path}") for _, damage in damaged]
        return [damage for _, damage in damaged]

    def _set_aside(
        self, connection: sqlite3.Connection, table: str, damaged: Iterable[tuple[int, Damage]]
    ) -> None:
        with _transaction(connection):
            for position, damage in damaged:
                connection.execute(
                    "INSERT INTO damaged (kind, id, body, reason, found)"
                    f" SELECT ?, id, body, ?, datetime('now') FROM {table} WHERE position = ?",
                    (damage.kind, damage.reason, position),
                )
                connection.execute(f"DELETE FROM {table} WHERE position = ?", (position,))

    def _attempt(self, writes: Sequence[Write]) -> sqlite3.Error | None:
        connection = self._connection
        if connection is None:
            raise StoreError("the store isn't open")
        try:
            with _transaction(connection):
                for write in writes:
                    table = schema.TABLES[write.kind]
                    if write.entry is None:
                        connection.execute(_DELETE.format(table=table), (write.document_id,))
                    else:
                        position, text = entries.position_of(write.entry), entries.text_of(write.entry)
                        connection.execute(_PUT.format(table=table), (position, write.document_id, text))
        except sqlite3.Error as error:
            return error
        return None

    def _empty_log(self) -> bool:
        """
        Move the write-ahead log into the database, which may make room on a full disk.
        """
        assert self._connection is not None
        try:
            (is_busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        return not is_busy

    def _advice(self, error: Exception) -> str:
        if isinstance(error, sqlite3.Error) and _is(error, *_CORRUPT):
            return (
                f"{self._path} is damaged ({error}). Keep a copy of it with its -wal and -shm files, then"
                f' restore a backup in its place; "sqlite3 {self._path.name} .recover" may save what is'
                " left of it"
            )
        return f"{self._path} can't be used: {error}"


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After some errors, such as a full disk, SQLite has rolled back already.
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def _is(error: sqlite3.Error, *codes: int) -> bool:
    # The lowest byte of an extended code is the code that it extends.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes


def _shown(name: object) -> str:
    return name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else repr(name)


def _understood(name: object, body: object) -> tuple[str, str, dict[str, object]]:
    """
    :raises ValueError: with the reason, if a row doesn't hold a document of that id.
    """
    if not isinstance(name, bytes) or not isinstance(body, bytes):
        raise ValueError("isn't text")
    try:
        document_id = name.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("has an id that isn't UTF-8") from None
    text, document = entries.loaded(body)
    if document.get("id") != document_id:
        raise ValueError("holds another id")
    return document_id, text, document
