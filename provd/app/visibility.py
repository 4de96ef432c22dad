"""
Which devices a caller may see.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from provd.errors import NotFound
from provd.model.device import Device
from provd.store.interfaces import LINE_TENANTS, IDocumentStore, Query

from .tenants import Tenants

__all__ = ["Visibility"]


class Visibility:
    """
    A device is its tenant's, and shows itself to that tenant and those above it.

    The ports of an analog gateway may belong to lines of several tenants.  It has one owner all the same, but
    each tenant that ``raw_config.sip_lines.*.X_tenant_uuid`` of its config names may read it.
    """

    def __init__(self, devices: IDocumentStore, configs: IDocumentStore, tenants: Tenants) -> None:
        self._devices = devices
        self._configs = configs
        self._tenants = tenants

    def owner(self, device: Device) -> str | None:
        """
        Return the tenant of a device: one without is the master tenant's.
        """
        return device.get("tenant_uuid") or self._tenants.master

    def read(self, device_id: str, visible: Collection[str]) -> Device:
        """
        Return a device that a caller may read.

        :param visible: the caller's tenants.
        :raises NotFound: if there is none, or none for the caller.
        """
        device = self._devices.get(device_id)
        if self.owner(device) not in visible and not self._is_shared(device, visible):
            raise NotFound("device", device_id)
        return device

    def change(self, device_id: str, visible: Collection[str]) -> Device:
        """
        Return a device that a caller may change; raises like :meth:`read`.
        """
        device = self._devices.get(device_id)
        if self.owner(device) not in visible:
            raise NotFound("device", device_id)
        return device

    def claim(self, device_id: str, tenant: str, visible: Collection[str]) -> str | None:
        """
        Return the tenant that a device has once a caller has written it: a new one becomes the caller's,
        whether they saw it before or not; any other stays where it is.

        :param tenant: the caller's.
        :raises NotFound: if there is none, or none for the caller.
        """
        owner = self.owner(self._devices.get(device_id))
        if self._tenants.is_new(owner):
            return tenant
        if owner not in visible:
            raise NotFound("device", device_id)
        return owner

    def narrowed(self, query: Query, visible: Collection[str]) -> Query:
        """
        Return a query of devices that finds only what a caller may read.
        """
        shared = self._shared(visible)
        among = None
        if self._tenants.master not in visible:  # else there may be some that name no tenant
            own = (self._devices.find("tenant_uuid", tenant) for tenant in visible)
            among = shared.union(*own)
        return replace(
            query,
            where=lambda device: self.owner(device) in visible or device["id"] in shared,
            among=among,
        )

    def _is_shared(self, device: Device, visible: Collection[str]) -> bool:
        config_id = device.get("config")
        return any(config_id in self._configs.find(LINE_TENANTS, tenant) for tenant in visible)

    def _shared(self, visible: Collection[str]) -> frozenset[str]:
        config_ids = {i for tenant in visible for i in self._configs.find(LINE_TENANTS, tenant)}
        return frozenset(i for config_id in config_ids for i in self._devices.find("config", config_id))
