"""
The commands of an installation: each makes the content of one folder of another's.
"""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from .globbing import check_relative, expand, matches_any
from .members import ArchiveError, Members, stays_inside
from .programs import RAR, SEVEN_ZIP, unpack_with_program
from .tarball import unpack_tar

__all__ = ["FILTERS", "Filter", "InstallError", "check_arguments"]

_GZIP_MAGIC = b"\x1f\x8b"
# Cisco's signature comes before the gzip stream that it signs.
_LONGEST_SIGNATURE = 512
_LONGEST_LINK = 4096


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
    check_relative(destination)
    found = [path for pattern in patterns for path in expand(source, pattern)]
    if destination.endswith("/"):
        folder = target / destination
        folder.mkdir(parents=True, exist_ok=True)
        for path in found:
            _copy_one(path, folder / path.name)
        return
    if len(found) != 1:
        raise InstallError(f"{len(found)} files can't all be named {destination!r}")
    (target / destination).parent.mkdir(parents=True, exist_ok=True)
    _copy_one(found[0], target / destination)


def _copy_one(source: Path, target: Path) -> None:
    # Where this one leads was looked at; what is a link further down stays one.
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def _include(source: Path, target: Path, arguments: list[str]) -> None:
    found = [path for path in _entries(source, source) if matches_any(path.name, arguments)]
    if not found:
        raise InstallError(f"nothing matches {' '.join(arguments)}")
    for path in found:
        _copy_one(path, target / path.name)


def _exclude(source: Path, target: Path, arguments: list[str]) -> None:
    def copy(folder: Path) -> None:
        for path in _entries(folder, source):
            relative = path.relative_to(source)
            if matches_any(relative.as_posix(), arguments):
                continue
            if path.is_dir() and not path.is_symlink():
                (target / relative).mkdir(exist_ok=True)
                copy(path)
            else:
                _copy_one(path, target / relative)

    copy(source)


def _entries(folder: Path, root: Path) -> list[Path]:
    """
    Return what is in a folder, by name.

    :raises InstallError: if a link among it leads out of ``root``.
    """
    paths = sorted(folder.iterdir())
    for path in paths:
        if path.is_symlink() and not stays_inside(root, path):
            raise InstallError(f"a link that leads out: {path.name!r}")
    return paths


def _each(
    unpack: Callable[[Path, Members, Path], None],
) -> Callable[[Path, Path, list[str]], None]:
    """
    Return a filter that unpacks each archive which matches its one pattern.
    """

    def run(source: Path, target: Path, arguments: list[str]) -> None:
        for archive in expand(source, arguments[0]):
            try:
                unpack(archive, Members(target), target.parent)
            except ArchiveError as error:
                raise InstallError(f"{archive.name}: {error}") from error

    return run


def _untar(archive: Path, members: Members, work_dir: Path) -> None:
    unpack_tar(archive, members)


def _unzip(archive: Path, members: Members, work_dir: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                _unzip_member(content, member, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise ArchiveError(f"it is damaged: {error}") from error
    except RuntimeError as error:  # as zipfile tells of a password
        raise ArchiveError("it needs a password") from error
    members.finish()


def _unzip_member(content: zipfile.ZipFile, member: zipfile.ZipInfo, members: Members) -> None:
    mode = member.external_attr >> 16
    name = member.filename.replace("\\", "/")  # as some programs of Windows write it
    if member.is_dir() or name.endswith("/"):
        members.folder(name)
    elif stat.S_ISLNK(mode):
        if member.file_size > _LONGEST_LINK:
            raise ArchiveError(f"a link that leads out: {name!r}")
        members.link(name, content.read(member).decode("utf-8", "surrogateescape"))
    elif mode and stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        raise ArchiveError(f"neither file, folder nor link: {name!r}")
    else:
        with content.open(member) as data:
            members.file(name, cast(BinaryIO, data), member.file_size, bool(mode & stat.S_IXUSR))


def _unsign(source: Path, target: Path, arguments: list[str]) -> None:
    pattern, name = arguments
    check_relative(name)
    found = expand(source, pattern)
    if len(found) != 1:
        raise InstallError(f"{len(found)} files match {pattern!r}, not one")
    with open(found[0], "rb") as signed:
        start = signed.read(_LONGEST_SIGNATURE + len(_GZIP_MAGIC) - 1).find(_GZIP_MAGIC)
        if start < 0:
            raise InstallError(f"{found[0].name} isn't a file that Cisco signed")
        signed.seek(start)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        with open(target / name, "wb") as plain:
            shutil.copyfileobj(signed, plain, 256 * 1024)


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
