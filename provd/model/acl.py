"""
Access strings: what a token grants, what a resource requires (as accent-auth compares them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_PIECES = re.compile(r"[*#]|[^*#]+")

# A piece of a granted access: a wildcard, or texts of which one must be there.
_Piece = str | tuple[str, ...]


def grants(access: Iterable[str], required: str | None, owner: str = "", session: str = "") -> bool:
    """
    Tell whether what was granted allows what is required; a refusal (``!`` first) wins over every grant.

    :param access: as granted: ``*`` stands for a part of one segment, ``#`` for anything.
    :param required: a full access string; None needs nothing.
    :param owner, session: what ``me`` and ``my_session`` stand for.
    """
    if required is None:
        return True
    is_granted = False
    for granted in access:
        is_refusal = granted.startswith("!")
        if (is_refusal or not is_granted) and _matches(
            _pieces(granted.removeprefix("!"), owner, session), required
        ):
            if is_refusal:
                return False
            is_granted = True
    return is_granted


@lru_cache(maxsize=1024)
def _pieces(granted: str, owner: str, session: str) -> tuple[_Piece, ...]:
    words = {"me": ("me", owner), "my_session": ("my_session", session), "edit": ("edit", "update")}

    def split() -> Iterator[_Piece]:
        for number, segment in enumerate(granted.split(".")):
            if number:
                yield (".",)
            if segment in words:
                yield tuple(word for word in words[segment] if word)
            else:
                for piece in _PIECES.findall(segment):
                    yield piece if piece in ("*", "#") else (piece,)

    return tuple(split())


def _matches(pieces: tuple[_Piece, ...], text: str) -> bool:
    """
    Tell whether the pieces make up the whole text.

    Goes through all ways at once, and so takes no more time for a text that a stranger made up.
    """
    ends = {0}
    for piece in pieces:
        if piece == "#":
            ends = set(range(min(ends), len(text) + 1))
        elif piece == "*":
            ends = set(_ends_of_runs(ends, text))
        else:
            ends = {end + len(word) for end in ends for word in piece if text.startswith(word, end)}
        if not ends:
            return False
    return len(text) in ends


def _ends_of_runs(starts: set[int], text: str) -> Iterator[int]:
    is_running = False
    for position in range(min(starts), len(text) + 1):
        is_running = position in starts or (is_running and text[position - 1] not in ".#")
        if is_running:
            yield position
