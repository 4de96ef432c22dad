"""
Makes a repository out of a folder of plugins: a package of each, and the catalog.  The same sources give
the same bytes.

``python -m provd.pluginhost.repository plugins build/plugins``
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import io
import json
import stat
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from provd.errors import PluginError
from provd.pluginkit.files import replace_file
from provd.pluginkit.info import read_plugin_info

from .catalog import CATALOG_FILE, is_plugin_id
from .installed import VAR_FOLDERS

__all__ = ["build_repository"]

_PUBLIC_MODE = 0o644
_PACKAGE_SUFFIX = ".tar.bz2"
_DERIVED = ("__pycache__",)
# Of a plugin's var/, the source holds only what phones are served; everything else there is a site's.
_SHIPPED_VAR = Path("var", "tftpboot")


def build_repository(sources: Path, destination: Path) -> list[str]:
    """
    Write a package of each plugin, and the catalog, into ``destination``, whose former packages go.

    :param sources: holds a folder for each plugin, named by its id.
    :returns: the ids, sorted.
    :raises PluginError: if one isn't a plugin.
    """
    destination.mkdir(parents=True, exist_ok=True)
    catalog: dict[str, dict[str, Any]] = {}
    for folder in sorted(path for path in sources.iterdir() if path.is_dir() and path.name[0] not in "._"):
        info = _info(folder)
        package = _package(folder)
        filename = f"{folder.name}-{info['version']}{_PACKAGE_SUFFIX}"
        if not is_plugin_id(filename):
            raise PluginError(folder.name, f"its id and version make no file name: {filename!r}")
        replace_file(destination / filename, package, _PUBLIC_MODE)
        digest = hashlib.sha1(package, usedforsecurity=False).hexdigest()
        catalog[folder.name] = {**info, "filename": filename, "dsize": len(package), "sha1sum": digest}
    text = json.dumps(catalog, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    replace_file(destination / CATALOG_FILE, text.encode(), _PUBLIC_MODE)
    current = {entry["filename"] for entry in catalog.values()}
    for package_file in destination.glob(f"*{_PACKAGE_SUFFIX}"):
        if package_file.name not in current:
            package_file.unlink()
    return sorted(catalog)


def _info(folder: Path) -> dict[str, Any]:
    if not (folder / "entry.py").is_file():
        raise PluginError(folder.name, "entry.py is missing")
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
        if below == Path("var") or path.name.startswith(".") or path.name in _DERIVED:
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


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Make a repository out of a folder of plugins.")
    parser.add_argument("sources", type=Path, help="holds a folder for each plugin")
    parser.add_argument("destination", type=Path, help="where packages and plugins.db go")
    options = parser.parse_args(arguments)
    try:
        build_repository(options.sources, options.destination)
    except (PluginError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
