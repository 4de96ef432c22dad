"""
Documents in a folder, one JSON file each, as existing servers keep them::

    devices/<id>    configs/<id>    damaged/devices/<id>    temporary/<number>

The name of a file is the document's id.  Files carry no order of insertion: after a restart, documents
come in the order of their ids.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provd.errors import StoreError

from . import entries
from .atomic import sync_folder, write_and_sync
from .disk import Damage, Take
from .interfaces import Document
from .journal import Outcome, Write

FOLDERS = {"device": "devices", "config": "configs"}


@dataclass(frozen=True)
class FoundFile:
    """
    A file among the documents, whatever is in it.

    :param content: its bytes, or None if it can't be read at all.
    """

    kind: str
    path: Path
    content: bytes | None

    @property
    def document_id(self) -> str:
        """
        The file's name, readable even if it isn't UTF-8.
        """
        return _shown(self.path.name)

    @property
    def where(self) -> str:
        """
        The file's path, readable likewise.
        """
        return _shown(self.path)

    def understood(self) -> tuple[str, str, Document]:
        """
        Return the id, the JSON and the document; the file's name overrules an id within.

        :raises ValueError: with the reason, if it holds no document.
        """
        if self.content is None:
            raise ValueError("can't be read")
        if self.document_id != self.path.name:
            raise ValueError("has a name that isn't UTF-8")
        text, document = entries.loaded(self.content)
        if document.get("id") != self.document_id:
            document["id"] = self.document_id
            text = entries.dumped(document)
        return self.document_id, text, document


def found_files(folder: Path) -> Iterator[FoundFile]:
    """
    Yield the files of both kinds of documents, by id.  Hidden files, which no document's id allows, and
    folders are passed over.

    :raises OSError: if a folder can't be listed; one that isn't there is empty.
    """
    for kind, name in FOLDERS.items():
        try:
            names = sorted(os.listdir(folder / name))
        except FileNotFoundError:
            continue
        for file_name in names:
            path = folder / name / file_name
            if file_name.startswith(".") or path.is_dir():
                continue
            try:
                content = path.read_bytes()
            except OSError:
                content = None
            yield FoundFile(kind, path, content)


class JSONFolder:
    """
    :param folder: holds the folders of both kinds; created if it isn't there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._temporary = folder / "temporary"
        self._damaged = folder / "damaged"

    def load(self, take: Take) -> Sequence[Damage]:
        """
        Sweep what a crash has left, and hand over every document.

        :raises StoreError: naming the folder, if it can't be used.
        """
        try:
            for name in (*FOLDERS.values(), self._temporary.name):
                (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self._folder)
            for leftover in self._temporary.iterdir():
                if not leftover.is_dir():
                    leftover.unlink()
            damages = list(self._set_aside_before())
            for found in found_files(self._folder):
                try:
                    take(found.kind, *found.understood())
                except ValueError as error:
                    damages.append(self._set_aside(found, str(error)))
        except OSError as error:
            raise StoreError(f"{self._folder} can't be used: {error}") from error
        return damages

    def commit(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """
        Put writes on disk: all contents, then all names, then the folders that hold the names.

        A folder that fails at the last step, which only a failing disk does, may have taken a write that
        is reported as refused.
        """
        problems: dict[int, OSError] = {}
        for number, write in enumerate(writes):
            if write.entry is not None:
                try:
                    write_and_sync(self._temporary_path(number), entries.text_of(write.entry).encode())
                except OSError as error:
                    problems[number] = error
        for number, write in enumerate(writes):
            if number not in problems:
                try:
                    self._rename_or_remove(number, write)
                except OSError as error:
                    problems[number] = error
            if number in problems:
                with suppress(OSError):
                    self._temporary_path(number).unlink()
        for kind in {write.kind for number, write in enumerate(writes) if number not in problems}:
            try:
                sync_folder(self._folder / FOLDERS[kind])
            except OSError as error:
                problems.update((number, error) for number, write in enumerate(writes) if write.kind == kind)
        return [_outcome(write, problems.get(number)) for number, write in enumerate(writes)]

    def close(self) -> None:
        """
        Do nothing: no file is kept open.
        """

    def _temporary_path(self, number: int) -> Path:
        return self._temporary / str(number)

    def _rename_or_remove(self, number: int, write: Write) -> None:
        path = self._folder / FOLDERS[write.kind] / write.document_id
        if write.entry is None:
            path.unlink(missing_ok=True)
        else:
            os.replace(self._temporary_path(number), path)

    def _set_aside_before(self) -> Iterator[Damage]:
        for found in found_files(self._damaged):
            yield Damage(found.kind, found.document_id, found.where)

    def _set_aside(self, found: FoundFile, reason: str) -> Damage:
        target = self._damaged / FOLDERS[found.kind] / found.path.name
        number = 0
        while target.exists():
            number += 1
            target = target.with_name(f"{found.path.name}.{number}")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.rename(found.path, target)
            sync_folder(target.parent)
        except OSError:  # a full or read-only disk, which isn't a reason not to start
            target = found.path
        return Damage(found.kind, found.document_id, _shown(target), reason)


def _shown(path: Path | str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _outcome(write: Write, problem: OSError | None) -> Outcome:
    if problem is None:
        return None
    return StoreError(f"{write.kind} {write.document_id!r} can't be stored: {problem.strerror or problem}")
