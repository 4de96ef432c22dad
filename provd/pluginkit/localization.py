"""
The language of descriptions: one locale for the whole daemon, which an administrator sets over REST.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = [
    "check_locale",
    "get_locale",
    "get_locale_and_language",
    "localized_attribute",
    "set_locale",
    "with_localized_description",
]

_LOCALE = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2,3})?", re.ASCII)

_current: str | None = None


def set_locale(locale: str | None) -> None:
    """
    Change the locale; None or an empty text means the default texts.

    :param locale: such as ``"fr"`` or ``"fr_CA"``.
    :raises ValueError: if it has another form.
    """
    global _current
    check_locale(locale)
    _current = locale or None


def check_locale(locale: str | None) -> None:
    """
    Return if it is one, or none.

    :raises ValueError: if it has another form.
    """
    if locale and not _LOCALE.fullmatch(locale):
        raise ValueError(f"not a locale: {locale!r}")


def get_locale() -> str | None:
    """
    Return the locale in use, such as ``"fr_CA"``, or None.
    """
    return _current


def get_locale_and_language() -> tuple[str | None, str | None]:
    """
    Return the locale in use and its language, such as ``("fr_CA", "fr")``, or two times None.
    """
    if _current is None:
        return None, None
    return _current, _current.partition("_")[0]


def _suffixes() -> Iterator[str]:
    for name in dict.fromkeys(get_locale_and_language()):
        if name is not None:
            yield f"_{name}"


def with_localized_description(info: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return ``info`` with the ``description`` for the locale in use: that of ``description_fr_CA``, else
    of ``description_fr``, else its own; the ``description_*`` keys are left out.
    """
    result = {key: value for key, value in info.items() if not key.startswith("description_")}
    for suffix in _suffixes():
        if (key := f"description{suffix}") in info:
            result["description"] = info[key]
            break
    return result


def localized_attribute(thing: object, name: str) -> Any:
    """
    Return the attribute ``name`` of an object as the locale in use has it: ``description_fr_CA``, else
    ``description_fr``, else ``description`` itself.

    :raises AttributeError: if there is none of them.
    """
    for suffix in _suffixes():
        if hasattr(thing, name + suffix):
            return getattr(thing, name + suffix)
    return getattr(thing, name)
