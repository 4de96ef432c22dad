"""
Values on their way into a phone's file.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from .reports import Report

__all__ = ["one_line", "single_lines", "trimmed"]

# Control characters, line and paragraph separators, and halves of surrogate pairs, which have no UTF-8.
_UNWANTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_NOT_IN_XML = "\ufffe\uffff"  # XML 1.0, 2.2


def one_line(text: str) -> str:
    """
    Return a text without what would end or garble a line of a phone's file.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        for character in text
        if unicodedata.category(character) not in _UNWANTED and character not in _NOT_IN_XML
    )


def single_lines(value: Any) -> Any:
    """
    Return a copy of a JSON value, each of its texts and keys on one line.
    """
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict):
        return {one_line(key): single_lines(member) for key, member in value.items()}
    if isinstance(value, list):
        return [single_lines(member) for member in value]
    return value


def trimmed(text: str, parameter: str, report: Report) -> str:
    """
    Return a secret as phones read it that drop the blanks at its ends; reported if it has any.
    """
    if text != text.strip():
        report.add(parameter, "the phone drops the blanks at its ends")
    return text.strip()
