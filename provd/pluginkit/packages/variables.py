"""
Variables in the arguments of a filter: ``$FILE1``, ``${ARG1}``, and ``\\$`` for a dollar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["check_syntax", "substituted"]

_PIECE = re.compile(r"\\\$|\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+))|(?P<wrong>\$)", re.ASCII)


def check_syntax(token: str) -> None:
    """
    Return if a token can be substituted once its variables are known.

    :raises ValueError: if a dollar is followed by no name.
    """
    for match in _PIECE.finditer(token):
        if match["wrong"]:
            raise ValueError(f"{token!r}: a dollar without a name")


def substituted(token: str, variables: Mapping[str, str]) -> str:
    """
    Return a token with the values of its variables.

    :raises ValueError: if one isn't defined.
    """

    def value(match: re.Match[str]) -> str:
        name = match["braced"] or match["bare"]
        if match["wrong"]:
            raise ValueError(f"{token!r}: a dollar without a name")
        if name is None:
            return "$"
        if name not in variables:
            raise ValueError(f"{token!r}: {name} isn't defined")
        return variables[name]

    return _PIECE.sub(value, token)
