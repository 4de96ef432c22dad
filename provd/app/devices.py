"""
What may be done with devices, whichever door asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from provd.errors import Conflict, InvalidDocument, NotFound, StoreError
from provd.model.device import Device, DeviceInfo, needs_reconfiguration
from provd.model.sameness import is_same
from provd.store.interfaces import IDocumentStore

from .configs import Configs
from .configuring import Configuring
from .locks import NamedLocks
from .tenants import Tenants
from .underway import UnderWay

Hook = Callable[[Device], None]
Listener = Callable[[str, Device, Device | None], None]


def _nobody(kind: str, device: Device, before: Device | None) -> None:
    """
    Listens to nothing.
    """


class Devices:
    """
    Devices on record.  A change holds the device's lock, so that its file and its document agree.

    :param new_id: makes the id of a device that nobody gave one.
    :ivar listener: called with what has happened to a device once the store has it: ``created``, ``updated``,
        ``configured`` (or not: the device's own key tells) or ``deleted``; with the device; and with what it
        was before, None if it is new.  It must not wait or raise.
    """

    def __init__(
        self,
        store: IDocumentStore,
        configs: Configs,
        configuring: Configuring,
        tenants: Tenants,
        new_id: Callable[[], str],
    ) -> None:
        self.locks = NamedLocks()
        self.listener: Listener = _nobody
        self._store = store
        self._configs = configs
        self._configuring = configuring
        self._tenants = tenants
        self._new_id = new_id
        self._under_way = UnderWay()

    def get(self, device_id: str) -> Device:
        """
        Return a copy of the device.

        :raises NotFound: if no device has that id.
        """
        return self._store.get(device_id)

    def complete(self, device: Device) -> Device:
        """
        Return a device with the keys that older servers may not have stored.
        """
        return {"configured": False, **self._settled(device)}

    def by(self, key: str, value: str) -> Iterator[Device]:
        """
        Return copies of the devices whose indexed ``key`` has this value, oldest first, then those that are
        about to have it.  Each is read when it is asked for, which must be before others have their turn.
        """
        found = self._store.find(key, value)
        if coming := self._under_way.find(key, value):
            found += [device_id for device_id in coming if device_id not in found]
        return map(self._store.get, found)

    def known(self, dev_info: DeviceInfo) -> Device | None:
        """
        Return the oldest device with the MAC address of a device info; where that has none, with its serial
        number or UUID.
        """
        keys = ("mac",) if "mac" in dev_info else ("sn", "uuid")
        found = (device for key in keys if key in dev_info for device in self.by(key, dev_info[key]))
        return next(found, None)

    async def add_seen(self, dev_info: DeviceInfo) -> Device | None:
        """
        Put a phone on record that nobody announced; None while it isn't known whose it would be.
        """
        if self._tenants.master is None:
            return None
        return await self._insert({**dev_info, "added": "auto"}, durable=False)

    async def insert(self, device: Device, durable: bool = True) -> Device:
        """
        Put a device on record, and have its files written if it names a plugin and a config.

        :param device: without an ``id``, it gets one; without a tenant, it is the master tenant's.
        :returns: the device as stored.
        :raises Conflict: if its id is taken.
        :raises InvalidDocument: if it can't be stored as it is.
        """
        new = await self._insert(device, durable)
        async with self.locks.hold(new["id"]):
            return await self.update(self.get(new["id"]), durable=durable, again=True)

    async def _insert(self, device: Device, durable: bool) -> Device:
        new = self._settled({"id": None, **device, "configured": False})
        if new["id"] is not None:
            await self._store.insert(new, durable)
            self.listener("created", new, None)
            return new
        while True:
            device_id = self._new_id()
            if device_id not in self._store:
                new["id"] = device_id
                with suppress(Conflict):  # another one of that id is on its way to the disk
                    await self._store.insert(new, durable)
                    self.listener("created", new, None)
                    return new

    def _settled(self, device: Device) -> Device:
        """
        Return a copy with its tenant, the master tenant if it has none, and with what that makes of it.
        """
        tenant = device.get("tenant_uuid") or self._tenants.master
        known = {} if tenant is None else {"tenant_uuid": tenant}
        return {**device, **known, "is_new": self._tenants.is_new(tenant)}

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
        :raises InvalidDocument: if it isn't JSON-able; its files are as they were.
        :raises StoreError: if it can't be written; its files are as they were.
        """
        old = self._store.get(device["id"])
        new = self._settled({**device, "configured": old.get("configured", False)})
        is_changed = needs_reconfiguration(self._settled(old), new)
        is_rewritten = again or is_changed
        with self._under_way.hold(new):
            if is_changed and old.get("configured"):
                await self._configuring.deconfigure(old)
            if is_rewritten:  # over its own files, if nothing changed: those that hold the same stay
                new["configured"] = await self._configuring.configure(new)
            if hook is not None:
                hook(new)
            if not is_same(new, old):
                await self._store_on_its_way(new, old if is_rewritten else None, durable)
                self.listener("updated", new, old)
            if is_rewritten:
                self.listener("configured", new, old)
        former = old.get("config")
        if former is not None and former != new.get("config"):
            await self._configs.drop_if_unused(former, durable)
        return new

    async def rewrite(self, device_id: str, durable: bool = True) -> None:
        """
        Have the files of a device written anew, and store whether that worked if it is news.

        :raises NotFound: if there is no such device.
        :raises StoreError: if it can't be stored.
        """
        async with self.locks.hold(device_id):
            device = self._store.get(device_id)
            if device.get("configured"):
                await self._configuring.deconfigure(device)
            await self.update(device, durable=durable, again=True)

    async def delete(self, device_id: str) -> None:
        """
        Take a device off the record, and its files and its own transient config with it.

        :raises NotFound: if there is no such device.
        :raises StoreError: if it can't be removed.
        """
        async with self.locks.hold(device_id):
            device = self._store.get(device_id)
            await self._store.delete(device_id)
            self.listener("deleted", device, device)
            if device.get("config") is not None:
                await self._configs.drop_if_unused(device["config"])
            if device.get("configured"):
                await self._configuring.deconfigure(device)

    async def _store_on_its_way(self, new: Device, rewritten: Device | None, durable: bool) -> None:
        """
        Store a device that is under way.

        :param rewritten: whose files were written anew, to put back if the device can't be stored.
        """
        written = dict(new)
        try:
            with self._under_way.writing(new["id"]):
                await self._store.update(written, durable)
        except (StoreError, InvalidDocument):
            if rewritten is not None:
                if new["configured"]:
                    await self._configuring.deconfigure(new)
                if rewritten.get("configured"):
                    await self._configuring.configure(rewritten)
            raise
        if new != written:  # its address was taken while the disk was busy
            await self._store.update(new, durable=False)

    async def forget_address(self, address: str, keeper: str) -> None:
        """
        Remove an address from every device but one.

        Without their locks: two phones that take an address from each other would wait for one another.
        Nothing waits between the read and the write here, a device whose update is under way is changed on
        its way, and one that the disk is busy with is left to its own update.
        """
        self._under_way.take_address(address, keeper)
        for device_id in self._store.find("ip", address):
            if device_id == keeper or self._under_way.is_being_written(device_id):
                continue
            with suppress(NotFound):  # it is being deleted
                device = self._store.get(device_id)
                before = dict(device)
                del device["ip"]
                await self._store.update(device, durable=False)
                self.listener("updated", device, before)
