"""
What a check of documents complains of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provd.errors import InvalidDocument


def mistakes_of(check: Callable[[Any], None], document: Any) -> dict[str, str]:
    """
    Return the mistakes that a check names, none if it lets the document pass.
    """
    try:
        check(document)
    except InvalidDocument as error:
        return error.mistakes
    return {}
