"""
Plugins installed, upgraded, removed and loaded again, and what that means for their devices.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import NotFound, PluginError, Refused, RepositoryError
from provd.model.operation import OIP_PROGRESS, OperationInProgress
from provd.pluginhost.catalog import CatalogEntry
from provd.pluginhost.installed import StagedPlugin, remove_plugin
from provd.pluginhost.manager import PluginManager
from provd.pluginhost.repositories import Repositories
from provd.pluginkit.localization import with_localized_description
from provd.store.interfaces import IDocumentStore

from .devices import Devices
from .fanout import FanOut
from .plugins import Plugins
from .running import Running, followed

__all__ = ["PluginChanges"]

_UPDATE = "update"


class PluginChanges:
    """
    What administrators may do with plugins.  One change of a plugin at a time; phones of the others are
    served all the while.

    :param folder: where plugins are installed.
    :param app: what plugins get as the application.
    :param is_occupied: tells whether a plugin is at something that a change would break, such as installing a
        package.
    """

    _log = Logger()

    def __init__(
        self,
        folder: Path,
        repositories: Repositories,
        plugins: Plugins,
        manager: PluginManager,
        store: IDocumentStore,
        devices: Devices,
        fan_out: FanOut,
        app: Any,
        is_occupied: Callable[[str], bool] = lambda plugin_id: False,
    ) -> None:
        self._folder = folder
        self._repositories = repositories
        self._plugins = plugins
        self._manager = manager
        self._store = store
        self._devices = devices
        self._fan_out = fan_out
        self._app = app
        self._is_occupied = is_occupied
        self._busy: set[str] = set()
        self._running: set[Deferred[None]] = set()
        self._is_stopping = False

    # Listing.

    async def installable(self) -> dict[str, dict[str, Any]]:
        """
        Return what can be installed, id -> its entry in the index, in the locale in use.

        :raises RepositoryError: if the index can't be used.
        """
        return {plugin_id: entry.shown() for plugin_id, entry in (await self._repositories.offers()).items()}

    async def installed(self) -> dict[str, dict[str, Any]]:
        """
        Return the ``plugin-info`` of each installed plugin, loaded or not, in the locale in use.
        """
        return {i: with_localized_description(info) for i, info in (await self._plugins.scan()).items()}

    async def info(self, plugin_id: str) -> dict[str, Any]:
        """
        Return the ``plugin-info`` of one plugin.

        :raises NotFound: if it isn't installed.
        """
        try:
            return (await self.installed())[plugin_id]
        except KeyError:
            raise NotFound("plugin", plugin_id) from None

    # Changing.

    def is_busy(self, plugin_id: str) -> bool:
        """
        Tell whether a plugin is being changed.
        """
        return plugin_id in self._busy

    def update(self) -> Running:
        """
        Begin to fetch the index of the plugin server; returns the operation ``update``.

        :raises Refused: if it is being fetched already, or there is no server.
        """
        if _UPDATE in self._busy:
            raise Refused("operation-in-progress", "the index of plugins is being fetched already", 409)
        self._repositories.server()
        operation = OperationInProgress(_UPDATE, OIP_PROGRESS)
        return self._begun(
            "update of the index of plugins", _UPDATE, self._repositories.update(operation), operation
        )

    async def install(self, plugin_id: str) -> Running:
        """
        Begin to install a plugin; returns the operation ``install``, with a child ``download`` if its package
        must be fetched.

        :raises Refused: if it is installed, unknown, being changed, or can't be had.
        """
        entry = await self._obtainable(plugin_id)
        if await deferToThread((self._folder / plugin_id).exists):
            raise Refused("plugin-already-installed", f"plugin {plugin_id} is installed already")
        return self._change("install", entry)

    async def upgrade(self, plugin_id: str) -> Running:
        """
        Begin to replace an installed plugin by what can be installed now, newer or not; as :meth:`install`.

        :raises Refused: if it isn't installed, is unknown, being changed, or can't be had.
        """
        await self._must_be_installed(plugin_id)
        return self._change("upgrade", await self._obtainable(plugin_id))

    async def uninstall(self, plugin_id: str) -> None:
        """
        Remove a plugin, all that is in its folder with it.  Its devices keep naming it.

        :raises Refused: if it isn't installed, or being changed.
        """
        await self._must_be_installed(plugin_id)
        async with self._busy_with(plugin_id):
            await self._unload(plugin_id)
            try:
                await deferToThread(remove_plugin, self._folder, plugin_id)
            except OSError as error:
                raise PluginError(plugin_id, f"can't be removed: {error.strerror}") from error
            self._plugins.broken.pop(plugin_id, None)
            await self._lost(plugin_id)
        self._log.info("plugin {plugin} is uninstalled", plugin=plugin_id)

    async def reload(self, plugin_id: str) -> None:
        """
        Load a plugin anew and configure its devices again.

        :raises Refused: if it isn't installed, or being changed.
        :raises PluginError: if it can't be loaded; then its devices aren't configured any more.
        """
        await self._must_be_installed(plugin_id)
        async with self._busy_with(plugin_id):
            if plugin_id in self._manager:
                for device_id in self._device_ids(plugin_id):
                    await self._fan_out.one(device_id, self._devices.deconfigure)
                await self._unload(plugin_id)
            try:
                await self._plugins.load(plugin_id, self._app)
            except PluginError:
                if plugin_id not in self._manager:
                    await self._lost(plugin_id)
                    raise
                await self._fan_out.rewrite(self._device_ids(plugin_id))
                raise
            await self._fan_out.rewrite(self._device_ids(plugin_id))

    async def stop(self) -> None:
        """
        Give up what is under way; afterwards nothing can be begun.
        """
        self._is_stopping = True
        running = list(self._running)
        for deferred in running:
            deferred.cancel()
        await gatherResults(running, consumeErrors=True)

    async def _obtainable(self, plugin_id: str) -> CatalogEntry:
        try:
            entry = (await self._repositories.offers()).get(plugin_id)
        except RepositoryError as error:
            raise Refused("plugin-not-found", str(error)) from error
        if entry is None:
            raise Refused("plugin-not-found", f"the index has no plugin {plugin_id!r}")
        await self._repositories.check_obtainable(entry)
        return entry

    async def _must_be_installed(self, plugin_id: str) -> None:
        found = await self._plugins.scan()
        if plugin_id not in found and plugin_id not in self._plugins.broken:
            raise Refused("plugin-not-installed", f"plugin {plugin_id!r} isn't installed")

    def _change(self, what: str, entry: CatalogEntry) -> Running:
        self._check_idle(entry.id)
        operation = OperationInProgress("install", OIP_PROGRESS)
        return self._begun(
            f"{what} of plugin {entry.id}", entry.id, self._replace(entry, operation), operation
        )

    def _check_idle(self, name: str) -> None:
        if name in self._busy or self._is_stopping or self._is_occupied(name):
            raise Refused("operation-in-progress", f"plugin {name} is being changed already")

    def _begun(
        self, what: str, name: str, work: Coroutine[Any, Any, None], operation: OperationInProgress
    ) -> Running:
        self._busy.add(name)
        running = followed(what, work, operation)
        self._running.add(running.done)

        def ended(result: Any) -> None:
            self._busy.discard(name)
            self._running.discard(running.done)

        running.done.addBoth(ended)
        return running

    @asynccontextmanager
    async def _busy_with(self, plugin_id: str) -> AsyncIterator[None]:
        self._check_idle(plugin_id)
        self._busy.add(plugin_id)
        try:
            yield
        finally:
            self._busy.discard(plugin_id)

    async def _replace(self, entry: CatalogEntry, operation: OperationInProgress) -> None:
        plugin_id = entry.id
        async with self._repositories.package(entry, operation) as package:
            staged: StagedPlugin = await deferToThread(
                StagedPlugin, package, self._folder, plugin_id, entry.size, entry.sha1, entry.sha256
            )
        had_one = await deferToThread((self._folder / plugin_id).exists)
        was_loaded = plugin_id in self._manager
        try:
            await self._unload(plugin_id)
            await deferToThread(staged.switch)
        except PluginError:
            await self._come_back(plugin_id, was_loaded)
            raise
        try:
            await self._plugins.load(plugin_id, self._app)
        except PluginError:
            if had_one:
                await self._unload(plugin_id)
                await deferToThread(staged.undo)
                await self._come_back(plugin_id, was_loaded)
            elif plugin_id in self._manager:
                await self._fan_out.rewrite(self._device_ids(plugin_id))
            raise
        await deferToThread(staged.keep)
        await self._fan_out.rewrite(self._device_ids(plugin_id))

    async def _come_back(self, plugin_id: str, was_loaded: bool) -> None:
        """
        Load the former version again, whose files are as they were.
        """
        if not was_loaded:
            return
        try:
            await self._plugins.load(plugin_id, self._app)
        except PluginError as error:
            self._log.error("{plugin}: its former version {why}", plugin=plugin_id, why=error.problem)
            if plugin_id not in self._manager:
                await self._lost(plugin_id)

    async def _unload(self, plugin_id: str) -> None:
        if plugin_id in self._manager:
            await self._plugins.close(self._manager.remove(plugin_id))

    async def _lost(self, plugin_id: str) -> None:
        for device_id in self._device_ids(plugin_id):
            await self._fan_out.one(device_id, self._devices.lost_plugin)

    def _device_ids(self, plugin_id: str) -> list[str]:
        return self._store.find("plugin", plugin_id)
