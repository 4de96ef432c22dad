"""
Patterns of file names, relative to a folder, as a shell has them.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from .members import stays_inside

__all__ = ["expand", "matches_any", "relative"]


def relative(text: str) -> str:
    """
    Return a name or pattern below its folder in its shortest form; a slash at its end stays.

    :raises ValueError: if it is absolute, leads out of the folder or can't be a name.
    """
    if "\0" in text or not text:
        raise ValueError(f"{text!r} isn't a name")
    if text.startswith("/"):
        raise ValueError(f"{text!r} is absolute")
    shortest = posixpath.normpath(text)
    if shortest == ".." or shortest.startswith("../"):
        raise ValueError(f"{text!r} leads out of its folder")
    return f"{shortest}/" if text.endswith("/") else shortest


def expand(folder: Path, pattern: str) -> list[Path]:
    """
    Return what a pattern matches in a folder, sorted; hidden files only where it names them.

    As in a shell, a pattern that matches nothing stands for itself: a file may be named ``fw[1].zip``.

    :raises ValueError: if it leads out of the folder, is the folder, or there is nothing.
    """
    wanted = relative(pattern)
    if posixpath.normpath(wanted) == ".":
        raise ValueError(f"{pattern!r} is the whole folder")
    found = sorted(glob.glob(wanted, root_dir=folder))
    if not found and os.path.lexists(folder / wanted):
        found = [wanted]
    if not found:
        raise ValueError(f"nothing matches {pattern!r}")
    for name in found:
        if not stays_inside(folder, folder / name):
            raise ValueError(f"{name!r} leads out of its folder")
    return [folder / name for name in found]


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """
    Tell whether a relative path is or fits one of the patterns, where ``*`` also fits ``/``.
    """
    return any(path == pattern or fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
