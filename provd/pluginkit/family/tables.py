"""
Tables by language and country, of which a family knows some.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

__all__ = ["by_country", "by_language"]

T = TypeVar("T")


def by_language(locale: str, table: Mapping[str, T]) -> T | None:
    """
    Return what a table has for a locale such as ``fr_CA``: its own entry, else its language's, else None.
    """
    exact = table.get(locale)
    return table.get(locale.partition("_")[0]) if exact is None else exact


def by_country(locale: str, table: Mapping[str, T]) -> T | None:
    """
    Return what a table has for the country of a locale, such as ``CA`` of ``fr_CA``; None if nothing.
    """
    return table.get(locale.partition("_")[2])
