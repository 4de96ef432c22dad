"""
A plugin's folder, its instance and its devices, changed together: as a whole, or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from twisted.internet.defer import CancelledError
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import PluginError
from provd.pluginhost.catalog import CatalogEntry
from provd.pluginhost.installed import remove_plugin
from provd.pluginhost.manager import PluginManager
from provd.pluginhost.staged import StagedPlugin

from .plugindevices import PluginDevices
from .plugins import Plugins

__all__ = ["Lifecycle"]


class _Former(NamedTuple):
    """
    What there was of a plugin before it was changed.
    """

    was_loaded: bool
    problem: str | None


class Lifecycle:
    """
    The steps by which plugins come, change and go.  Whoever asks takes care that there is one at a time for
    each plugin.  All raise ``CancelledError`` when they are given up as the daemon stops; what is on the disk
    then is either version.

    :param folder: where plugins are installed.
    :param app: what plugins get as the application.
    """

    _log = Logger()

    def __init__(
        self, folder: Path, plugins: Plugins, manager: PluginManager, devices: PluginDevices, app: Any
    ) -> None:
        self._folder = folder
        self._plugins = plugins
        self._manager = manager
        self._devices = devices
        self._app = app
        self._is_wanted = True

    def stop(self) -> None:
        """
        Give up what is under way as soon as that leaves nothing half done.
        """
        self._is_wanted = False
        self._devices.stop()

    def leave(self, plugin_id: str) -> None:
        """
        Leave a plugin behind that is still being changed, though the daemon stops.
        """
        self._devices.doubt(plugin_id)

    async def replace(self, entry: CatalogEntry, package: Path) -> None:
        """
        Put a plugin in the place of the installed one, if there is one, load it, and have its devices
        configured anew.

        :raises PluginError: if that can't be done; then the former version is there as it was, and loaded if
            it was.  Without one, a plugin that can't be loaded stays installed.
        """
        plugin_id = entry.id
        staged: StagedPlugin = await deferToThread(
            StagedPlugin,
            package,
            self._folder,
            plugin_id,
            entry.size,
            entry.sha1,
            entry.sha256,
            lambda: self._is_wanted,
        )
        try:
            if staged.replaces:
                # What can't be loaded at all should not cost phones a moment without their plugin.
                self._plugins.try_out(plugin_id, staged.folder)
            await deferToThread(staged.prepare)
            self._check(plugin_id)
            await self._switch(plugin_id, staged)
        except (PluginError, CancelledError):
            await deferToThread(staged.drop)
            raise
        try:
            await deferToThread(staged.keep)
        except PluginError as error:
            self._log.error("{plugin} {why}", plugin=plugin_id, why=error.problem)
        await self._devices.rewrite(plugin_id)

    async def _switch(self, plugin_id: str, staged: StagedPlugin) -> None:
        former = _Former(plugin_id in self._manager, self._plugins.broken.get(plugin_id))
        await self._unload(plugin_id)
        self._check(plugin_id)
        try:
            await deferToThread(staged.switch)
        except PluginError:
            await self._come_back(plugin_id, former)
            raise
        try:
            await self._plugins.load(plugin_id, self._app)
        except PluginError:
            if staged.replaces:
                await self._undo(plugin_id, staged, former)
            elif plugin_id in self._manager:
                await self._devices.rewrite(plugin_id)
            raise

    async def _undo(self, plugin_id: str, staged: StagedPlugin, former: _Former) -> None:
        await self._unload(plugin_id)
        try:
            await deferToThread(staged.undo)
        except PluginError as error:
            self._log.error("{plugin} can't be put back: {why}", plugin=plugin_id, why=error.problem)
            await self._devices.lost(plugin_id)
        else:
            await self._come_back(plugin_id, former)

    async def _come_back(self, plugin_id: str, former: _Former) -> None:
        """
        Load the former version again, if it was loaded; its files are there.
        """
        if not former.was_loaded:
            self._plugins.note(plugin_id, former.problem)
            return
        self._check(plugin_id)
        try:
            await self._plugins.load(plugin_id, self._app)
        except PluginError as error:
            self._log.error("{plugin}: its former version {why}", plugin=plugin_id, why=error.problem)
        await self._reach(plugin_id)

    async def _reach(self, plugin_id: str) -> None:
        if plugin_id in self._manager:
            await self._devices.settle(plugin_id)
        else:
            await self._devices.lost(plugin_id)

    async def remove(self, plugin_id: str) -> None:
        """
        Remove a plugin, all that is in its folder with it.  Its devices keep naming it.

        :raises PluginError: if it can't be removed; then it is there as it was.
        """
        former = _Former(plugin_id in self._manager, self._plugins.broken.get(plugin_id))
        await self._unload(plugin_id)
        self._check(plugin_id)
        try:
            await deferToThread(remove_plugin, self._folder, plugin_id)
        except OSError as error:
            await self._come_back(plugin_id, former)
            raise PluginError(plugin_id, f"it can't be removed: {error}") from error
        self._plugins.note(plugin_id, None)
        await self._devices.lost(plugin_id)

    async def reload(self, plugin_id: str) -> None:
        """
        Load a plugin anew; have the files of its devices removed by the former instance, and written by the
        new one.

        :raises PluginError: if it can't be loaded; then its devices aren't configured any more.
        """
        if plugin_id in self._manager:
            await self._devices.deconfigure(plugin_id)
            await self._unload(plugin_id)
            self._check(plugin_id)
        try:
            await self._plugins.load(plugin_id, self._app)
        except PluginError:
            if plugin_id not in self._manager:
                await self._devices.lost(plugin_id)
                raise
            await self._devices.rewrite(plugin_id)  # it is loaded, without its common files
            raise
        await self._devices.rewrite(plugin_id)

    def _check(self, plugin_id: str) -> None:
        if not self._is_wanted:
            self._devices.doubt(plugin_id)
            raise CancelledError

    async def _unload(self, plugin_id: str) -> None:
        if plugin_id in self._manager:
            await self._plugins.close(self._manager.remove(plugin_id))
