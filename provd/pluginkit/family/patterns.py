"""
The patterns of an ``identity.yml``, and how models are spelled there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from .data import DataFile, compiled

__all__ = ["ONLY_MAC", "AgentPattern", "Spelling", "agent_patterns", "patterns"]

_MAC = r"(?P<mac>[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{12})"
_VERSION = r"(?P<version>\d+(?:\.\d+)+)"
ONLY_MAC = compiled(_MAC)


class AgentPattern(NamedTuple):
    """
    What a User-Agent must fit.
    """

    agent: re.Pattern[str]
    file: re.Pattern[str] | None
    """What the bare name of the file must fit for the pattern to count; None for any."""

    def goes_with(self, name: str) -> bool:
        """
        Tell whether the pattern counts for a request of that file.
        """
        return self.file is None or self.file.fullmatch(name) is not None


def agent_patterns(data: DataFile, key: str) -> list[AgentPattern]:
    """
    Return the patterns of User-Agents that a list of the data has.
    """
    found = []
    for index, entry in enumerate(data.get(key, [])):
        where = f"{key}.{index}"
        if isinstance(entry, dict):
            file = _pattern(data, where, entry.get("file"))
            found.append(AgentPattern(_pattern(data, where, entry.get("agent")), file))
        else:
            found.append(AgentPattern(_pattern(data, where, entry), None))
    return found


def patterns(data: DataFile, key: str) -> list[re.Pattern[str]]:
    """
    Return the patterns that a list of the data has.
    """
    return [_pattern(data, f"{key}.{index}", text) for index, text in enumerate(data.get(key, []))]


def _pattern(data: DataFile, where: str, text: Any) -> re.Pattern[str]:
    if isinstance(text, str):
        text = text.replace("{mac}", _MAC).replace("{version}", _VERSION)
    return data.pattern(where, text)


class Spelling:
    """
    How models are spelled that phones spell in several ways.

    :param models: those of the table, which keep its spelling.
    """

    def __init__(self, data: DataFile, models: Iterable[str]) -> None:
        dashes = data.get("dashes_in_models", "")
        self._characters = str.maketrans(dashes, "-" * len(dashes), data.get("drop_from_models", ""))
        self._is_capital = data.get("capital_models", False)
        self._listed = {name.lower(): name for name in models}

    def __call__(self, model: str) -> str:
        text = model.translate(self._characters)
        return self._listed.get(text.lower(), text.upper() if self._is_capital else text)
