"""
A backup: one ``tar.gz`` of everything in the data folder that can't be made again.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from provd import __version__
from provd.errors import StoreError

from .documents import read_database, snapshot
from .incoming import FILES, Incoming

__all__ = ["FORMAT", "back_up", "unpack"]

FORMAT = 1
_MANIFEST = "accent-provd-backup.json"
_DATABASE = "documents.db"
_PLUGINS = "plugins"
_LARGE = 1 << 20
# Of what an archive may bring: a plugin's firmware is some hundred megabytes.
_MOST_MEMBERS = 500_000
_MOST_BYTES = 64 << 30
_COPIED = 1 << 20


def back_up(data: Path, file: Path, with_firmware: bool = False) -> int:
    """
    Write a backup of a data folder, a daemon at work on it or not; return its size in bytes.

    :param with_firmware: whether large files that phones are served come along.
    :raises StoreError: if the documents can't be read.
    :raises OSError: if something else can't be read, or the file can't be written.
    """
    temporary = file.with_name(f".{file.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with (
            tempfile.TemporaryDirectory(prefix="provd-backup-") as folder,
            os.fdopen(descriptor, "wb") as raw,
        ):
            copy = Path(folder, _DATABASE)
            snapshot(data / _DATABASE, copy)
            with (
                gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
            ):
                _add_bytes(archive, _MANIFEST, json.dumps(_manifest()).encode())
                archive.add(copy, _DATABASE, recursive=False)
                for name in FILES:
                    if (data / name).is_file():
                        archive.add(data / name, name, recursive=False)
                for path in _of_plugins(data / _PLUGINS, with_firmware):
                    archive.add(path, path.relative_to(data).as_posix(), recursive=False)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)
    return file.stat().st_size


def _manifest() -> dict[str, Any]:
    return {"format": FORMAT, "version": __version__, "at": int(time.time())}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
    archive.addfile(member, io.BytesIO(content))


def _of_plugins(folder: Path, with_firmware: bool) -> Iterator[Path]:
    """
    Yield what belongs to plugins: folders, files and links; not packages' files, nor what is being written.
    """
    if not folder.is_dir():
        return
    yield folder
    for root, names, files in os.walk(folder):
        here = Path(root)
        depth = len(here.relative_to(folder).parts)
        names[:] = sorted(
            name
            for name in names
            if not name.startswith(".") and not (depth == 2 and here.name == "var" and name == "cache")
            and name != "__pycache__"
        )  # fmt: skip
        for name in names:
            yield here / name
        for name in sorted(files):
            path = here / name
            is_served = depth >= 3 and path.relative_to(folder).parts[1:3] == ("var", "tftpboot")
            try:
                large = is_served and not path.is_symlink() and path.stat().st_size > _LARGE
            except FileNotFoundError:
                continue
            if not name.endswith(".tmp") and (with_firmware or not large):
                yield path


def unpack(file: Path, data: Path) -> tuple[Incoming, int]:
    """
    Check a backup whole, unpacking it beside what there is; return that, and how many documents it holds.

    :raises ValueError: if it isn't a backup that can be taken; nothing is left of it.
    :raises OSError: if it can't be read, or there is no room.
    """
    incoming = Incoming(data, adds_plugins=False)
    try:
        _unpack(file, incoming.folder)
        count = len(read_database(incoming.database))
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, StoreError, UnicodeError) as error:
        incoming.discard()
        raise ValueError(f"{file} isn't a backup, or damaged: {error}") from error
    except BaseException:
        incoming.discard()
        raise
    return incoming, count


def _unpack(file: Path, folder: Path) -> None:
    total = count = 0
    is_known = False
    with tarfile.open(file, "r|gz") as archive:
        for member in archive:
            count, total = count + 1, total + member.size
            if count > _MOST_MEMBERS or total > _MOST_BYTES:
                raise ValueError(f"{file} is larger than any backup")
            if not is_known:
                _check_manifest(archive, member, file)
                is_known = True
                continue
            _take(archive, member, folder, file)
    if not is_known or not (folder / _DATABASE).is_file():
        raise ValueError(f"{file} isn't a backup of accent-provd")


def _check_manifest(archive: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> None:
    source = archive.extractfile(member) if member.isreg() and member.name == _MANIFEST else None
    try:
        manifest = None if source is None else json.loads(source.read(10_000))
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise ValueError(f"{file} isn't a backup of accent-provd")
    if manifest.get("format") != FORMAT:
        raise ValueError(f"{file} is a backup of another form: this provd takes form {FORMAT}")


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, file: Path) -> None:
    path = PurePosixPath(member.name)
    parts = path.parts
    is_ours = (len(parts) == 1 and path.name in (_DATABASE, *FILES, _PLUGINS)) or parts[:1] == (_PLUGINS,)
    if not is_ours or path.is_absolute() or ".." in parts or "\0" in member.name:
        raise ValueError(f"{file} has a member that no backup has: {member.name!r}")
    target = folder.joinpath(*parts)
    _refuse_links_on_the_way(folder, parts, file)
    if os.path.lexists(target):
        raise ValueError(f"{file} has a member twice: {member.name!r}")
    mode = member.mode & 0o755
    if member.isdir():
        target.mkdir(mode=0o751)
        target.chmod(mode | 0o700)
    elif member.issym() and _stays_inside(path, member.linkname):
        target.symlink_to(member.linkname)
    elif member.isreg():
        source = archive.extractfile(member)
        assert source is not None
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            while piece := source.read(_COPIED):
                written.write(piece)
            os.fchmod(written.fileno(), mode | 0o600)
    else:
        raise ValueError(f"{file} has a member of a kind that no backup has: {member.name!r}")


def _refuse_links_on_the_way(folder: Path, parts: tuple[str, ...], file: Path) -> None:
    parent = folder
    for part in parts[:-1]:
        parent = parent / part
        if parent.is_symlink() or not parent.is_dir():
            raise ValueError(f"{file} has a member in a folder that it hasn't: {'/'.join(parts)!r}")


def _stays_inside(path: PurePosixPath, target: str) -> bool:
    """
    Tell whether a link leads nowhere but into the folder of its own plugin.
    """
    if target.startswith("/") or len(path.parts) < 3:
        return False
    depth = len(path.parts) - 3
    for part in PurePosixPath(target).parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return False
    return True
