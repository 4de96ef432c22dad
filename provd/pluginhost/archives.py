"""
Unpacks a plugin's package, which may come from anybody: nothing is written outside one folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from provd.digests import hexdigests
from provd.errors import PluginError
from provd.pluginkit.packages.members import ArchiveError, Members, safe_parts
from provd.pluginkit.packages.tarball import unpack_tar

__all__ = ["check_package", "unpack"]


def check_package(
    package: Path, plugin_id: str, size: int | None = None, sha1: str | None = None, sha256: str | None = None
) -> str:
    """
    Return the SHA-1 of a package, in lower-case hexadecimal.  Blocks.

    :param size: what the catalog says, in bytes; None checks nothing, as with the digests.
    :raises PluginError: if the package can't be read or isn't the one that the catalog means.
    """
    try:
        with open(package, "rb") as file:
            found_size = os.fstat(file.fileno()).st_size
            digests = hexdigests(file, ("sha1", "sha256"))
    except OSError as error:
        raise PluginError(plugin_id, f"its package can't be read: {error.strerror}") from error
    if size is not None and found_size != size:
        raise PluginError(plugin_id, f"its package has {found_size} bytes instead of {size}")
    for name, found, wanted in (("SHA-1", digests["sha1"], sha1), ("SHA-256", digests["sha256"], sha256)):
        if wanted is not None and found != wanted:
            raise PluginError(plugin_id, f"its package has the {name} {found} instead of {wanted}")
    return digests["sha1"]


def unpack(package: Path, folder: Path, plugin_id: str, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """
    Unpack a package into a new folder.  Blocks.

    :param package: a tar file, plain or compressed with bzip2 or gzip, whose one top-level folder is the
        plugin's id.
    :param folder: takes the place of that top-level folder; holds parts of it after an error.
    :param is_wanted: asked before each member; False gives it up.
    :raises PluginError: if it is given up, or the package is damaged, unpacks to more than 2 GiB, or has a
        member that isn't a file or folder, or a link, that stays inside.
    """

    def place(name: str) -> list[str]:
        if not is_wanted():
            raise PluginError(plugin_id, "its package isn't wanted any more")
        parts = safe_parts(name)
        if not name.isprintable():
            raise ArchiveError(f"a bad name: {name!r}")
        if not parts or parts[0] != plugin_id:
            raise ArchiveError(f"outside of {plugin_id}/: {name!r}")
        return parts[1:]

    try:
        folder.mkdir()
        unpack_tar(package, Members(folder, place, replaces=False))
    except ArchiveError as error:
        raise PluginError(plugin_id, f"its package is refused: {error}") from error
    except OSError as error:
        raise PluginError(plugin_id, f"its package can't be unpacked: {error.strerror or error}") from error
