"""
The end of a tenant: its devices go, and with them what would keep their passwords.
"""

from __future__ import annotations

from contextlib import suppress

from twisted.internet.defer import DeferredLock
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from provd.errors import NotFound, ProvdError, Refused
from provd.model.codes import TENANT
from provd.store.interfaces import IStore

from .devicechanges import DeviceChanges
from .endedtenants import EndedTenants
from .parameters import Parameters
from .tenants import Tenants
from .unused import is_unused

__all__ = ["TenantEnd"]

_LOOKED_AT_A_TURN = 100


class TenantEnd:
    """
    Removes what belonged to a tenant, one tenant at a time, one device a turn of the reactor.

    :param ended: where it is noted until nothing is left.
    """

    def __init__(
        self,
        store: IStore,
        devices: DeviceChanges,
        parameters: Parameters,
        tenants: Tenants,
        ended: EndedTenants,
        reactor: IReactorTime,
    ) -> None:
        self._store = store
        self._devices = devices
        self._parameters = parameters
        self._tenants = tenants
        self._ended = ended
        self._reactor = reactor
        self._lock = DeferredLock()
        self._is_stopping = False

    def stop(self) -> None:
        """
        Interrupt what is under way before the next device; it is noted for the next start.
        """
        self._is_stopping = True

    async def of(self, tenant: str) -> None:
        """
        Delete the devices of a tenant, their transient configs, each deletable config that only they used or
        that waits for a phone of the tenant, and its provisioning key.

        :raises ProvdError: if something of that can't be; the rest is done, and it may be begun again.
        """
        await self._lock.acquire()
        try:
            await self._end(tenant)
        finally:
            self._lock.release()

    async def _end(self, tenant: str) -> None:
        problem: ProvdError | None = None
        tried: set[str] = set()
        # Again while there are any: until the codes are gone, too, a phone may be given to the tenant.
        while True:
            problem = await self._take(tenant, tried) or problem
            if tried.issuperset(self._store.devices.find("tenant_uuid", tenant)):
                break
        await self._parameters.forget_tenant(tenant)
        self._tenants.take_keys(self._parameters.provisioning_keys)
        if problem is not None:
            raise problem
        await self._ended.done(tenant)

    async def _take(self, tenant: str, tried: set[str]) -> ProvdError | None:
        """
        Delete devices and configs; return what was wrong with a device.

        :param tried: the devices that have been, which grow by those that are now.
        """
        store = self._store
        problem: ProvdError | None = None
        device_ids = [each for each in store.devices.find("tenant_uuid", tenant) if each not in tried]
        tried.update(device_ids)
        await self._ended.add(tenant, await self._configs_of(device_ids))
        for device_id in device_ids:
            await self._turn()
            try:
                with suppress(NotFound):
                    await self._devices.forget(device_id)
            except ProvdError as error:
                problem = error
        for config_id in [*self._ended.configs(tenant), *store.configs.find(TENANT, tenant)]:
            await self._turn()
            if is_unused(store, config_id):
                with suppress(NotFound):
                    await store.configs.delete(config_id)
        return problem

    async def _turn(self) -> None:
        await deferLater(self._reactor, 0)
        if self._is_stopping:
            raise Refused("stopping", "the daemon is being stopped", 503)

    async def _configs_of(self, device_ids: list[str]) -> list[str]:
        found: list[str] = []
        for position, device_id in enumerate(device_ids):
            if position % _LOOKED_AT_A_TURN == 0:
                await self._turn()
            with suppress(NotFound):
                config_id = self._store.devices.get(device_id).get("config")
                if isinstance(config_id, str):
                    found.append(config_id)
        return found
