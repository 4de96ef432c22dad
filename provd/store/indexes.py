"""
Which documents have a given text under a given key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_FEW = 8
_Ids = str | tuple[str, ...] | dict[str, None]


class Index:
    """
    The ids of documents by the text that they have under one key.

    Most texts belong to one document and cost nothing but its id; a few ids make a tuple; a tenant's or a
    plugin's thousands make a dictionary, so that leaving it is as cheap as joining.

    :param key: a top-level key of the documents.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._ids: dict[str, _Ids] = {}
        self._has_lists = False

    @property
    def is_exact(self) -> bool:
        """
        Whether every document found under a text has that very text, not a list with it.
        """
        return not self._has_lists

    def find(self, value: str) -> Collection[str]:
        """
        Return the ids of the documents that have ``value``, or a list with it, in no order.
        """
        ids = self._ids.get(value, ())
        return (ids,) if isinstance(ids, str) else ids

    def change(self, document_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> None:
        """
        Follow a document from its old content to its new one, None being no document.
        """
        before = self._values(old)
        after = self._values(new)
        if before == after:
            return
        for value in before:
            if value not in after:
                self._remove(value, document_id)
        for value in after:
            if value not in before:
                # A device's config often has the device's id: keep one text instead of two.
                self._add(document_id if value == document_id else value, document_id)

    def _values(self, document: Mapping[str, Any] | None) -> tuple[str, ...]:
        value = None if document is None else document.get(self.key)
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list):
            self._has_lists = True
            return tuple({element: None for element in value if isinstance(element, str)})
        return ()

    def _add(self, value: str, document_id: str) -> None:
        ids = self._ids.get(value)
        if ids is None:
            self._ids[value] = document_id
        elif isinstance(ids, dict):
            ids[document_id] = None
        else:
            several = (ids, document_id) if isinstance(ids, str) else (*ids, document_id)
            self._ids[value] = several if len(several) <= _FEW else dict.fromkeys(several)

    def _remove(self, value: str, document_id: str) -> None:
        ids = self._ids[value]
        if isinstance(ids, dict):
            del ids[document_id]
            if len(ids) <= _FEW // 2:
                self._ids[value] = tuple(ids)
            return
        rest = () if isinstance(ids, str) else tuple(other for other in ids if other != document_id)
        if rest:
            self._ids[value] = rest if len(rest) > 1 else rest[0]
        else:
            del self._ids[value]
