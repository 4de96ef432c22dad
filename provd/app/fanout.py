"""
A change of configs or plugins reaches the files of all devices that depend on them.
"""

from __future__ import annotations

from collections.abc import Collection

from provd.pluginhost.manager import PluginManager
from provd.store.interfaces import IDocumentStore

from .devices import Devices
from .oneaturn import one_a_turn
from .staleness import Staleness

__all__ = ["FanOut"]


class FanOut:
    """
    Has devices configured again, one after the other; phones and other callers are served in between.

    Their files are in doubt until it is done: a phone that asks earlier has its own written at once, and one
    whose turn never came, as the daemon stopped, has them written when it asks after the next start.
    """

    def __init__(
        self, store: IDocumentStore, devices: Devices, plugins: PluginManager, staleness: Staleness
    ) -> None:
        self._store = store
        self._devices = devices
        self._plugins = plugins
        self._staleness = staleness

    async def configs_changed(self, config_ids: Collection[str]) -> None:
        """
        Have the devices of these configs configured again.
        """
        await self.rewrite(
            [each for config_id in config_ids for each in self._store.find("config", config_id)]
        )

    async def rewrite(self, device_ids: Collection[str]) -> None:
        """
        Have devices configured again, those whose plugin isn't loaded left out.
        """
        self._staleness.doubt(device_ids)
        await one_a_turn(self._plugins.reactor, device_ids, self._rewrite)

    async def _rewrite(self, device_id: str) -> None:
        if self._plugins.get(self._devices.get(device_id).get("plugin")) is not None:
            await self._devices.rewrite(device_id)
            self._staleness.configured(device_id)
