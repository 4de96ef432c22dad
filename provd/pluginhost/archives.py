"""
Unpacks a plugin's package, which may come from anybody: nothing is written outside one folder.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import os
import shutil
import stat
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from provd.errors import PluginError

__all__ = ["check_package", "unpack"]

_MAX_BYTES = 2 * 1024**3
_MAX_MEMBERS = 100_000
# An extended header is read in one piece: this bounds what it takes of the memory.
_MAX_READ = 1024 * 1024


def check_package(package: Path, plugin_id: str, size: int | None = None, sha1: str | None = None) -> str:
    """
    Return the SHA-1 of a package, in lower-case hexadecimal.  Blocks.

    :param size: what the catalog says, in bytes; None checks nothing, as with ``sha1``.
    :raises PluginError: if the package can't be read or isn't the one that the catalog means.
    """
    try:
        with open(package, "rb") as file:
            found_size = os.fstat(file.fileno()).st_size
            found = hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
    except OSError as error:
        raise PluginError(plugin_id, f"its package can't be read: {error.strerror}") from error
    if size is not None and found_size != size:
        raise PluginError(plugin_id, f"its package has {found_size} bytes instead of {size}")
    if sha1 is not None and found != sha1:
        raise PluginError(plugin_id, f"its package has the SHA-1 {found} instead of {sha1}")
    return found


def unpack(package: Path, folder: Path, plugin_id: str) -> None:
    """
    Unpack a package into a new folder.  Blocks.

    :param package: a tar file, plain or compressed with bzip2 or gzip, whose one top-level folder is the
        plugin's id.
    :param folder: takes the place of that top-level folder; holds parts of it after an error.
    :raises PluginError: if the package is damaged, unpacks to more than 2 GiB, or has a member that isn't a
        file or folder, or a link, that stays inside.
    """
    try:
        with _decompressed(package) as stream:
            limited = _Limited(stream)
            archive = tarfile.open(fileobj=limited, mode="r:")  # type: ignore[call-overload]  # noqa: SIM115
            _Unpacking(archive, folder, plugin_id).run()
            # A header that is cut short or damaged ends a tar file for tarfile, as two blocks of zeros do.
            limited.seek(archive.offset)
            if limited.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                raise tarfile.ReadError("it ends too early")
    except _Refused as error:
        raise PluginError(plugin_id, f"its package is refused: {error}") from error
    except (tarfile.TarError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise PluginError(plugin_id, f"its package is damaged: {error}") from error
    except OSError as error:
        raise PluginError(plugin_id, f"its package can't be unpacked: {error.strerror or error}") from error


class _Refused(Exception):
    pass


def _decompressed(package: Path) -> BinaryIO:
    with open(package, "rb") as file:
        start = file.read(3)
    if start.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(package))
    if start.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(package))
    return open(package, "rb")


class _Limited:
    """
    What ``tarfile`` sees of a stream that may go on for ever.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        if size > _MAX_READ:
            raise _Refused("a header is too long")
        data = self._stream.read(size)
        if self._stream.tell() > _MAX_BYTES:
            raise _Refused(f"more than {_MAX_BYTES} bytes")
        return data

    def seek(self, offset: int) -> int:
        if offset > _MAX_BYTES:
            raise _Refused(f"more than {_MAX_BYTES} bytes")
        return self._stream.seek(offset)


class _Unpacking:
    def __init__(self, archive: tarfile.TarFile, folder: Path, plugin_id: str) -> None:
        self._archive, self._root, self._plugin_id = archive, folder, plugin_id
        self._folders: set[Path] = set()
        self._files: set[Path] = set()
        self._links: list[Path] = []

    def run(self) -> None:
        self._root.mkdir()
        self._folders.add(self._root)
        members = 0
        while (member := self._archive.next()) is not None:
            members += 1
            if members > _MAX_MEMBERS:
                raise _Refused(f"more than {_MAX_MEMBERS} members")
            self._extract(member)
        if not members:
            raise _Refused("it is empty")
        self._check_links()

    def _extract(self, member: tarfile.TarInfo) -> None:
        path = self._path(member.name)
        if member.isdir():
            self._make_folder(path)
            return
        if path == self._root:
            raise _Refused("its top level isn't a folder")
        self._make_folder(path.parent)
        if os.path.lexists(path):
            raise _Refused(f"two members named {member.name!r}")
        if member.isreg() and not member.issparse():
            self._write(member, path)
        elif member.issym():
            self._link(member.linkname, path)
        elif member.islnk():
            original = self._path(member.linkname)
            if original not in self._files:
                raise _Refused(f"a link to nothing: {member.name!r}")
            os.link(original, path)
        else:
            raise _Refused(f"neither file, folder nor link: {member.name!r}")

    def _path(self, name: str) -> Path:
        """
        Return where a member belongs, by its name in the archive.
        """
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or not name.isprintable():
            raise _Refused(f"a bad name: {name!r}")
        if not parts or parts[0] != self._plugin_id:
            raise _Refused(f"outside of {self._plugin_id}/: {name!r}")
        return self._root.joinpath(*parts[1:])

    def _make_folder(self, path: Path) -> None:
        # Only folders made here count: a link in their place might lead out.
        if path not in self._folders:
            self._make_folder(path.parent)
            try:
                path.mkdir()
            except FileExistsError:
                raise _Refused(f"both a folder and not: {path.name!r}") from None
            self._folders.add(path)

    def _write(self, member: tarfile.TarInfo, path: Path) -> None:
        source = self._archive.extractfile(member)
        assert source is not None
        mode = 0o755 if member.mode & stat.S_IXUSR else 0o644
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with open(descriptor, "wb") as target, source:
            shutil.copyfileobj(source, target, 64 * 1024)
            if target.tell() != member.size:
                raise tarfile.ReadError("it ends too early")
        self._files.add(path)

    def _link(self, target: str, path: Path) -> None:
        if target.startswith("/") or not target.isprintable():
            raise _Refused(f"a link that leads out: {path.name!r}")
        path.symlink_to(target)
        self._links.append(path)

    def _check_links(self) -> None:
        """
        Refuse links that lead out, by way of other links or not.  Nothing was written through one.
        """
        root = os.path.realpath(self._root)
        for path in self._links:
            if os.path.commonpath((root, os.path.realpath(path))) != root:
                raise _Refused(f"a link that leads out: {path.name!r}")
