"""
What may be done with devices, whichever door asks.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from provd.model.device import Device, DeviceInfo, needs_reconfiguration
from provd.store.interfaces import IDocumentStore

from .configs import Configs
from .configuring import Configuring
from .locks import NamedLocks
from .tenants import Tenants

Hook = Callable[[Device], None]


class Devices:
    """
    Devices on record.  A change holds the device's lock, so that its file and its document agree.

    :param new_id: makes the id of a device that nobody gave one.
    """

    _log = Logger()

    def __init__(
        self,
        store: IDocumentStore,
        configs: Configs,
        configuring: Configuring,
        tenants: Tenants,
        new_id: Callable[[], str],
    ) -> None:
        self.locks = NamedLocks()
        self._store = store
        self._configs = configs
        self._configuring = configuring
        self._tenants = tenants
        self._new_id = new_id

    def get(self, device_id: str) -> Device:
        """
        Return a copy of the device.

        :raises NotFound: if no device has that id.
        """
        return self._store.get(device_id)

    def by(self, key: str, value: str) -> list[Device]:
        """
        Return copies of the devices whose indexed ``key`` has this value, oldest first.
        """
        return [self._store.get(device_id) for device_id in self._store.find(key, value)]

    async def add_seen(self, dev_info: DeviceInfo) -> Device | None:
        """
        Put a phone on record that nobody announced; None while it isn't known whose it would be.
        """
        master = self._tenants.master
        if master is None:
            return None
        device: Device = {
            "id": self._free_id(),
            **dev_info,
            "added": "auto",
            "tenant_uuid": master,
            "is_new": True,
            "configured": False,
        }
        await self._store.insert(device, durable=False)
        return device

    def _free_id(self) -> str:
        while (device_id := self._new_id()) in self._store:
            pass
        return device_id

    async def update(
        self, device: Device, hook: Hook | None = None, durable: bool = True, again: bool = False
    ) -> Device:
        """
        Store a changed device, and have its files written again if the change calls for it; when this
        returns, they are.  The caller holds the device's lock.

        :param hook: called with the device once it is configured, before it is stored.
        :param again: have the files written even if the change doesn't call for it.
        :returns: the device as stored.
        :raises NotFound: if the device was deleted meanwhile.
        :raises StoreError: if it can't be stored.
        """
        old = self._store.get(device["id"])
        new = dict(device)
        if again or needs_reconfiguration(old, new):
            if old.get("configured"):
                await self._configuring.deconfigure(old)
            new["configured"] = await self._configuring.configure(new)
        else:
            new["configured"] = old.get("configured", False)
        if hook is not None:
            hook(new)
        new["is_new"] = self._tenants.is_new(new.get("tenant_uuid"))
        if new != old:
            await self._store.update(new, durable)
        former = old.get("config")
        if former is not None and former != new.get("config"):
            await self._configs.drop_if_unused(former, durable)
        return new

    async def forget_address(self, address: str, keeper: str) -> None:
        """
        Remove an address from every device but one.

        Without their locks: two phones that take an address from each other would wait for one another.
        Nothing waits between the read and the write here.
        """
        for device_id in self._store.find("ip", address):
            if device_id != keeper:
                device = self._store.get(device_id)
                del device["ip"]
                await self._store.update(device, durable=False)
