"""
Answering a query from a collection, piece by piece, through an index where the selector allows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from zope.interface import implementer

from provd.model.selector import compile_selector, is_pinned_only, pinned_values, project, sort_key

from . import entries
from .collection import DocumentCollection
from .interfaces import Document, ISelection, Query

#: Documents read in one piece, about a millisecond of work.
_PIECE = 200


@implementer(ISelection)
class Selection:
    """
    The progress of one query over the documents that were there at its start.

    :raises InvalidQuery: if the selector is malformed.
    """

    def __init__(self, collection: DocumentCollection, query: Query) -> None:
        self.total = 0
        self._collection = collection
        self._query = query
        self._matches = compile_selector(query.selector)
        self._candidates, self._are_matches = self._looked_up()
        self._end = query.skip + query.limit if query.limit else None
        self._pieces = self._sorted() if query.sort is not None else self._unsorted()

    def __iter__(self) -> Iterator[list[Document]]:
        return self

    def __next__(self) -> list[Document]:
        return next(self._pieces)

    def everything(self) -> list[Document]:
        """
        Return the whole result at once; ``total`` then counts no further than the last document needed.
        """
        found: list[Document] = []
        for piece in self:
            found += piece
            if self._query.sort is None and self._query.limit and len(found) >= self._query.limit:
                break
        return found

    def _looked_up(self) -> tuple[list[str], bool]:
        """
        Return the ids of the fewest documents that have to be read, and whether all of them match.
        """
        selector = self._query.selector
        best: tuple[frozenset[str], str] | None = None
        for key, index in self._collection.indexes.items():
            # Selectors have dotted keys of their own, which mean something else.
            values = pinned_values(selector[key]) if key in selector and "." not in key else None
            if values is not None:
                ids = frozenset().union(*map(index.find, values))
                if best is None or len(ids) < len(best[0]):
                    best = ids, key
        among = self._query.among
        if among is not None and (best is None or len(among) < len(best[0])):
            return self._collection.oldest_first([i for i in among if i in self._collection]), False
        if best is None:
            return self._collection.ids(), not selector and self._query.where is None
        ids, key = best
        if self._query.where is not None:
            return self._collection.oldest_first(ids), False
        only = len(selector) == 1 and is_pinned_only(selector[key]) and self._collection.indexes[key].is_exact
        return self._collection.oldest_first(ids), only

    def _unsorted(self) -> Iterator[list[Document]]:
        if self._are_matches:
            self.total = len(self._candidates)
            yield from self._shown(self._candidates[self._query.skip : self._end])
            return
        for piece in _pieces(self._candidates):
            shown: list[Document] = []
            for _, document in self._matching(piece):
                if self._query.skip <= self.total and (self._end is None or self.total < self._end):
                    shown.append(project(document, self._query.fields))
                self.total += 1
            yield shown

    def _sorted(self) -> Iterator[list[Document]]:
        name = self._query.sort or ""
        keyed: list[tuple[str, str]] = []
        for piece in _pieces(self._candidates):
            keyed += [
                (sort_key(name, document), document_id) for document_id, document in self._matching(piece)
            ]
            self.total = len(keyed)
            yield []
        keyed.sort(key=itemgetter(0), reverse=self._query.descending)
        yield from self._shown([document_id for _, document_id in keyed[self._query.skip : self._end]])

    def _shown(self, ids: Sequence[str]) -> Iterator[list[Document]]:
        for piece in _pieces(ids):
            # Matched again, as a document may have left the caller's tenant since.
            yield [project(document, self._query.fields) for _, document in self._matching(piece)]

    def _matching(self, ids: Sequence[str]) -> Iterator[tuple[str, Document]]:
        where = self._query.where
        for document_id in ids:
            entry = self._collection.entry(document_id)
            if entry is not None:
                document = entries.document_of(entry)
                if self._matches(document) and (where is None or where(document)):
                    yield document_id, document


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _PIECE] for start in range(0, len(ids), _PIECE))
