"""
JSON as callers send it, taken strictly, and as they are answered.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

__all__ = ["MOST_LEVELS", "NotJSON", "encoded", "parsed"]

MOST_LEVELS = 100
"""How deep values may lie in one another: copying and comparing them recurses."""

_TOO_DEEP = f"is nested deeper than {MOST_LEVELS} levels"
_TOO_LARGE = "has a number that is too large"


class NotJSON(ValueError):
    """
    A text isn't JSON, or not as it is taken here; says how.
    """


def parsed(text: str | bytes) -> Any:
    """
    Return the value of a JSON text.

    What Python takes beyond JSON is refused (``NaN``, ``Infinity``), and so is what would lose something: a
    number too large for a float, a name that an object has twice.

    :param text: bytes must be UTF-8.
    :raises NotJSON: if it isn't one, or is nested deeper than ``MOST_LEVELS``.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        value = _DECODER.decode(text)
    except NotJSON:
        raise
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise NotJSON("isn't JSON in UTF-8") from None
    except RecursionError:
        raise NotJSON(_TOO_DEEP) from None
    except ValueError:  # int() takes no more than some thousand digits
        raise NotJSON(_TOO_LARGE) from None
    # Each level has its bracket: few of them need no closer look.
    if text.count("[") + text.count("{") > MOST_LEVELS and _is_deeper(value, MOST_LEVELS):
        raise NotJSON(_TOO_DEEP)
    return value


def _refused_constant(name: str) -> Any:
    raise NotJSON(f"has {name}, which isn't JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise NotJSON(_TOO_LARGE)
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJSON("has an object with the same name twice")
    return members


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refused_constant, parse_float=_finite)


def _is_deeper(value: Any, levels: int) -> bool:
    """
    Tell whether lists and objects lie in one another in more levels than that.
    """
    level = [value]
    for _ in range(levels):
        level = [inner for node in level for inner in _members(node)]
        if not level:
            return False
    return any(isinstance(node, (dict, list)) for node in level)


def _members(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def encoded(value: Any) -> bytes:
    """
    Return a value as compact JSON in UTF-8; half a character, which UTF-8 has none for, is escaped.
    """
    try:
        return _READABLE.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        return _ASCII.encode(value).encode("ascii")


_READABLE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_ASCII = json.JSONEncoder(separators=(",", ":"))
