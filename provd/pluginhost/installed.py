"""
The folder of installed plugins: what is in it, and how one comes and goes as a whole.  The ``var/`` of each
belongs to the site.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provd.errors import NotFound
from provd.pluginkit.info import read_plugin_info

from .catalog import is_plugin_id
from .staged import RECORD, VAR_FOLDERS, StagedPlugin
from .versions import Versions, changing

__all__ = [
    "VAR_FOLDERS",
    "install_package",
    "installed_digest",
    "recover_interrupted",
    "remove_plugin",
    "scan_plugins",
]


def scan_plugins(plugins_dir: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """
    Return the plugins whose folders have a valid ``plugin-info``, id -> its content, and the folders that
    haven't, name -> what is wrong.  Blocks.
    """
    found, broken = {}, {}
    for folder in sorted(plugins_dir.iterdir()) if plugins_dir.is_dir() else ():
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        try:
            if not is_plugin_id(folder.name):
                raise ValueError("its name can't be a plugin's id")
            found[folder.name] = read_plugin_info(folder)
        except ValueError as error:
            broken[folder.name] = str(error)
    return found, broken


def installed_digest(plugins_dir: Path, plugin_id: str) -> str | None:
    """
    Return the SHA-1 of the package that a plugin was installed from; None if it wasn't, or isn't there.
    """
    try:
        record = json.loads((plugins_dir / plugin_id / RECORD).read_bytes())
    except (OSError, ValueError):
        return None
    return record.get("sha1") if isinstance(record, dict) else None


def install_package(
    package: Path,
    plugins_dir: Path,
    plugin_id: str,
    size: int | None = None,
    sha1: str | None = None,
    sha256: str | None = None,
) -> None:
    """
    Put the content of a package in the place of ``<plugins>/<id>/``, if there is one: files that the package
    has below ``var/tftpboot`` replace the site's, all others of the site's ``var/`` stay.  Returns once it
    would survive a power cut.  Blocks; one call at a time for each plugin.

    :param size: of the package in bytes, to be checked; None isn't, as with the digests.
    :raises PluginError: if the package isn't the one meant, is refused, or isn't a plugin; what was installed
        before then stays as it was.
    """
    staged = StagedPlugin(package, plugins_dir, plugin_id, size, sha1, sha256)
    staged.prepare()
    staged.switch()
    staged.keep()


def remove_plugin(plugins_dir: Path, plugin_id: str) -> None:
    """
    Remove the folder of a plugin and all that is in it.  Blocks.

    :raises NotFound: if it isn't installed.
    :raises OSError: if it can't be removed; then it is there as before.
    """
    if not is_plugin_id(plugin_id) or not (plugins_dir / plugin_id).is_dir():
        raise NotFound("plugin", plugin_id)
    versions = Versions(plugins_dir, plugin_id)
    versions.recover()
    versions.remove()


def recover_interrupted(plugins_dir: Path) -> dict[str, str]:
    """
    Finish or undo what an unclean stop interrupted.  Blocks; called before any other use of the folder.

    :returns: plugin id -> why it can't be done.
    """
    failed = {}
    for plugin_id in changing(plugins_dir):
        try:
            Versions(plugins_dir, plugin_id).recover()
        except OSError as error:
            failed[plugin_id] = f"what was interrupted can't be put right: {error}"
    return failed
