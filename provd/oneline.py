"""
Texts that strangers chose, as they may stand in a log or on a terminal.
"""

from __future__ import annotations

__all__ = ["one_line"]


def one_line(text: str) -> str:
    """
    Return a text without what isn't printable: line ends of every kind, terminal commands, changes of
    direction and half surrogates become escapes, so that no request can forge a line or command a terminal.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
