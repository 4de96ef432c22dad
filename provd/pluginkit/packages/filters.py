"""
The commands of an installation: each makes the content of one folder of another's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .copying import copy_into
from .globbing import expand, matches_any, relative
from .members import ArchiveError, Members, safe_parts, stays_inside
from .programs import RAR, SEVEN_ZIP, unpack_with_program
from .tarball import unpack_tar
from .zipped import unpack_zip

__all__ = ["FILTERS", "Filter", "InstallError", "check_arguments", "told"]

_GZIP_MAGIC = b"\x1f\x8b"
# Cisco's signature comes before the gzip stream that it signs.
_LONGEST_SIGNATURE = 512


class InstallError(Exception):
    """
    Why an installation failed, in words for an administrator.
    """


@dataclass(frozen=True)
class Filter:
    """
    A command.

    :param run: called with the source folder, the target folder and the arguments.
    :param least: how many arguments it takes at least, and at most (None: any number).
    """

    run: Callable[[Path, Path, list[str]], None]
    least: int
    most: int | None


def check_arguments(name: str, arguments: list[str]) -> None:
    """
    Return if a filter takes that many arguments.

    :raises ValueError: if not.
    """
    command = FILTERS[name]
    if len(arguments) < command.least or (command.most is not None and len(arguments) > command.most):
        raise ValueError(f"{name} can't have {len(arguments)} arguments")


def _copy(source: Path, target: Path, arguments: list[str]) -> None:
    *patterns, destination = arguments
    name = relative(destination)
    found = [path for pattern in patterns for path in expand(source, pattern)]
    if name == "." or name.endswith("/"):
        Members(target).folder(name)
        for path in found:
            copy_into(path, target, f"{name}/{path.name}")
    elif len(found) == 1:
        copy_into(found[0], target, name)
    else:
        raise InstallError(f"{len(found)} files can't all be named {destination!r}")


def _include(source: Path, target: Path, arguments: list[str]) -> None:
    # A folder that doesn't match isn't entered, and one that does is copied whole: only the top counts.
    patterns = [relative(pattern).rstrip("/") for pattern in arguments]
    found = [path for path in sorted(source.iterdir()) if matches_any(path.name, patterns)]
    if not found:
        raise InstallError(f"nothing matches {' '.join(arguments)}")
    for path in found:
        if not stays_inside(source, path):
            raise InstallError(f"a link that leads out: {path.name!r}")
        copy_into(path, target, path.name)


def _exclude(source: Path, target: Path, arguments: list[str]) -> None:
    patterns = [relative(pattern).rstrip("/") for pattern in arguments]
    copy_into(source, target, ".", lambda path: not matches_any(path, patterns))


def _each(unpack: Callable[[Path, Members, Path], None]) -> Callable[[Path, Path, list[str]], None]:
    """
    Return a filter that unpacks each archive which matches its one pattern.
    """

    def run(source: Path, target: Path, arguments: list[str]) -> None:
        for archive in expand(source, arguments[0]):
            try:
                unpack(archive, Members(target, _below), target.parent)
            except (ArchiveError, OSError) as error:
                raise InstallError(f"{archive.name}: {told(error)}") from error

    return run


def _below(name: str) -> list[str]:
    # Vendors' archives may hold absolute names; tar, unzip and 7z take them as relative, too.
    return safe_parts(name.lstrip("/"))


def told(error: Exception) -> str:
    """
    Return what an error says, of an operating system's only why.
    """
    return str((isinstance(error, OSError) and error.strerror) or error)


def _unsign(source: Path, target: Path, arguments: list[str]) -> None:
    pattern, name = arguments[0], relative(arguments[1])
    found = expand(source, pattern)
    if len(found) != 1:
        raise InstallError(f"{len(found)} files match {pattern!r}, not one")
    with open(found[0], "rb") as signed:
        start = signed.read(_LONGEST_SIGNATURE + len(_GZIP_MAGIC) - 1).find(_GZIP_MAGIC)
        if start < 0:
            raise InstallError(f"{found[0].name} isn't a file that Cisco signed")
        signed.seek(start)
        Members(target).file(name, signed, os.fstat(signed.fileno()).st_size - start)


def _untar(archive: Path, members: Members, work_dir: Path) -> None:
    unpack_tar(archive, members, needs_end=False)


def _unzip(archive: Path, members: Members, work_dir: Path) -> None:
    unpack_zip(archive, members)


def _unrar(archive: Path, members: Members, work_dir: Path) -> None:
    unpack_with_program(RAR, archive, members, work_dir)


def _un7z(archive: Path, members: Members, work_dir: Path) -> None:
    unpack_with_program(SEVEN_ZIP, archive, members, work_dir)


def _nothing(source: Path, target: Path, arguments: list[str]) -> None:
    pass


FILTERS = {
    "cp": Filter(_copy, 2, None),
    "include": Filter(_include, 1, None),
    "exclude": Filter(_exclude, 1, None),
    "unzip": Filter(_each(_unzip), 1, 1),
    "untar": Filter(_each(_untar), 1, 1),
    "unsign": Filter(_unsign, 2, 2),
    "unrar": Filter(_each(_unrar), 1, 1),
    "7z": Filter(_each(_un7z), 1, 1),
    "null": Filter(_nothing, 0, 0),
}
"""The filters by name."""
