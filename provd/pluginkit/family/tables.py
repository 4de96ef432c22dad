"""
Tables by language and country, of which a family knows some.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, TypeVar

from .data import DataFile

__all__ = ["by_country", "by_language", "phonebook_name", "tables"]

T = TypeVar("T")

_PHONEBOOK = {
    "da": "Telefonbog",
    "de": "Telefonbuch",
    "en": "Directory",
    "es": "Directorio",
    "fr": "Annuaire",
    "it": "Rubrica",
    "nl": "Telefoonboek",
    "pl": "Książka telefoniczna",
    "pt": "Diretório",
    "ru": "Телефонная книга",
    "sv": "Telefonbok",
    "tr": "Rehber",
    "zh": "电话簿",
}


def tables(data: DataFile, **like: Any) -> SimpleNamespace:
    """
    Return the tables of a YAML file, each as an attribute of its name.

    :param like: their names, with an empty value of each one's type, which is what a missing one is.
    :raises PluginError: naming all that is wrong in the data.
    """
    found = SimpleNamespace(**{name: data.get(name, empty) for name, empty in like.items()})
    data.check()
    return found


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


def phonebook_name(locale: str) -> str:
    """
    Return what to call the phone book of a server in the language of a locale, in English if it isn't known.
    """
    return by_language(locale, _PHONEBOOK) or _PHONEBOOK["en"]
