"""
The end of a tenant: its devices go, and with them what would keep their passwords.
"""

from __future__ import annotations

from contextlib import suppress

from provd.errors import NotFound
from provd.store.interfaces import IStore

from .configchanges import ConfigChanges
from .devicechanges import DeviceChanges
from .parameters import Parameters
from .tenants import Tenants

__all__ = ["TenantEnd"]


class TenantEnd:
    """
    Removes what belonged to a tenant.
    """

    def __init__(
        self,
        store: IStore,
        devices: DeviceChanges,
        configs: ConfigChanges,
        parameters: Parameters,
        tenants: Tenants,
    ) -> None:
        self._store = store
        self._devices = devices
        self._configs = configs
        self._parameters = parameters
        self._tenants = tenants

    async def of(self, tenant: str) -> None:
        """
        Delete the devices of a tenant, their transient configs, each deletable config that only they used,
        and its provisioning key.
        """
        used: dict[str, None] = {}
        for device_id in self._store.devices.find("tenant_uuid", tenant):
            with suppress(NotFound):
                config_id = self._store.devices.get(device_id).get("config")
                await self._devices.forget(device_id)
                if isinstance(config_id, str):
                    used[config_id] = None
        for config_id in used:
            if self._is_unused(config_id):
                with suppress(NotFound):
                    await self._configs.delete(config_id)
        await self._parameters.forget_tenant(tenant)
        self._tenants.take_keys(self._parameters.provisioning_keys)

    def _is_unused(self, config_id: str) -> bool:
        configs = self._store.configs
        if config_id not in configs or configs.get(config_id).get("deletable") is False:
            return False
        return not (
            self._store.devices.find("config", config_id)
            or configs.find("parent_ids", config_id)
            or configs.get(config_id).get("role")
        )
