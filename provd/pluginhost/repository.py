"""
Makes a repository out of plugins' folders: a package of each, and the index.  The same sources give the same
bytes.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
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
_SAMPLES = Path("samples")
# Of a plugin's var/, the source holds only what phones are served; everything else there is a site's.
_SHIPPED_VAR = Path("var", "tftpboot")


def build_repository(
    sources: Iterable[Path], destination: Path, key: Ed25519PrivateKey | None = None
) -> list[str]:
    """
    Write a package of each plugin, and the index, into ``destination``.  Packages that only the former index
    named go; a server that reads meanwhile finds each package that the index names.

    :param sources: each a plugin's folder, named by its id, or a folder of such folders.
    :param key: signs the index; None leaves it unsigned.
    :returns: the ids, sorted.
    :raises PluginError: if one isn't a plugin, or two have the same id.
    """
    folders: dict[str, Path] = {}
    for folder in _plugin_folders(sources):
        if folder.name in folders:
            raise PluginError(folder.name, f"is both {folders[folder.name]} and {folder}")
        folders[folder.name] = folder
    destination.mkdir(parents=True, exist_ok=True)
    former = _packages_of(destination)
    catalog: dict[str, dict[str, Any]] = {}
    for plugin_id, folder in sorted(folders.items()):
        info = _info(folder)
        package = _package(folder)
        filename = f"{plugin_id}-{info['version']}{_PACKAGE_SUFFIX}"
        if not is_plugin_id(filename):
            raise PluginError(plugin_id, f"its id and version make no file name: {filename!r}")
        replace_file(destination / filename, package, _PUBLIC_MODE)
        catalog[plugin_id] = {
            **info,
            "filename": filename,
            "dsize": len(package),
            "sha1sum": hashlib.sha1(package, usedforsecurity=False).hexdigest(),
            "sha256sum": hashlib.sha256(package).hexdigest(),
        }
    text = json.dumps(catalog, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    _write_index(destination, text.encode(), key)
    for filename in former - {entry["filename"] for entry in catalog.values()}:
        (destination / filename).unlink(missing_ok=True)
    return sorted(catalog)


def _plugin_folders(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        source = source.resolve()
        if (source / _ENTRY_FILE).is_file() or (source / INFO_FILE).is_file():
            yield source
        else:
            yield from (
                path for path in sorted(source.iterdir()) if path.is_dir() and path.name[0] not in "._"
            )


def _packages_of(destination: Path) -> set[str]:
    """
    Return the packages that the index names which is there now.
    """
    try:
        return {entry.filename for entry in read_catalog(destination).entries.values()}
    except ValueError:
        return set()


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
        return read_plugin_info(folder)
    except ValueError as error:
        raise PluginError(folder.name, str(error)) from error


def _package(folder: Path) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for relative in _members(folder):
            _add(archive, folder / relative, Path(folder.name, relative).as_posix())
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
        if below in (Path("var"), _SAMPLES) or path.name.startswith(".") or path.name in _DERIVED:
            continue
        yield below
        if path.is_dir() and not path.is_symlink():
            yield from _below(folder, below)


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
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
        raise PluginError(name.partition("/")[0], f"{name} is neither a file nor a folder")
