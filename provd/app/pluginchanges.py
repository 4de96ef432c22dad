"""
What administrators may do with plugins, and when: one change of a plugin at a time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.defer import TimeoutError as WaitedInVain
from twisted.internet.interfaces import IReactorTime
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import NotFound, Refused, RepositoryError
from provd.model.operation import OIP_PROGRESS, OperationInProgress
from provd.pluginhost.catalog import CatalogEntry, is_plugin_id
from provd.pluginhost.repositories import Repositories
from provd.pluginkit.localization import with_localized_description

from .lifecycle import Lifecycle
from .plugins import Plugins
from .running import Running, followed

__all__ = ["PluginChanges"]

# Is busy while the index is fetched; no plugin has that id.
_INDEX = "/"


class PluginChanges:
    """
    What administrators may do with plugins.  Phones of the others are served all the while.

    :param folder: where plugins are installed.
    :param is_occupied: tells whether a plugin is at something that a change would break, such as installing a
        package.
    :param reactor: for the time-out of a stop.
    """

    PATIENCE = 5.0
    """Seconds that a stop waits for changes to come to a state that is whole."""

    _log = Logger()

    def __init__(
        self,
        folder: Path,
        repositories: Repositories,
        plugins: Plugins,
        lifecycle: Lifecycle,
        is_occupied: Callable[[str], bool],
        reactor: IReactorTime,
    ) -> None:
        self._folder = folder
        self._repositories = repositories
        self._plugins = plugins
        self._lifecycle = lifecycle
        self._is_occupied = is_occupied
        self._reactor = reactor
        #: Who is being changed, and what fires at the end of it.
        self._busy: dict[str, Deferred[None]] = {}
        self._fetching: set[Deferred[Any]] = set()
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
        if self._is_stopping or _INDEX in self._busy:
            raise Refused("operation-in-progress", "the index of plugins is being fetched already", 409)
        self._repositories.server()
        operation = OperationInProgress("update", OIP_PROGRESS)
        fetching = self._repositories.update(operation)
        return self._begun("update of the index of plugins", _INDEX, self._fetched(fetching), operation)

    async def install(self, plugin_id: str) -> Running:
        """
        Begin to install a plugin; returns the operation ``install``, with a child ``download`` if its package
        must be fetched.

        :raises Refused: if it is installed, unknown, being changed, or can't be had.
        """
        self._check_idle(plugin_id)
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

    def _change(self, what: str, entry: CatalogEntry) -> Running:
        self._check_idle(entry.id)
        operation = OperationInProgress("install", OIP_PROGRESS)
        return self._begun(
            f"{what} of plugin {entry.id}", entry.id, self._replace(entry, operation), operation
        )

    async def _replace(self, entry: CatalogEntry, operation: OperationInProgress) -> None:
        async with AsyncExitStack() as stack:
            package = await self._fetched(
                stack.enter_async_context(self._repositories.package(entry, operation))
            )
            await self._lifecycle.replace(entry, package)

    async def uninstall(self, plugin_id: str) -> None:
        """
        Remove a plugin, all that is in its folder with it.  Its devices keep naming it.

        :raises Refused: if it isn't installed, or being changed.
        :raises PluginError: if it can't be removed.
        """
        await self._must_be_installed(plugin_id)
        async with self._busy_with(plugin_id):
            await self._lifecycle.remove(plugin_id)
        self._log.info("plugin {plugin} is uninstalled", plugin=plugin_id)

    async def reload(self, plugin_id: str) -> None:
        """
        Load a plugin anew and configure its devices again.

        :raises Refused: if it isn't installed, or being changed.
        :raises PluginError: if it can't be loaded; then its devices aren't configured any more.
        """
        await self._must_be_installed(plugin_id)
        async with self._busy_with(plugin_id):
            await self._lifecycle.reload(plugin_id)
        self._log.info("plugin {plugin} is loaded anew", plugin=plugin_id)

    async def stop(self) -> None:
        """
        Give up what is under way; afterwards nothing can be begun.  What takes too long is left behind.
        """
        self._is_stopping = True
        self._lifecycle.stop()
        for fetching in list(self._fetching):
            fetching.cancel()
        idle = Deferred.fromCoroutine(self._idle()).addTimeout(self.PATIENCE, self._reactor)
        try:
            await idle
        except WaitedInVain:
            for plugin_id in self._busy:
                self._log.error("{plugin} is left behind while it is being changed", plugin=plugin_id)
                self._lifecycle.leave(plugin_id)

    async def _idle(self) -> None:
        while self._busy:
            await next(iter(self._busy.values()))

    # When.

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
        self._check_idle(plugin_id)
        found = await self._plugins.scan()
        is_there = plugin_id in found or plugin_id in self._plugins.broken
        if not is_there or not is_plugin_id(plugin_id):
            raise Refused("plugin-not-installed", f"plugin {plugin_id!r} isn't installed")

    def _check_idle(self, plugin_id: str) -> None:
        if plugin_id in self._busy or self._is_stopping or self._is_occupied(plugin_id):
            raise Refused("operation-in-progress", f"plugin {plugin_id} is being changed already")

    @asynccontextmanager
    async def _busy_with(self, name: str) -> AsyncIterator[None]:
        """
        Count something as being changed for a block.

        :raises Refused: if it is already.
        """
        self._check_idle(name)
        self._busy[name] = Deferred()
        try:
            yield
        except CancelledError:
            raise Refused("operation-in-progress", "the daemon stops", 503) from None
        finally:
            self._busy.pop(name).callback(None)

    def _begun(
        self, what: str, name: str, work: Coroutine[Any, Any, None], operation: OperationInProgress
    ) -> Running:
        self._busy[name] = Deferred()
        running = followed(what, work, operation)
        running.done.addCallback(lambda _: self._busy.pop(name).callback(None))
        return running

    async def _fetched(self, fetching: Coroutine[Any, Any, Any]) -> Any:
        """
        Return what is fetched, unless the daemon stops.
        """
        deferred = Deferred.fromCoroutine(fetching)
        self._fetching.add(deferred)
        try:
            return await deferred
        finally:
            self._fetching.discard(deferred)
