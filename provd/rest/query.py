"""
The query of a listing: ``q`` or ``q64``, ``fields``, ``skip``, ``limit``, ``sort``, ``sort_ord``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from provd.errors import InvalidQuery
from provd.store.interfaces import Query

from . import jsontext

__all__ = ["is_true", "parse_query"]

Argument = Callable[[str], str | None]
"""Returns the first value of a query argument, None if there is none."""

_LONGEST_NUMBER = 18
_ORDERS = {"ASC": False, "DESC": True}


def parse_query(argument: Argument) -> Query:
    """
    Return what a caller wants listed.

    :raises InvalidQuery: naming the argument that can't be understood.
    """
    fields = argument("fields") or ""
    order = (argument("sort_ord") or "ASC").upper()
    if order not in _ORDERS:
        raise InvalidQuery("sort_ord is neither ASC nor DESC")
    return Query(
        selector=_selector(argument),
        fields=tuple(name.strip() for name in fields.split(",") if name.strip()),
        skip=_number(argument, "skip"),
        limit=_number(argument, "limit"),
        sort=argument("sort") or None,
        descending=_ORDERS[order],
    )


def is_true(text: str | None) -> bool:
    """
    Tell whether a query argument says yes: ``true`` or ``True``, nothing else does.
    """
    return text in ("true", "True")


def _selector(argument: Argument) -> Any:
    encoded = argument("q64")
    name, text = ("q64", _decoded(encoded)) if encoded else ("q", argument("q"))
    if not text:
        return {}
    try:
        selector = jsontext.parsed(text)
    except jsontext.NotJSON as error:
        raise InvalidQuery(f"{name} {error}") from None
    if not isinstance(selector, dict):
        raise InvalidQuery(f"{name} isn't a JSON object")
    return selector


def _decoded(text: str) -> str:
    # Of either alphabet, padded or not; a proxy may have made spaces of plus signs.
    usual = text.replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(usual + "=" * (-len(usual) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidQuery("q64 isn't Base64 of UTF-8") from None


def _number(argument: Argument, name: str) -> int:
    text = argument(name)
    if text is None or text == "":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise InvalidQuery(f"{name} isn't a number from 0 up")
    return int(text)
