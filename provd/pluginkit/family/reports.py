"""
What a phone can't have of its configuration: told to the administrator, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Report"]


class Report:
    """
    Parameters that a phone's file leaves out or bends, each with the reason; never their values, which may
    be secret.
    """

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    def add(self, parameter: str, reason: str) -> None:
        """
        Take note of a parameter, such as ``"funckeys.40"``, and why the phone doesn't have it as it is.
        """
        self._lines[f"{parameter}: {reason}"] = None

    def lacking(self, raw_config: Mapping[str, Any], lacks: Iterable[str]) -> None:
        """
        Take note of each parameter that is used and has no setting on this phone.

        :param lacks: names of parameters at the top of the raw config.
        """
        for name in lacks:
            if raw_config.get(name):
                self.add(name, "this phone has no such setting")

    @property
    def lines(self) -> list[str]:
        """
        All of it, one text for each parameter, in the order of discovery.
        """
        return list(self._lines)
