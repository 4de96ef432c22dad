"""
Patterns of file names, relative to a folder, as a shell has them.
"""

from __future__ import annotations

import fnmatch
import glob
from pathlib import Path, PurePosixPath

from .members import stays_inside

__all__ = ["check_relative", "expand", "matches_any"]


def check_relative(text: str) -> None:
    """
    Return if a name or pattern stays below its folder.

    :raises ValueError: if it is absolute or goes up.
    """
    if text.startswith("/"):
        raise ValueError(f"{text!r} is absolute")
    if ".." in PurePosixPath(text).parts:
        raise ValueError(f"{text!r} leads out of its folder")
    if "\0" in text:
        raise ValueError(f"{text!r} isn't a name")


def expand(folder: Path, pattern: str) -> list[Path]:
    """
    Return what a pattern matches in a folder, sorted; hidden files only where it names them.

    :raises ValueError: if the pattern leads out of the folder, or matches nothing.
    """
    check_relative(pattern)
    found = sorted(glob.glob(pattern, root_dir=folder))
    if not found:
        raise ValueError(f"nothing matches {pattern!r}")
    for name in found:
        if not stays_inside(folder, folder / name):
            raise ValueError(f"{name!r} leads out of its folder")
    return [folder / name for name in found]


def matches_any(relative: str, patterns: list[str]) -> bool:
    """
    Tell whether a relative path fits one of the patterns, where ``*`` also fits ``/``.
    """
    return any(fnmatch.fnmatchcase(relative, pattern) for pattern in patterns)
