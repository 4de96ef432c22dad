"""
A plugin's package on its way to its place: unpacked, given what the site has, switched by renaming.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from provd.errors import PluginError
from provd.pluginkit.files import replace_file
from provd.pluginkit.info import read_plugin_info
from provd.store.atomic import sync_folder

from .archives import check_package, unpack
from .catalog import is_plugin_id
from .sitefiles import carry_back, carry_over, listing
from .versions import Versions

__all__ = ["RECORD", "VAR_FOLDERS", "StagedPlugin"]

VAR_FOLDERS = ("templates", "tftpboot", "cache", "installed")
RECORD = ".package"
"""In a plugin's folder, which package it was made of: ``{"sha1": ..., "size": ...}``."""


class StagedPlugin:
    """
    A package that was unpacked beside the plugin's folder, whose place it takes with :meth:`switch`; until
    :meth:`keep` the former folder can come back.  All of it blocks; the parameters are those of
    :func:`provd.pluginhost.installed.install_package`.

    :param is_wanted: asked now and then, in the caller's thread; False gives the unpacking up.
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
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        if not is_plugin_id(plugin_id):
            raise PluginError(plugin_id, "its id isn't a plain name")
        self._plugin_id = plugin_id
        self._versions = Versions(plugins_dir, plugin_id)
        self._shipped: frozenset[Path] = frozenset()
        self._carried: frozenset[Path] = frozenset()
        self.folder = self._versions.new
        """Where the package was unpacked to."""
        digest = check_package(package, plugin_id, size, sha1, sha256)
        with self._cleaning():
            plugins_dir.mkdir(parents=True, exist_ok=True)
            self._versions.recover()
            unpack(package, self.folder, plugin_id, is_wanted)
            _complete(self.folder, plugin_id, {"sha1": digest, "size": package.stat().st_size})
            _sync_tree(self.folder)
        self.replaces = self._versions.has_current
        """Whether there is a former folder."""

    @contextlib.contextmanager
    def _cleaning(self) -> Iterator[None]:
        try:
            yield
        except PluginError:
            self.drop()
            raise
        except OSError as error:
            self.drop()
            raise PluginError(self._plugin_id, f"it can't be installed: {error}") from error

    def prepare(self) -> None:
        """
        Take over what the site has in ``var/``, ahead of :meth:`switch`, which then takes less time.

        :raises PluginError: if that can't be done; the former folder is as it was.
        """
        with self._cleaning():
            self._shipped = listing(self.folder / "var")
            self._carried = self._carry_over(self._versions.current)
            os.sync()  # one by one it would take ten thousand times as long, for a file of each phone

    def _carry_over(self, source: Path) -> frozenset[Path]:
        return carry_over(source / "var", self.folder / "var", self._shipped)

    def switch(self) -> None:
        """
        Take the place of the plugin's folder.

        :raises PluginError: if that can't be done; the former folder is where it was.
        """
        with self._cleaning():
            former = self._versions.set_aside()
            try:
                # Phones and administrators may have changed files in the meantime.
                for gone in self._carried - self._carry_over(former):
                    (self.folder / "var" / gone).unlink(missing_ok=True)
                self._versions.put_in_place()
            except OSError:
                self._versions.put_back()
                raise

    def keep(self) -> None:
        """
        Let go of the former folder.

        :raises PluginError: if that can't be done; it would come back at the next start.
        """
        try:
            self._versions.let_go()
        except OSError as error:
            raise PluginError(self._plugin_id, f"its former version can't be removed: {error}") from error

    def undo(self) -> None:
        """
        Put the former folder back as it was at the switch, with the custom templates and the packages that
        were put there by hand since.  Without one, nothing changes.

        :raises PluginError: if that can't be done.
        """
        with self._cleaning():
            if self._versions.has_former:
                self._versions.put_back()
                carry_back(self.folder / "var", self._versions.current / "var", self._shipped)
        self.drop()

    def drop(self) -> None:
        """
        Let go of what was unpacked and isn't wanted any more.
        """
        self._versions.drop_new()


def _complete(staged: Path, plugin_id: str, record: dict[str, Any]) -> None:
    try:
        read_plugin_info(staged)
    except ValueError as error:
        raise PluginError(plugin_id, str(error)) from error
    for name in VAR_FOLDERS:
        (staged / "var" / name).mkdir(parents=True, exist_ok=True)
    replace_file(staged / RECORD, json.dumps(record).encode())


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
