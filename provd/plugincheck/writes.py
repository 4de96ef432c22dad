"""
What a plugin writes, or removes, where it has no business.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["watched"]

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit event (Python's "Audit events table") -> where the paths that it changes are among its arguments, each
# with the place of the open folder that it is relative to.
_CHANGES: dict[str, Sequence[tuple[int, int | None]]] = {
    "os.chmod": [(0, 2)],
    "os.link": [(1, 3)],
    "os.mkdir": [(0, 2)],
    "os.remove": [(0, 1)],
    "os.rename": [(0, 2), (1, 3)],
    "os.rmdir": [(0, 1)],
    "os.symlink": [(1, 2)],
    "os.truncate": [(0, None)],
}
_NO_FOLDER = -1


@contextmanager
def watched(folder: Path) -> Iterator[set[str]]:
    """
    Fill a set with the paths outside of a folder that this process changes while the block runs; the programs
    that it starts aren't seen.  Temporary files that are gone at the end don't count.

    An audit hook can't be taken back: afterwards it does nothing.
    """
    changed: set[str] = set()
    inside = os.path.realpath(folder) + os.sep
    is_on = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if is_on and (event in _CHANGES or event == "open"):
            changed.update(
                path for path in _changed(event, arguments) if not f"{path}{os.sep}".startswith(inside)
            )

    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.addaudithook(hook)
    try:
        yield changed
    finally:
        is_on = False
        sys.dont_write_bytecode = bytecode
        temporary = os.path.realpath(tempfile.gettempdir()) + os.sep
        changed -= {path for path in changed if path.startswith(temporary) and not os.path.lexists(path)}
        changed -= {path for path in changed if path.startswith("/dev/")}


def _changed(event: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    if event == "open":
        path, _mode, flags = arguments
        paths = [path] if flags & _WRITING else []
    else:
        paths = [
            arguments[place]
            for place, below in _CHANGES[event]
            if below is None or arguments[below] == _NO_FOLDER
        ]
    for path in paths:
        if isinstance(path, str | bytes | os.PathLike):  # not one that is open already
            yield os.path.realpath(os.fsdecode(path))
