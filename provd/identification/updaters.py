"""
Device info to changes of the device.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from zope.interface import implementer

from provd.model.device import Device, DeviceInfo
from provd.waiting import settled

from .interfaces import IUpdater
from .requests import RequestType


class KeptDevices(Protocol):
    """
    The part of the application that updaters need.
    """

    #: 1 if all phones are behind NAT, so that several share an address for good.
    nat: int

    async def forget_address(self, address: str, keeper: str) -> None:
        """
        Remove the address from every device but the one whose id is ``keeper``.
        """

    async def autocreate_config(self) -> str | None:
        """
        Store a new config made of the ``autocreate`` one and return its id; None if there is no such config.
        """


class Judges(Protocol):
    """
    The part of the plugin manager that association needs.
    """

    def associate(self, dev_info: DeviceInfo, solver: Any = None) -> str | None:
        """
        Return the id of the plugin that supports such a phone best, or None.
        """


@implementer(IUpdater)
class NullDeviceUpdater:
    """
    Learns nothing from requests.
    """

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        return


@implementer(IUpdater)
class RemoveOutdatedIpDeviceUpdater:
    """
    An address belongs to the phone that was last seen there.
    """

    def __init__(self, app: KeptDevices) -> None:
        self._app = app

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        address = dev_info.get("ip")
        if address and self._app.nat != 1:
            await self._app.forget_address(address, device["id"])


@implementer(IUpdater)
class DynamicDeviceUpdater:
    """
    Copies some keys of the device info; over a known value only with ``force``.
    """

    def __init__(self, keys: str | Iterable[str], force: bool = False) -> None:
        self._keys = (keys,) if isinstance(keys, str) else tuple(keys)
        self._force = force

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        for key in self._keys:
            if key in dev_info and (self._force or device.get(key) is None):
                device[key] = dev_info[key]


@implementer(IUpdater)
class AddInfoDeviceUpdater:
    """
    Adds what the device lacks, and never overwrites.
    """

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        for key, value in dev_info.items():
            if device.get(key) is None:
                device[key] = value


@implementer(IUpdater)
class PluginAssociatorDeviceUpdater:
    """
    Finds a plugin for a device that has none.
    """

    def __init__(self, pg_mgr: Judges, solver: Any = None) -> None:
        self._plugins = pg_mgr
        self._solver = solver

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        if device.get("plugin") is not None:
            return
        plugin_id = self._plugins.associate(dev_info, self._solver)
        if plugin_id is not None:
            device["plugin"] = plugin_id


@implementer(IUpdater)
class AutocreateConfigDeviceUpdater:
    """
    Makes a config for a device that has none.
    """

    def __init__(self, app: KeptDevices) -> None:
        self._app = app

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        if device.get("config") is not None:
            return
        config_id = await self._app.autocreate_config()
        if config_id is not None:
            device["config"] = config_id


@implementer(IUpdater)
class CompositeDeviceUpdater:
    """
    One after the other.
    """

    def __init__(self, updaters: Iterable[Any]) -> None:
        self.updaters = list(updaters)
        #: Whether all of them are provd's own, which replace the values of a device and change none inside.
        self.is_own = all(type(updater).__module__ == __name__ for updater in self.updaters)

    async def update(
        self, device: Device, dev_info: DeviceInfo, request: Any, request_type: RequestType
    ) -> None:
        for updater in self.updaters:
            await settled(updater.update(device, dev_info, request, request_type))
