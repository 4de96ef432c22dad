"""
Bringing the documents of an existing server's folder into a new database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from . import schema
from .disk import Damage
from .jsonfiles import FoundFile, found_files


def import_folder(folder: Path, connection: sqlite3.Connection) -> Sequence[Damage]:
    """
    Copy every document, inside the caller's transaction; the folder stays as it is.

    :param folder: as :mod:`provd.store.jsonfiles` keeps it; one that isn't there holds nothing.
    :returns: the files that hold no document; their content is kept in the table ``damaged`` as well.
    :raises OSError: if the folder can't be listed.
    """
    damages = []
    for found in found_files(folder):
        try:
            document_id, text, _ = found.understood()
        except ValueError as error:
            damages.append(Damage(found.kind, found.document_id, found.where, str(error)))
            _keep_damaged(connection, found, str(error))
        else:
            table = schema.TABLES[found.kind]
            connection.execute(f"INSERT INTO {table} (id, body) VALUES (?, ?)", (document_id, text))
    return damages


def _keep_damaged(connection: sqlite3.Connection, found: FoundFile, reason: str) -> None:
    connection.execute(
        "INSERT INTO damaged (kind, id, body, reason, found) VALUES (?, ?, ?, ?, datetime('now'))",
        (found.kind, found.document_id, found.content, reason),
    )
