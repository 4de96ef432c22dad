"""
Changes of documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from .failures import CommandFailed, Exit
from .parametertypes import Assignment

__all__ = ["changed", "merged"]

Document = dict[str, Any]


def merged(document: Mapping[str, Any], changes: Mapping[str, Any]) -> Document:
    """
    Return a document with changes: objects are merged key by key, anything else takes the former's place.
    """
    result = dict(document)
    for key, value in changes.items():
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result


def changed(
    document: Mapping[str, Any], assignments: Iterable[Assignment], unset: Iterable[tuple[str, ...]] = ()
) -> Document:
    """
    Return a document with values set, and others gone.

    :raises CommandFailed: naming a place that can't be there.
    """
    result = deepcopy(dict(document))
    for path in unset:
        _remove(result, path)
    for path, value in assignments:
        parent = result
        for number, key in enumerate(path[:-1]):
            if isinstance(parent, dict) and parent.get(key) is None:
                parent[key] = {}
            parent = _below(parent, key, path[: number + 1])
        _put(parent, path, value)
    return result


def _below(parent: Any, key: str, path: tuple[str, ...]) -> Any:
    """
    Return what a container has under a key.
    """
    found: Any = None
    if isinstance(parent, dict):
        found = parent.get(key)
    elif isinstance(parent, list) and key.isdigit() and int(key) < len(parent):
        found = parent[int(key)]
    if not isinstance(found, dict | list):
        raise CommandFailed(f"nothing can be set below {'.'.join(path)}: it isn't an object", Exit.USAGE)
    return found


def _put(parent: Any, path: tuple[str, ...], value: Any) -> None:
    key = path[-1]
    if isinstance(parent, dict):
        parent[key] = value
    elif key.isdigit() and int(key) < len(parent):
        parent[int(key)] = value
    elif key.isdigit() and int(key) == len(parent):
        parent.append(value)
    else:
        raise CommandFailed(f"{'.'.join(path)} isn't a place in a list", Exit.USAGE)


def _remove(document: Any, path: tuple[str, ...]) -> None:
    """
    Remove what a path leads to; nothing if it leads nowhere.
    """
    for key in path[:-1]:
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return
    if isinstance(document, dict):
        document.pop(path[-1], None)
    elif isinstance(document, list) and path[-1].isdigit() and int(path[-1]) < len(document):
        del document[int(path[-1])]
