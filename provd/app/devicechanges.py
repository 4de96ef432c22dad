"""
What administrators may do with devices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from provd.model.device import Device
from provd.model.devicecheck import normalized_device
from provd.store.interfaces import IDocumentStore, ISelection, Query

from .devices import Devices
from .phoneurls import PhoneURLs
from .staleness import Staleness
from .syncshown import SyncShown, shown
from .syncstates import SyncStates
from .visibility import Visibility

__all__ = ["DeviceChanges"]


class DeviceChanges:
    """
    Devices read and written on behalf of a caller.  A change returns once the device's files are right.

    In all of its methods, ``visible`` are the tenants of the caller: the effective one and those below it.  A
    device that they don't include is not found.
    """

    def __init__(
        self,
        store: IDocumentStore,
        devices: Devices,
        visibility: Visibility,
        urls: PhoneURLs,
        staleness: Staleness,
        sync_states: SyncStates,
    ) -> None:
        self._store = store
        self._devices = devices
        self._visibility = visibility
        self._urls = urls
        self._staleness = staleness
        self._sync_states = sync_states

    def get(self, device_id: str, visible: Collection[str]) -> Device:
        """
        Return a device that the caller may read, with its state of synchronization.

        :raises NotFound: if there is none.
        """
        device = self._devices.complete(self._visibility.read(device_id, visible))
        return shown(device, self._sync_states)

    def list(self, query: Query, visible: Collection[str]) -> ISelection:
        """
        Return the devices that a query finds among those that the caller may read, piece by piece; its
        selector knows nothing of their state of synchronization, which is shown with them.

        :raises InvalidQuery: if its selector is malformed.
        """
        found = self._store.iter_select(self._visibility.narrowed(query, visible))
        return SyncShown(found, query.fields, self._sync_states)

    def exists(self, device_id: str) -> bool:
        """
        Tell whether there is such a device, for whomever.
        """
        return device_id in self._store

    def changeable(self, device_id: str, visible: Collection[str]) -> Device:
        """
        Return a device that the caller may change, or have synchronized.

        :raises NotFound: if there is none.
        """
        return self._devices.complete(self._visibility.change(device_id, visible))

    def claimable(self, device_id: str, tenant: str, visible: Collection[str]) -> None:
        """
        Return if the caller may write a device, a new one as its new owner.

        :raises NotFound: if there is none.
        """
        self._visibility.claim(device_id, tenant, visible)

    async def create(self, document: Mapping[str, Any], tenant: str) -> str:
        """
        Put a device of the caller's tenant on record; return its id.

        :raises InvalidDocument: if it can't be one.
        :raises Conflict: if its id is taken.
        """
        device = await self._devices.insert({**normalized_device(document), "tenant_uuid": tenant})
        return str(device["id"])

    async def update(
        self, device_id: str, document: Mapping[str, Any], tenant: str, visible: Collection[str]
    ) -> None:
        """
        Replace a device; a new one becomes the caller's.

        :raises NotFound: if there is none for the caller.
        :raises InvalidDocument: if it can't be one.
        """
        self._visibility.claim(device_id, tenant, visible)
        device = normalized_device({**document, "id": device_id})
        async with self._devices.locks.hold(device_id):
            device["tenant_uuid"] = self._visibility.claim(device_id, tenant, visible)
            await self._devices.update(device)
        self._staleness.configured(device_id)

    async def delete(self, device_id: str, visible: Collection[str]) -> None:
        """
        Take a device off the record, its files with it.

        :raises NotFound: if there is none for the caller.
        """
        self._visibility.change(device_id, visible)
        await self.forget(device_id)

    async def forget(self, device_id: str) -> None:
        """
        Do the same on the daemon's own account.
        """
        await self._devices.delete(device_id)
        self._urls.forget(device_id)
        self._sync_states.forget(device_id)
        self._staleness.configured(device_id)

    async def reconfigure(self, device_id: str, visible: Collection[str]) -> None:
        """
        Have the files of a device written anew, if its plugin can.

        :raises NotFound: if there is none for the caller.
        """
        self._visibility.change(device_id, visible)
        await self._devices.rewrite(device_id)
        self._staleness.configured(device_id)
