"""
Files that are whole after a crash or a power cut, whenever it comes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_PREFIX = "."
_SUFFIX = ".new"


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """
    Replace a file; return once the new content would survive a power cut.

    The new content is written under a hidden name in the same folder, which must exist.  A crash may leave
    that name behind; the next write of the same file reuses it.  Two writers of one file must take turns.

    :param mode: permissions of the new file, whatever the umask.
    :raises OSError: if it can't be written; the file is as it was before.
    """
    temporary = path.with_name(f"{_PREFIX}{path.name}{_SUFFIX}")
    try:
        write_and_sync(temporary, data, mode)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_and_sync(path: Path, data: bytes, mode: int = 0o600) -> None:
    """
    Write a file in place and have the disk take it.

    :raises OSError: if it can't be written; part of it may be there.
    """
    with suppress(FileNotFoundError):
        path.unlink()  # rather than follow what may be a link
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """
    Have the disk take the names in a folder.

    :raises OSError: if it doesn't.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
