"""
The folder of installed plugins: what is in it, and how one comes, changes and goes as a whole.

``<plugins>/<id>/`` is replaced by renaming, so that an unclean stop leaves either version; its ``var/``
belongs to the site and moves along.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provd.errors import NotFound, PluginError
from provd.pluginkit.files import replace_file
from provd.pluginkit.info import read_plugin_info
from provd.store.atomic import sync_folder

from .archives import check_package, unpack
from .catalog import is_plugin_id
from .sitefiles import carry_over, listing

__all__ = [
    "StagedPlugin",
    "install_package",
    "installed_digest",
    "recover_interrupted",
    "remove_plugin",
    "scan_plugins",
]

VAR_FOLDERS = ("templates", "tftpboot", "cache", "installed")
# Which package the folder was made of: {"sha1": ..., "size": ...}.
_RECORD = ".package"
_NEW, _OLD, _REMOVED = "new", "old", "removed"


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
        record = json.loads((plugins_dir / plugin_id / _RECORD).read_bytes())
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
    staged.switch()
    staged.keep()


class StagedPlugin:
    """
    A package that was unpacked beside the plugin's folder, whose place it takes with :meth:`switch`; until
    :meth:`keep` the former folder can come back.  All of it blocks; the parameters are those of
    :func:`install_package`.

    :raises PluginError: as there.
    """

    def __init__(
        self,
        package: Path,
        plugins_dir: Path,
        plugin_id: str,
        size: int | None = None,
        sha1: str | None = None,
        sha256: str | None = None,
    ) -> None:
        if not is_plugin_id(plugin_id):
            raise PluginError(plugin_id, "its id isn't a plain name")
        self._plugin_id = plugin_id
        self._target = plugins_dir / plugin_id
        self._staged = _beside(self._target, _NEW)
        digest = check_package(package, plugin_id, size, sha1, sha256)
        with self._cleaning():
            plugins_dir.mkdir(parents=True, exist_ok=True)
            _recover(self._target)
            unpack(package, self._staged, plugin_id)
            _complete(self._staged, plugin_id, {"sha1": digest, "size": package.stat().st_size})

    @contextlib.contextmanager
    def _cleaning(self) -> Iterator[None]:
        try:
            yield
        except PluginError:
            _discard(self._staged)
            raise
        except OSError as error:
            _discard(self._staged)
            raise PluginError(self._plugin_id, f"it can't be installed: {error.strerror or error}") from error

    def switch(self) -> None:
        """
        Take the place of the plugin's folder.

        :raises PluginError: if that can't be done; the former folder is where it was.
        """
        with self._cleaning():
            _switch(self._staged, self._target)

    def keep(self) -> None:
        """
        Let go of the former folder.
        """
        _discard(_beside(self._target, _OLD))

    def undo(self) -> None:
        """
        Put the former folder back, as it was at the switch.  Without one, nothing changes.

        :raises PluginError: if that can't be done.
        """
        old = _beside(self._target, _OLD)
        if old.exists():
            with self._cleaning():
                self._target.rename(self._staged)
                old.rename(self._target)
                sync_folder(self._target.parent)
        _discard(self._staged)

    def drop(self) -> None:
        """
        Let go of what was unpacked and isn't wanted any more.
        """
        _discard(self._staged)


def remove_plugin(plugins_dir: Path, plugin_id: str) -> None:
    """
    Remove the folder of a plugin and all that is in it.  Blocks.

    :raises NotFound: if it isn't installed.
    :raises OSError: if it can't be removed.
    """
    target = plugins_dir / plugin_id
    if not is_plugin_id(plugin_id) or not target.is_dir():
        raise NotFound("plugin", plugin_id)
    removed = _beside(target, _REMOVED)
    _recover(target)
    target.rename(removed)
    sync_folder(plugins_dir)
    _discard(removed)


def recover_interrupted(plugins_dir: Path) -> None:
    """
    Finish or undo what an unclean stop interrupted.  Blocks; called before any other use of the folder.
    """
    for leftover in sorted(plugins_dir.glob(".*")):
        plugin_id, _, kind = leftover.name[1:].rpartition(".")
        if kind in (_NEW, _OLD, _REMOVED) and is_plugin_id(plugin_id):
            _recover(plugins_dir / plugin_id)


def _recover(target: Path) -> None:
    old = _beside(target, _OLD)
    if old.exists() and target.exists():
        carry_over(old / "var", target / "var", shipped=listing(target / "var"))
    elif old.exists():
        old.rename(target)
    for kind in (_NEW, _OLD, _REMOVED):
        _discard(_beside(target, kind))


def _beside(target: Path, kind: str) -> Path:
    # Hidden, so never taken for a plugin; the same each time, so that recovery knows which one it was.
    return target.with_name(f".{target.name}.{kind}")


def _complete(staged: Path, plugin_id: str, record: dict[str, Any]) -> None:
    try:
        read_plugin_info(staged)
    except ValueError as error:
        raise PluginError(plugin_id, str(error)) from error
    for name in VAR_FOLDERS:
        (staged / "var" / name).mkdir(parents=True, exist_ok=True)
    replace_file(staged / _RECORD, json.dumps(record).encode())


def _switch(staged: Path, target: Path) -> None:
    shipped = listing(staged / "var")
    carried = carry_over(target / "var", staged / "var", shipped)
    _sync_tree(staged)
    old = _beside(target, _OLD)
    if not target.exists():
        staged.rename(target)
        sync_folder(target.parent)
        return
    target.rename(old)
    try:
        staged.rename(target)
    except OSError:
        old.rename(target)
        raise
    # Phones and administrators may have changed files in the meantime.
    for gone in carried - carry_over(old / "var", target / "var", shipped):
        with contextlib.suppress(FileNotFoundError):
            (target / "var" / gone).unlink()
    sync_folder(target.parent)


def _sync_tree(folder: Path) -> None:
    for parent, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if not os.path.islink(path):
                descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        sync_folder(Path(parent))


def _discard(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
