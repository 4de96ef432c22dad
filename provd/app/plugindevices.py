"""
The devices of one plugin, when it comes, changes or goes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IReactorTime

from provd.model.device import Device
from provd.store.interfaces import IDocumentStore

from .configuring import Configuring
from .devices import Devices
from .oneaturn import one_a_turn
from .staleness import Staleness

__all__ = ["PluginDevices"]


class PluginDevices:
    """
    Does the same for all devices that name a plugin: one a turn, each with its lock, phones served in
    between.  A failure is logged and stops nothing for the others.

    What their files are is in doubt until it is done: a phone that asks earlier has its own written at once,
    and one whose turn never came, as the daemon stopped, has them written when it asks after the next start.

    :param reactor: for turns.
    """

    def __init__(
        self,
        store: IDocumentStore,
        devices: Devices,
        configuring: Configuring,
        staleness: Staleness,
        reactor: IReactorTime,
    ) -> None:
        self._store = store
        self._devices = devices
        self._configuring = configuring
        self._staleness = staleness
        self._reactor = reactor
        self._is_stopping = False

    def stop(self) -> None:
        """
        Do nothing for any more devices: what is asked for is given up with ``CancelledError``.
        """
        self._is_stopping = True

    def doubt(self, plugin_id: str) -> None:
        """
        Have the devices of a plugin configured when their phones ask next.
        """
        self._staleness.doubt(self._store.find("plugin", plugin_id))

    async def rewrite(self, plugin_id: str) -> None:
        """
        Have the files of devices removed, if they have any, and written anew.
        """
        self.doubt(plugin_id)
        await self._each(plugin_id, self._rewrite)

    async def _rewrite(self, device: Device) -> None:
        await self._deconfigure(device)
        await self._configure(device)

    async def deconfigure(self, plugin_id: str) -> None:
        """
        Have the files of devices removed; the records stay as they are.
        """
        await self._each(plugin_id, self._deconfigure)

    async def _deconfigure(self, device: Device) -> None:
        if device.get("configured"):
            await self._configuring.deconfigure(device)

    async def settle(self, plugin_id: str) -> None:
        """
        After the plugin was away for a moment, and their files were not touched: configure what could not be
        in the meantime.
        """
        self.doubt(plugin_id)
        await self._each(plugin_id, self._configure_if_not)

    async def _configure_if_not(self, device: Device) -> None:
        if not device.get("configured"):
            await self._configure(device)

    async def _configure(self, device: Device) -> None:
        await self._devices.update(device, durable=False, again=True)
        self._staleness.configured(device["id"])

    async def lost(self, plugin_id: str) -> None:
        """
        Note that devices aren't configured any more, as their plugin is gone.
        """
        self.doubt(plugin_id)
        await self._each(plugin_id, self._lose)

    async def _lose(self, device: Device) -> None:
        await self._devices.update(device, _unset, durable=False)
        self._staleness.configured(device["id"])

    async def _each(self, plugin_id: str, change: Callable[[Device], Awaitable[None]]) -> None:
        async def of_plugin(device_id: str) -> None:
            self._check(plugin_id)
            async with self._devices.locks.hold(device_id):
                device = self._devices.get(device_id)
                if device.get("plugin") == plugin_id:  # it may have got another one meanwhile
                    await change(device)

        await one_a_turn(self._reactor, self._store.find("plugin", plugin_id), of_plugin)
        self._check(plugin_id)

    def _check(self, plugin_id: str) -> None:
        if self._is_stopping:
            self.doubt(plugin_id)
            raise CancelledError


def _unset(device: Device) -> None:
    device["configured"] = False
