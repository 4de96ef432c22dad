"""
Tar archives, plain or compressed with gzip, bzip2 or xz.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from .members import MAX_BYTES, ArchiveError, Members

__all__ = ["unpack_tar"]

# An extended header is read in one piece: this bounds what it takes of the memory.
_MAX_READ = 1024 * 1024
# Beside files' contents there are headers, and a compressed archive may hold what is no member at all.
_MAX_STREAM = MAX_BYTES + 256 * 1024**2


def unpack_tar(archive: Path, members: Members, needs_end: bool = True) -> None:
    """
    Unpack a tar archive.  Blocks.

    :param needs_end: whether it must end as the format has it, with a block of zeros.  Not all programs write
        one, but only then is it known to be whole.
    :raises ArchiveError: if it is damaged, empty or too large, or has a member that isn't a file or folder,
        or a link, that stays inside.
    :raises OSError: if it can't be read, or its content written.
    """
    try:
        with _decompressed(archive) as stream:
            limited = _Limited(stream)
            tar = tarfile.open(fileobj=limited, mode="r:")  # type: ignore[call-overload]  # noqa: SIM115
            while (member := tar.next()) is not None:
                _extract(tar, member, members)
            # A header that is cut short or damaged ends a tar file for tarfile, as two blocks of zeros do.
            limited.seek(tar.offset)
            end = limited.read(tarfile.BLOCKSIZE)
            if end != bytes(tarfile.BLOCKSIZE) and (end or needs_end):
                raise ArchiveError("it ends too early")
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, RecursionError) as error:
        raise ArchiveError(f"it is damaged: {error}") from error
    if not len(members):
        raise ArchiveError("it is empty")
    members.finish()


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, members: Members) -> None:
    if member.isdir():
        members.folder(member.name)
    elif member.isreg() and not member.issparse():
        content = tar.extractfile(member)
        assert content is not None
        with content:
            members.file(member.name, cast(BinaryIO, content), member.size, bool(member.mode & stat.S_IXUSR))
    elif member.issym():
        members.link(member.name, member.linkname)
    elif member.islnk():
        members.copy(member.name, member.linkname)
    else:
        raise ArchiveError(f"neither file, folder nor link: {member.name!r}")


def _decompressed(archive: Path) -> BinaryIO:
    with open(archive, "rb") as file:
        start = file.read(6)
    if start.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(archive))
    if start.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(archive))
    if start == b"\xfd7zXZ\0":
        return cast(BinaryIO, lzma.LZMAFile(archive))
    return open(archive, "rb")


class _Limited:
    """
    What ``tarfile`` sees of a stream that may go on for ever.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        if size > _MAX_READ:
            raise ArchiveError("a header is too long")
        data = self._stream.read(size)
        if self._stream.tell() > _MAX_STREAM:
            raise ArchiveError(f"more than {MAX_BYTES} bytes")
        return data

    def seek(self, offset: int) -> int:
        if offset > _MAX_STREAM:
            raise ArchiveError(f"more than {MAX_BYTES} bytes")
        return self._stream.seek(offset)
