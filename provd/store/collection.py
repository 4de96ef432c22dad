"""
The documents of one kind in memory, with their indexes: what every store answers reads from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import itemgetter

from provd.errors import NotFound

from . import entries
from .indexes import Index
from .interfaces import Document
from .tally import Tally

#: One id in so many: sorting beats walking over all ids.
_CHEAPER_TO_SORT = 16


class DocumentCollection:
    """
    :param kind: for messages.
    :param indexes: top-level keys to look documents up by.
    :param tally: counts the documents.
    """

    def __init__(self, kind: str, indexes: Iterable[str], tally: Tally | None = None) -> None:
        self.kind = kind
        self.indexes = {key: Index(key) for key in indexes}
        self._followers: list[Index | Tally] = [*self.indexes.values(), *([] if tally is None else [tally])]
        self._entries: dict[str, str] = {}
        self._next_position = 0
        self._last_position = -1
        self._in_order = True

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def new_position(self) -> int:
        """
        Return a position behind all that were ever given or used.
        """
        self._next_position += 1
        return self._next_position - 1

    def entry(self, document_id: str) -> str | None:
        """
        Return the entry of a document, or None if there is none.
        """
        return self._entries.get(document_id)

    def get(self, document_id: str) -> Document:
        """
        Return a copy of the document.

        :raises NotFound: if no document has that id.
        """
        entry = self._entries.get(document_id)
        if entry is None:
            raise NotFound(self.kind, document_id)
        return entries.document_of(entry)

    def ids(self) -> list[str]:
        """
        Return all ids, oldest first.
        """
        if not self._in_order:
            self._entries = dict(sorted(self._entries.items(), key=itemgetter(1)))
            self._in_order = True
        return list(self._entries)

    def find(self, key: str, value: str) -> list[str]:
        """
        Return the ids of the documents that have ``value`` under an indexed key, oldest first.

        :raises KeyError: if the key isn't indexed.
        """
        return self.oldest_first(self.indexes[key].find(value))

    def shared(self, key: str) -> list[list[str]]:
        """
        Return the ids of the documents that share a value of an indexed key, oldest first, for each such
        value.

        :raises KeyError: if the key isn't indexed.
        """
        return [self.oldest_first(ids) for ids in self.indexes[key].shared()]

    def values(self, key: str) -> list[str]:
        """
        Return what documents have under an indexed key.

        :raises KeyError: if the key isn't indexed.
        """
        return self.indexes[key].values()

    def oldest_first(self, ids: Collection[str]) -> list[str]:
        """
        Return ids of documents in the order of their insertion.
        """
        if len(ids) < 2:
            return list(ids)
        if len(ids) * _CHEAPER_TO_SORT < len(self._entries):
            return sorted(ids, key=self._entries.__getitem__)
        wanted = frozenset(ids)
        return [document_id for document_id in self.ids() if document_id in wanted]

    def put(self, document_id: str, entry: str, document: Document | None = None) -> None:
        """
        Add or replace a document.

        :param document: the entry's document, if the caller happens to have it.
        """
        former = self._entries.get(document_id)
        old = None if former is None else entries.document_of(former)
        if former is None:
            position = entries.position_of(entry)
            self._in_order = self._in_order and position > self._last_position
            self._last_position = max(self._last_position, position)
            self._next_position = max(self._next_position, position + 1)
        self._entries[document_id] = entry
        new = entries.document_of(entry) if document is None else document
        for follower in self._followers:
            follower.change(document_id, old, new)

    def remove(self, document_id: str) -> None:
        """
        Remove a document that is there.
        """
        old = entries.document_of(self._entries.pop(document_id))
        for follower in self._followers:
            follower.change(document_id, old, None)
