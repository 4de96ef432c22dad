"""
Zip archives, as the programs of Unix and of Windows make them.
"""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from .members import ArchiveError, Members

__all__ = ["unpack_zip"]

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    IndexError,
    OverflowError,
    ValueError,
)
_LONGEST_LINK = 4096
_IS_LOCKED = 1
# Which systems' programs write Unix modes ("version made by" of APPNOTE 6.3.10, 4.4.2): Unix and OS X.
_WITH_MODES = (3, 19)
_DOS_FOLDER = 0x10


def unpack_zip(archive: Path, members: Members) -> None:
    """
    Unpack a zip archive.  Blocks.

    :raises ArchiveError: if it is damaged, empty, too large, locked or compressed in a way that isn't known,
        or has a member that isn't a file or folder, or a link, that stays inside.
    :raises OSError: if it can't be read, or its content written.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                _extract(content, member, members)
    except NotImplementedError as error:
        raise ArchiveError(f"it can't be read here: {error}") from error
    except _DAMAGED as error:
        raise ArchiveError(f"it is damaged: {error}") from error
    if not len(members):
        raise ArchiveError("it is empty")
    members.finish()


def _extract(content: zipfile.ZipFile, member: zipfile.ZipInfo, members: Members) -> None:
    name = member.filename.replace("\\", "/")  # as some programs of Windows write it
    mode = member.external_attr >> 16 if member.create_system in _WITH_MODES else 0
    kind = stat.S_IFMT(mode)
    is_dos_folder = bool(member.external_attr & _DOS_FOLDER) and not member.file_size
    if name.endswith("/") or kind == stat.S_IFDIR or (not kind and is_dos_folder):
        members.folder(name)
        return
    if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
        raise ArchiveError(f"neither file, folder nor link: {name!r}")
    if member.flag_bits & _IS_LOCKED:
        raise ArchiveError(f"it needs a password: {name!r}")
    if kind != stat.S_IFLNK:
        with content.open(member) as data:
            members.file(name, cast(BinaryIO, data), member.file_size, bool(mode & stat.S_IXUSR))
    elif member.file_size > _LONGEST_LINK:
        raise ArchiveError(f"a link that leads out: {name!r}")
    else:
        members.link(name, content.read(member).decode("utf-8", "surrogateescape"))
