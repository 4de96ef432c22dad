"""
The documents of one kind as the rest of provd sees them: read from memory, written through a journal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from twisted.internet.defer import Deferred
from zope.interface import implementer

from provd.errors import Conflict, InvalidDocument, NotFound, StoreError

from . import entries
from .collection import DocumentCollection
from .interfaces import Document, IDocumentStore, Query
from .journal import Outcome, Settled, Write
from .selection import Selection
from .tally import Tally

#: Ids that new documents may have: each is a safe file name in every kind of store.
_NEW_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)


class IJournal(Protocol):
    """
    What brings writes to the disk: see :class:`provd.store.journal.Journal`.
    """

    def durably(self, write: Write, settled: Settled) -> None: ...

    def soon(self, write: Write) -> None: ...


@implementer(IDocumentStore)
class DocumentStore:
    """
    :param kind: ``"device"`` or ``"config"``.
    :param indexes: keys that :meth:`find` takes.
    :param tally: counts the documents.
    """

    def __init__(
        self, kind: str, indexes: Iterable[str], journal: IJournal, tally: Tally | None = None
    ) -> None:
        self.kind = kind
        self._collection = DocumentCollection(kind, indexes, tally)
        self._journal = journal
        self._on_the_way: dict[str, list[Write]] = {}  # durable writes by document, oldest first
        self._outdated: set[Write] = set()  # those of them that a later write has overtaken in memory

    def load(self, document_id: str, text: str, document: Document, position: int | None = None) -> None:
        """
        Take in a document that is on disk already.

        :param text: the document as JSON.
        :param position: its place in the order of insertion; None is behind all others.
        """
        if position is None:
            position = self._collection.new_position()
        self._collection.put(document_id, entries.packed(position, text), document)

    def get(self, document_id: str) -> Document:
        return self._collection.get(document_id)

    def revision(self, document_id: str) -> object:
        return self._collection.entry(document_id)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._collection

    def __len__(self) -> int:
        return len(self._collection)

    def ids(self) -> Iterator[str]:
        return iter(self._collection.ids())

    def find(self, key: str, value: str) -> list[str]:
        return self._collection.find(key, value)

    def shared(self, key: str) -> list[list[str]]:
        return self._collection.shared(key)

    def values(self, key: str) -> list[str]:
        return self._collection.values(key)

    def select(self, query: Query) -> list[Document]:
        return Selection(self._collection, query).everything()

    def iter_select(self, query: Query) -> Selection:
        return Selection(self._collection, query)

    async def insert(self, document: Document, durable: bool = True) -> None:
        document_id, text = self._checked(document)
        if not _NEW_ID.fullmatch(document_id):
            raise InvalidDocument(self.kind, {"id": "has characters that aren't allowed, or is too long"})
        if self._is_taken(document_id):
            raise Conflict(self.kind, document_id)
        await self._write(document_id, entries.packed(self._collection.new_position(), text), durable)

    async def update(self, document: Document, durable: bool = True) -> None:
        document_id, text = self._checked(document)
        former = self._existing(document_id)
        await self._write(document_id, entries.packed(entries.position_of(former), text), durable)

    async def delete(self, document_id: str, durable: bool = True) -> None:
        self._existing(document_id)
        await self._write(document_id, None, durable)

    def _checked(self, document: Document) -> tuple[str, str]:
        document_id = document.get("id")
        if not isinstance(document_id, str):
            raise InvalidDocument(self.kind, {"id": "isn't text"})
        try:
            return document_id, entries.dumped(document)
        except ValueError as error:
            raise InvalidDocument(self.kind, {"document": str(error)}) from None

    def _is_taken(self, document_id: str) -> bool:
        coming = self._on_the_way.get(document_id, ())
        return document_id in self._collection or any(
            write.entry is not None and write not in self._outdated for write in coming
        )

    def _existing(self, document_id: str) -> str:
        entry = self._collection.entry(document_id)
        coming = self._on_the_way.get(document_id, ())
        if entry is None or any(write.entry is None for write in coming):
            raise NotFound(self.kind, document_id)
        return entry

    async def _write(self, document_id: str, entry: str | None, durable: bool) -> None:
        write = Write(self.kind, document_id, entry)
        if not durable:
            self._journal.soon(write)
            self._outdated.update(self._on_the_way.get(document_id, ()))
            self._apply(write)
            return
        written: Deferred[None] = Deferred()

        def settled(problem: Outcome) -> None:
            # Here rather than after the await: the caller may have been canceled meanwhile.
            self._arrived(write, problem)
            if problem is None:
                written.callback(None)
            else:
                written.errback(problem)

        self._on_the_way.setdefault(document_id, []).append(write)
        try:
            self._journal.durably(write, settled)
        except StoreError as error:
            self._arrived(write, error)
            raise
        await written

    def _arrived(self, write: Write, problem: Outcome) -> None:
        coming = self._on_the_way[write.document_id]
        coming.remove(write)
        if not coming:
            del self._on_the_way[write.document_id]
        is_outdated = write in self._outdated
        self._outdated.discard(write)
        if problem is None and not is_outdated:
            self._apply(write)

    def _apply(self, write: Write) -> None:
        if write.entry is not None:
            self._collection.put(write.document_id, write.entry)
        elif write.document_id in self._collection:
            self._collection.remove(write.document_id)
