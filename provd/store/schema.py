"""
The tables of the SQLite store, and the steps from each version to the next.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from provd.errors import StoreError

Step = Callable[[sqlite3.Connection], object]

TABLES = {"device": "devices", "config": "configs"}

#: Marks the file as provd's, for file(1) and against opening another program's database: "prvd".
APPLICATION_ID = 0x70727664


def _create_tables(connection: sqlite3.Connection) -> None:
    """
    Create the tables of documents, by position in the order of their insertion, and that of rows which
    turned out to be unreadable.
    """
    for table in TABLES.values():
        connection.execute(
            f"CREATE TABLE {table}"
            " (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)"
        )
    connection.execute(
        "CREATE TABLE damaged"
        " (kind TEXT NOT NULL, id TEXT, body BLOB, reason TEXT NOT NULL, found TEXT NOT NULL)"
    )


#: The step at index n leads from version n to n + 1; version 0 is an empty file.
STEPS: tuple[Step, ...] = (_create_tables,)


def version(connection: sqlite3.Connection) -> int:
    """
    Return the version of the tables, 0 for a new file.

    :raises StoreError: if the file is another program's database.
    """
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION_ID and (owner or number or tables):
        raise StoreError("it is a database of another program")
    return int(number)


def upgrade(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """
    Bring the tables to the version that the steps lead to, inside the caller's transaction.

    :raises StoreError: if they are newer than this program.
    """
    number = version(connection)
    if number > len(steps):
        raise StoreError(
            f"its tables are of version {number} and this provd knows {len(steps)} at most: "
            "it was written by a newer provd, which is needed to read it"
        )
    for step in steps[number:]:
        step(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(steps)}")
