"""
Which documents have a given text under a given key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

_FEW = 8


class _Many:
    """
    Thousands of ids, such as a tenant's or a plugin's: a list, which takes a sixth of a dictionary's room,
    that an id leaves as cheaply as it joins.
    """

    __slots__ = ("_gone", "_ids")

    def __init__(self, ids: Collection[str]) -> None:
        self._ids = list(ids)
        self._gone: set[str] = set()

    def __len__(self) -> int:
        return len(self._ids) - len(self._gone)

    def ids(self) -> list[str]:
        if self._gone:
            self._ids = [document_id for document_id in self._ids if document_id not in self._gone]
            self._gone = set()
        return self._ids

    def add(self, document_id: str) -> None:
        if document_id in self._gone:
            self._gone.remove(document_id)
        else:
            self._ids.append(document_id)

    def remove(self, document_id: str) -> None:
        self._gone.add(document_id)
        if len(self._gone) * 2 > len(self._ids):
            self.ids()


_Ids = str | tuple[str, ...] | _Many


class Index:
    """
    The ids of documents by the text that they have under one key.

    Most texts belong to one document and cost nothing but its id; a few ids make a tuple, which the garbage
    collector needn't visit.

    :param key: a top-level key of the documents; or names joined by dots, of which ``*`` stands for any.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._names = key.split(".")
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
        Return the ids of the documents that have ``value``, or a list with it, in no order.  The caller
        must not change them.
        """
        ids = self._ids.get(value, ())
        if isinstance(ids, _Many):
            return ids.ids()
        return (ids,) if isinstance(ids, str) else ids

    def shared(self) -> Iterator[Collection[str]]:
        """
        Return the ids of the documents that have the same text, for each text that several have.
        """
        return (self.find(value) for value, ids in self._ids.items() if not isinstance(ids, str))

    def values(self) -> list[str]:
        """
        Return the texts that documents have.
        """
        return list(self._ids)

    def change(self, document_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> None:
        """
        Follow a document from its old content to its new one, None being no document.
        """
        before, after = self._value(old), self._value(new)
        if before == after:
            return
        left, entered = self._texts(before), self._texts(after)
        for value in left:
            if value not in entered:
                self._remove(value, document_id)
        for value in entered:
            if value not in left:
                # A device's config often has the device's id: keep one text instead of two.
                self._add(document_id if value == document_id else value, document_id)

    def _value(self, document: Mapping[str, Any] | None) -> Any:
        if document is None:
            return None
        return _list(document, self._names) if len(self._names) > 1 else document.get(self.key)

    def _texts(self, value: object) -> tuple[str, ...]:
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
        elif isinstance(ids, _Many):
            ids.add(document_id)
        else:
            several = (ids, document_id) if isinstance(ids, str) else (*ids, document_id)
            self._ids[value] = several if len(several) <= _FEW else _Many(several)

    def _remove(self, value: str, document_id: str) -> None:
        ids = self._ids[value]
        if isinstance(ids, _Many):
            ids.remove(document_id)
            if len(ids) <= _FEW // 2:
                self._ids[value] = tuple(ids.ids())
            return
        rest = () if isinstance(ids, str) else tuple(other for other in ids if other != document_id)
        if rest:
            self._ids[value] = rest if len(rest) > 1 else rest[0]
        else:
            del self._ids[value]


def _list(value: Any, names: Sequence[str]) -> list[Any]:
    """
    Return what is found below a value by these names.
    """
    if not names:
        return [value]
    if not isinstance(value, Mapping):
        return []
    name, *rest = names
    below = list(value.values()) if name == "*" else [value[name]] if name in value else []
    return [found for member in below for found in _list(member, rest)]
