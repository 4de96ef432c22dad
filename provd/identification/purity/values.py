"""
What a proof of purity knows of objects: which of them never change, and which functions of the standard
library, Twisted and provd tell the same of the same arguments and leave no trace.
"""

from __future__ import annotations

import binascii
import builtins
import logging
import posixpath
import re
import urllib.parse
from enum import IntEnum
from typing import Any

from twisted.internet import defer

from provd import addresses
from provd.identification.requests import RequestType

__all__ = [
    "LOG_METHODS",
    "METHODS",
    "MUTATORS",
    "PURE",
    "WALKERS",
    "Kind",
    "is_error",
    "is_error_type",
    "is_immutable",
    "is_logger",
    "is_plain_type",
    "is_table",
]


class Kind(IntEnum):
    """
    What an expression may stand for.  Of the first three the higher one allows for less.
    """

    OWN = 0  # plain and immutable, or a container made by this very call, which may change it
    SHARED = 1  # plain, and perhaps seen by others: only to be read
    ONCE = 2  # a Deferred or an iterator: to be returned, or walked through
    SELF = 3
    REQUEST = 4
    PACKET = 5  # request["packet"] of TFTP


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _named(kind: Kind, home: Any, names: str) -> dict[int, Kind]:
    return {id(getattr(home, name)): kind for name in _words(names)}


#: id of a pure function or type -> what its result is.
PURE: dict[int, Kind] = {
    **_named(
        Kind.OWN,
        builtins,
        "abs all any ascii bin bool bytes chr dict divmod float format frozenset hex int len list oct ord "
        "pow range repr round set sorted str tuple",
    ),
    **_named(Kind.SHARED, builtins, "max min next sum"),
    **_named(Kind.ONCE, builtins, "enumerate iter reversed zip"),
    **_named(Kind.OWN, re, "compile escape findall fullmatch match search split sub subn"),
    **_named(Kind.ONCE, re, "finditer"),
    **_named(Kind.OWN, posixpath, "basename dirname isabs join normcase normpath split splitext"),
    **_named(
        Kind.OWN,
        urllib.parse,
        "parse_qs parse_qsl quote quote_plus unquote unquote_plus unquote_to_bytes urlparse urlsplit "
        "urlunparse urlunsplit",
    ),
    **_named(Kind.OWN, binascii, "a2b_hex b2a_hex hexlify unhexlify"),
    **_named(Kind.OWN, addresses, " ".join(addresses.__all__)),
    **_named(Kind.ONCE, defer, "succeed"),
}

#: Those of them that take an iterator, and tell nothing of it but its elements.
WALKERS = frozenset(
    _named(
        Kind.OWN,
        builtins,
        "all any dict enumerate frozenset iter list max min next set sorted sum tuple zip",
    )
)

#: What methods of that name do for every type of plain values: they only read.
METHODS: dict[str, Kind] = {
    **dict.fromkeys(
        _words(
            # str and bytes
            """
            capitalize casefold center count decode encode endswith expandtabs find format hex index isalnum
            isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle
            isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind
            rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate
            upper zfill
            """
            # patterns and matches
            "match search fullmatch sub subn findall group groups groupdict start end span expand "
            # containers and numbers
            "copy union intersection difference isdisjoint issubset issuperset fromhex from_bytes to_bytes"
        ),
        Kind.OWN,
    ),
    **dict.fromkeys(["get", "keys", "values", "items"], Kind.SHARED),
    "finditer": Kind.ONCE,
}
#: Methods that change the container that they are called on.
MUTATORS: dict[str, Kind] = {
    **dict.fromkeys(_words("add append clear discard extend insert remove reverse sort update"), Kind.OWN),
    **dict.fromkeys(["pop", "popitem", "setdefault"], Kind.SHARED),
}

LOG_METHODS = _words("critical debug error exception info warn warning")

_SCALARS = (type(None), bool, int, float, str, bytes, range, re.RegexFlag, RequestType)
_TYPES = frozenset(map(id, (bool, bytes, dict, float, frozenset, int, list, range, set, str, tuple)))
_ERRORS = frozenset(
    id(value)
    for value in (*vars(builtins).values(), re.error, binascii.Error)
    if isinstance(value, type) and issubclass(value, BaseException)
)


def is_immutable(value: Any) -> bool:
    """
    Tell whether a value, all that it holds included, can't change.  Subclasses aren't trusted.
    """
    kind = type(value)
    if kind in (tuple, frozenset):
        return all(map(is_immutable, value))
    if kind is re.Pattern:
        return not value.flags & re.LOCALE
    return any(kind is scalar for scalar in _SCALARS)


def is_table(value: Any) -> bool:
    """
    Tell whether a value is a dict, list or set of what can't change.
    """
    if type(value) is dict:
        return all(is_immutable(key) and is_immutable(item) for key, item in value.items())
    return type(value) in (list, set) and all(map(is_immutable, value))


def is_plain_type(value: Any) -> bool:
    """
    Tell whether a value is one of the built-in types of plain data.
    """
    return id(value) in _TYPES


def is_error(value: Any) -> bool:
    """
    Tell whether a value is a type of errors that comes with Python, which may also be raised.
    """
    return id(value) in _ERRORS


def is_error_type(value: Any) -> bool:
    """
    Tell whether a value may be named in an ``except`` clause.
    """
    return type(value) is type and issubclass(value, BaseException)


def is_logger(value: Any) -> bool:
    """
    Tell whether a value is a logger as the standard library makes it.
    """
    return type(value) is logging.Logger and not vars(value).keys() & LOG_METHODS
