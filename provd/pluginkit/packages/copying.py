"""
Copies of files and folders, never written through a link that is in the way.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from .members import Members

__all__ = ["copy_into"]


def copy_into(
    source: Path, root: Path, name: str, is_wanted: Callable[[str], bool] = lambda path: True
) -> None:
    """
    Copy a file, or a folder with all that is in it, to ``root / name``.  What has that name is replaced; two
    folders become one.

    Links within a folder stay links.  ``source`` itself is followed, as its target may not be copied, unless
    there is nothing.

    :param is_wanted: called with each path in the folder, relative to it; a folder that isn't wanted isn't
        entered.
    :raises ArchiveError: if a link would lead out of ``root`` from its new place, a file would replace a
        folder or the other way round, or it is too much.
    """
    members = Members(root)
    if source.is_symlink() and source.exists():
        source = source.resolve()
    _copy_one(source, members, name)
    if source.is_dir() and not source.is_symlink():
        for parent, folders, files in os.walk(source):
            below = PurePosixPath(os.path.relpath(parent, source))
            folders[:] = [entry for entry in folders if is_wanted(str(below / entry))]
            files = [entry for entry in files if is_wanted(str(below / entry))]
            for entry in [*folders, *files]:
                _copy_one(Path(parent, entry), members, str(name / below / entry))
    members.finish()


def _copy_one(source: Path, members: Members, name: str) -> None:
    if source.is_symlink():
        members.link(name, os.readlink(source))
    elif source.is_dir():
        members.folder(name)
    else:
        with open(source, "rb") as content:
            size = os.fstat(content.fileno()).st_size
            members.file(name, content, size, os.access(source, os.X_OK))
