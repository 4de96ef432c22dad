"""
Makes a repository out of plugins' folders: a package of each, and the index.  The same sources give the same
bytes.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provd.errors import PluginError
from provd.pluginkit.files import replace_file
from provd.pluginkit.info import INFO_FILE, read_plugin_info

from .catalog import CATALOG_FILE, SIGNATURE_FILE, is_plugin_id
from .deployment import read_catalog
from .installed import VAR_FOLDERS
from .signing import sign

__all__ = ["build_repository"]

_PUBLIC_MODE = 0o644
_PACKAGE_SUFFIX = ".tar.bz2"
_DERIVED = ("__pycache__",)
_ENTRY_FILE = "entry.py"
# At the top of a plugin's folder: what it is checked with, not what it runs with.
_CHECKS = (Path("samples"), Path("tests"))
# Of a plugin's var/, the source holds only what phones are served; everything else there is a site's.
_SHIPPED_VAR = Path("var", "tftpboot")


def build_repository(
    sources: Iterable[Path], destination: Path, key: Ed25519PrivateKey | None = None
) -> list[str]:
    """
    Write a package of each plugin, and the index, into ``destination``.  Packages that only the former index
    named go; a server that reads meanwhile finds each package that the index names.  Blocks.

    :param sources: each a plugin's folder, named by its id and told by its ``entry.py``, or a folder with
        such folders and whatever else.
    :param key: signs the index; None leaves it unsigned.
    :returns: the ids, sorted.
    :raises PluginError: if a source has no plugin, one isn't fit to be packed, or two have the same id;
        ``destination`` is as it was.
    :raises OSError: if a file can't be read or written.
    """
    folders = _plugin_folders(sources, destination)
    index: dict[str, dict[str, Any]] = {}
    packages: dict[str, bytes] = {}
    for plugin_id, folder in folders.items():
        info = _info(folder)
        filename = f"{plugin_id}-{info['version']}{_PACKAGE_SUFFIX}"
        if not is_plugin_id(filename):
            raise PluginError(plugin_id, f"its id and version make no file name: {filename!r}")
        if filename in packages:
            raise PluginError(plugin_id, f"its package would be another plugin's, too: {filename!r}")
        package = packages[filename] = _package(folder)
        index[plugin_id] = {
            **info,
            "filename": filename,
            "dsize": len(package),
            "sha1sum": hashlib.sha1(package, usedforsecurity=False).hexdigest(),
            "sha256sum": hashlib.sha256(package).hexdigest(),
        }
    destination.mkdir(parents=True, exist_ok=True)
    former = _packages_of(destination)
    for filename, package in packages.items():
        replace_file(destination / filename, package, _PUBLIC_MODE)
    _write_index(destination, _json(index), key)
    for filename in former - packages.keys():
        (destination / filename).unlink(missing_ok=True)
    return sorted(index)


def _plugin_folders(sources: Iterable[Path], destination: Path) -> dict[str, Path]:
    """
    Return the plugins' folders, by id in its order.
    """
    folders: dict[str, Path] = {}
    for source in sources:
        source = Path(os.path.abspath(source))  # "." has no name
        found = [source] if _is_plugin(source) else list(filter(_is_plugin, source.iterdir()))
        if not found:
            raise PluginError(source.name, f"neither {source} nor a folder in it has an {_ENTRY_FILE}")
        for folder in found:
            if folder.name in folders:
                raise PluginError(folder.name, f"is both {folders[folder.name]} and {folder}")
            if destination.resolve().is_relative_to(folder.resolve()):
                raise PluginError(folder.name, f"its packages can't go into its own folder: {destination}")
            folders[folder.name] = folder
    return dict(sorted(folders.items()))


def _is_plugin(folder: Path) -> bool:
    # One that lost its entry.py is an error later on, rather than passed over.
    return folder.name[:1] != "." and any((folder / name).is_file() for name in (_ENTRY_FILE, INFO_FILE))


def _packages_of(destination: Path) -> set[str]:
    """
    Return the packages that the index names which is there now.
    """
    try:
        entries = read_catalog(destination).entries.values()
    except ValueError:
        return set()
    return {entry.filename for entry in entries if entry.filename.endswith(_PACKAGE_SUFFIX)}


def _write_index(destination: Path, index: bytes, key: Ed25519PrivateKey | None) -> None:
    # Between the two files a reader finds an index with another's signature, and refuses it.
    if key is None:
        (destination / SIGNATURE_FILE).unlink(missing_ok=True)
    replace_file(destination / CATALOG_FILE, index, _PUBLIC_MODE)
    if key is not None:
        replace_file(destination / SIGNATURE_FILE, sign(index, key), _PUBLIC_MODE)


def _info(folder: Path) -> dict[str, Any]:
    if not (folder / _ENTRY_FILE).is_file():
        raise PluginError(folder.name, f"{_ENTRY_FILE} is missing")
    try:
        info = read_plugin_info(folder)
        _json(info)
    except ValueError as error:
        raise PluginError(folder.name, str(error)) from error
    return info


def _json(content: dict[str, Any]) -> bytes:
    """
    Return JSON that any reader takes.

    :raises ValueError: if there is a number or character that only Python's knows.
    """
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def _package(folder: Path) -> bytes:
    plain = io.BytesIO()
    root = folder.resolve()  # may be a link, what is in it may not
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for relative in _members(root):
            _add(archive, root / relative, Path(folder.name, relative).as_posix())
    return bz2.compress(plain.getvalue())


def _members(folder: Path) -> Iterator[Path]:
    """
    Yield what belongs into the package, relative to the folder: each folder before what is in it.
    """
    yield Path()
    yield from _below(folder, Path())
    yield Path("var")
    yield from (Path("var", name) for name in sorted(VAR_FOLDERS))
    if (folder / _SHIPPED_VAR).is_dir():
        yield from _below(folder, _SHIPPED_VAR)


def _below(folder: Path, relative: Path) -> Iterator[Path]:
    for path in sorted((folder / relative).iterdir()):
        below = relative / path.name
        if below in (Path("var"), *_CHECKS) or path.name.startswith(".") or path.name in _DERIVED:
            continue
        yield below
        if path.is_dir() and not path.is_symlink():
            yield from _below(folder, below)


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    plugin_id = name.partition("/")[0]
    if not name.isprintable():  # no server would unpack it
        raise PluginError(plugin_id, f"a bad name: {name!r}")
    member = tarfile.TarInfo(name)
    member.uname = member.gname = "root"
    status = path.lstat() if path.is_symlink() or path.exists() else None
    if status is None or stat.S_ISDIR(status.st_mode):
        member.type, member.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(member)
    elif stat.S_ISREG(status.st_mode):
        # Only what git keeps of a mode, or packages would differ with the umask of who made them.
        member.mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
        content = path.read_bytes()
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    else:
        raise PluginError(plugin_id, f"{name} is neither a file nor a folder")
