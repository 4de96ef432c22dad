"""
How a command ends: its exit code, and the one line that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

__all__ = ["CommandFailed", "Exit"]


class Exit(IntEnum):
    """
    Exit codes, as ``provd-cli --help`` tells them to those who write scripts.
    """

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNAUTHORIZED = 4
    UNREACHABLE = 5
    CONFLICT = 6
    INTERRUPTED = 130
    READER_GONE = 141


class CommandFailed(Exception):
    """
    Ends a command.

    :param message: one line for the operator; never a token.  Empty if there is nobody to read it.
    :param details: what the daemon said of each key.
    """

    def __init__(
        self, message: str, code: Exit = Exit.FAILED, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.details = message, code, dict(details or {})
