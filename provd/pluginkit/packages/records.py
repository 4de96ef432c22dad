"""
Which packages are installed: a JSON file each, in ``var/installed`` of the plugin.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.logger import Logger

from provd.pluginkit.info import json_object
from provd.store.atomic import write_durably

from .pkgsdb import PackageDefinition

__all__ = ["Records", "record_of"]

Record = dict[str, Any]
"""``id``, ``version``, ``description``, ``description_<locale>``, ``depends`` (list of ids), ``files`` (paths
below the served folder, those of folders with a slash at the end), ``explicit_install`` (true)."""


class Records:
    """
    The records of one plugin.

    :param folder: may be missing.
    """

    _log = Logger()

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records: dict[str, Record] = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                self._read(path)

    def _read(self, path: Path) -> None:
        try:
            record = json_object(path.read_bytes(), path.name)
            record.setdefault("description", "")
            texts = all(isinstance(record.get(key), str) for key in ("version", "description"))
            if not texts or not isinstance(record.get("files"), list):
                raise ValueError(f"{path.name} isn't a record of a package")
        except (OSError, ValueError) as error:
            self._log.error("{path} is passed over: {why}", path=str(path), why=str(error))
            return
        self._records[path.name] = {**record, "id": path.name}

    def __contains__(self, package_id: str) -> bool:
        return package_id in self._records

    def all(self) -> dict[str, Record]:
        """
        Return the records by package id.
        """
        return dict(self._records)

    def files(self, package_id: str) -> list[str]:
        """
        Return the recorded paths of a package; of one that isn't installed there are none.
        """
        return [path for path in self._records.get(package_id, {}).get("files", ()) if isinstance(path, str)]

    def add(self, record: Record) -> None:
        """
        Keep a record, durably.  Blocks.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        write_durably(self._folder / record["id"], json.dumps(record, indent=1).encode())
        self._records[record["id"]] = record

    def remove(self, package_id: str) -> None:
        """
        Forget a package.
        """
        (self._folder / package_id).unlink(missing_ok=True)
        self._records.pop(package_id, None)


def record_of(package: PackageDefinition, files: Sequence[str]) -> Record:
    """
    Return the record of a package that was just installed.
    """
    descriptions = {key: text for key, text in package.info.items() if key.startswith("description")}
    return {
        "id": package.id,
        "version": package.version,
        **descriptions,
        "depends": list(package.depends),
        "files": list(files),
        "explicit_install": True,
    }
