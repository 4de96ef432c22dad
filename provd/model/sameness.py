"""
Whether a document is sent again as it is stored.
"""

from __future__ import annotations

from typing import Any

__all__ = ["is_same"]


def is_same(one: Any, other: Any) -> bool:
    """
    Tell whether two values are the same JSON.

    To Python ``1``, ``1.0`` and ``True`` are equal; plugins write them in ways of their own.
    """
    if one != other or type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return all(map(is_same, one, other))
    return True
