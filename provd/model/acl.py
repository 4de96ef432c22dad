"""
Access strings: what a token grants, what a resource requires (as accent-auth compares them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=1024)
def _pattern(granted: str, owner: str, session: str) -> re.Pattern[str]:
    words = {
        "me": f"(?:me|{re.escape(owner)})",
        "my_session": f"(?:my_session|{re.escape(session)})",
        "edit": "(?:edit|update)",
    }
    segments = []
    for segment in granted.split("."):
        text = re.escape(segment).replace(r"\*", "[^.#]*").replace(r"\#", ".*")
        segments.append(words.get(segment, text))
    return re.compile(r"\.".join(segments), re.DOTALL)


def grants(access: Iterable[str], required: str | None, owner: str = "", session: str = "") -> bool:
    """
    Tell whether what was granted allows what is required; a refusal (``!`` first) wins over every grant.

    :param access: as granted: ``*`` stands for a part of one segment, ``#`` for anything.
    :param required: a full access string; None needs nothing.
    :param owner, session: what ``me`` and ``my_session`` stand for.
    """
    if required is None:
        return True
    refused = [granted[1:] for granted in access if granted.startswith("!")]
    if any(_pattern(granted, owner, session).fullmatch(required) for granted in refused):
        return False
    return any(
        _pattern(granted, owner, session).fullmatch(required)
        for granted in access
        if not granted.startswith("!")
    )
