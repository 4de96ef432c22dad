"""
A change of configs or plugins reaches the files of all devices that depend on them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.errors import NotFound, ProvdError
from provd.pluginhost.manager import PluginManager
from provd.store.interfaces import IDocumentStore

from .devices import Devices

__all__ = ["FanOut"]


class FanOut:
    """
    Has devices configured again, one after the other; phones and other callers are served in between.
    """

    _log = Logger()

    def __init__(self, store: IDocumentStore, devices: Devices, plugins: PluginManager) -> None:
        self._store = store
        self._devices = devices
        self._plugins = plugins

    async def configs_changed(self, config_ids: Collection[str]) -> None:
        """
        Have the devices of these configs configured again.
        """
        for config_id in config_ids:
            await self.rewrite(self._store.find("config", config_id))

    async def rewrite(self, device_ids: Iterable[str]) -> None:
        """
        Have devices configured again, those whose plugin isn't loaded left out.
        """
        for device_id in device_ids:
            await self.one(device_id, self._rewrite)

    async def _rewrite(self, device_id: str) -> None:
        if self._plugins.get(self._devices.get(device_id).get("plugin")) is not None:
            await self._devices.rewrite(device_id)

    async def one(self, device_id: str, change: Callable[[str], Awaitable[None]]) -> None:
        """
        Have something done for one device; a failure is logged, so that it stops nothing for the others.

        Others have their turn first, as there may be thousands of devices for which nothing waits.
        """
        turn: Deferred[None] = Deferred()
        self._plugins.reactor.callLater(0, turn.callback, None)
        await turn
        try:
            await change(device_id)
        except NotFound:
            pass  # deleted meanwhile
        except ProvdError as error:
            self._log.error("{device} is not configured again: {why}", device=device_id, why=str(error))
