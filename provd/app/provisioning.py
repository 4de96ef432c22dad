"""
A phone becomes a user's by the code that they dial, or goes back to the pool, whichever door asks.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.errors import NotFound, Refused
from provd.logs import Secret
from provd.model.codes import CODE, RESET, TENANT, tenant_of
from provd.model.configs import Config
from provd.model.device import Device
from provd.model.operation import OIP_SUCCESS, OperationInProgress
from provd.store.interfaces import IStore
from provd.sync.phone import phone_of

from .attempts import Attempts
from .callers import Callers, Scope
from .codes import Codes, UnknownCode
from .configs import Configs
from .devices import Devices
from .locks import NamedLocks
from .staleness import Staleness
from .synchronizing import Synchronizing
from .tenants import Tenants
from .unused import is_unused

__all__ = ["Provisioned", "Provisioning"]


@dataclass(frozen=True)
class Provisioned:
    """
    What was done to a device.

    :ivar synchronized: whether its phone was asked in time to fetch its files.
    :ivar released: the devices that had the config before, and are back in the pool; of the caller's tenants.
    """

    device_id: str
    config_id: str
    tenant_uuid: str | None
    configured: bool
    synchronized: bool
    released: tuple[str, ...] = ()


class Provisioning:
    """
    Gives devices the configs that codes stand for.

    A code stands for one user's line, so its config is on one phone at a time: dialed on a second one, the
    line moves there, and the first goes back to the pool.  A user who was given a new phone needs nobody's
    help, and no account is left on a phone that was put into a cupboard.  Phones that share a config on
    purpose are given it by an administrator, not by a code.

    :param callers: finds the devices that :meth:`provision` is given.
    :param reactor: for the wait.
    """

    LONGEST = 4.0
    """Seconds that an answer waits for the phone to be asked; it is still asked after that."""

    _log = Logger()

    def __init__(
        self,
        store: IStore,
        devices: Devices,
        configs: Configs,
        callers: Callers,
        tenants: Tenants,
        staleness: Staleness,
        synchronizing: Synchronizing,
        reactor: Any,
    ) -> None:
        self.callers = callers
        self._codes = Codes(store.configs)
        self._store = store
        self._devices = devices
        self._configs = configs
        self._tenants = tenants
        self._staleness = staleness
        self._synchronizing = synchronizing
        self._attempts = Attempts(reactor.seconds)
        self._reactor = reactor
        self._claims = NamedLocks()

    async def provision(
        self, device: Device, code: Secret, scope: Scope, address: str | None = None
    ) -> Provisioned:
        """
        Give a device the config of a code, or take it back to the pool; have its files written, and its phone
        asked to fetch them.

        :param device: as ``callers`` found it.
        :param address: where the code comes from; the device's own if that isn't known.
        :raises UnknownCode: if no config that the caller may use has that code.
        :raises NotFound: if the device is gone, or can't be given this config by this caller.
        :raises TooManyAttempts: if too many wrong codes came from there.
        :raises Refused: if several configs have the code, or there is no config for phones in the pool.
        """
        if code.reveal() == RESET:
            return await self._reset(device["id"], scope)
        config = self._config_of(device, code, scope, address or phone_of(device).ip)
        tenant = tenant_of(config)
        family = await scope.family(tenant) if tenant is not None and not self._is_new(device) else ()
        async with self._claims.hold(config["id"]):
            now = self._codes.config_of(code)
            if now is None or (now["id"], now.get(TENANT)) != (config["id"], config.get(TENANT)):
                raise UnknownCode  # since it was changed
            stored = await self._give(device["id"], config, tenant, family, scope)
            released = await self._release(config["id"], device["id"], scope)
        self._log.info(
            "{device} of the tenant {tenant} has the config {config}, by its code",
            device=stored["id"],
            tenant=stored.get("tenant_uuid"),
            config=config["id"],
        )
        return await self._done(stored, released)

    def _config_of(self, device: Device, code: Secret, scope: Scope, address: str | None) -> Config:
        # Nothing waits between the check and the count, so that nobody gets in between.
        self._attempts.check(address, device["id"])
        config = self._codes.config_of(code)
        if config is None or not _is_for(config, scope):
            self._attempts.wrong(address, device["id"])
            self._log.warn(
                "{device} at {address} isn't provisioned: a wrong code",
                device=device["id"],
                address=address,
                stranger=address or device["id"],
            )
            raise UnknownCode
        return config

    def _is_new(self, device: Device) -> bool:
        return self._tenants.is_new(self.callers.owner(device))

    def _tenant(
        self, device: Device, wanted: str | None, family: Collection[str], scope: Scope
    ) -> str | None:
        """
        Return the tenant of a device once it has a config.

        :param wanted: the config's.
        :param family: that one and those below it.
        :raises NotFound: if the caller can't give it that config.
        """
        owner = self.callers.owner(device)
        if wanted is not None and self._tenants.is_new(owner):
            return wanted
        if not scope.includes(owner) or not (wanted is None or owner == wanted or owner in family):
            raise NotFound("device", device["id"])
        return owner

    async def _give(
        self, device_id: str, config: Config, tenant: str | None, family: Collection[str], scope: Scope
    ) -> Device:
        async with self._devices.locks.hold(device_id):
            device = self._devices.get(device_id)
            device["tenant_uuid"] = self._tenant(device, tenant, family, scope)
            device["config"] = config["id"]
            stored = await self._devices.update(device, again=True)
        self._staleness.configured(device_id)
        return stored

    async def _release(self, config_id: str, keeper: str, scope: Scope) -> tuple[str, ...]:
        """
        Take all other devices of a config back to the pool; return those that the caller may know of.
        """
        released = []
        for device_id in self._store.devices.find("config", config_id):
            if device_id != keeper:
                try:
                    stored = await self._to_pool(device_id, only_from=config_id)
                except NotFound:
                    continue  # it was deleted meanwhile
                if stored is not None:
                    self._log.info("{device} is back in the pool", device=device_id)
                    self._ask(stored)
                    if scope.includes(self.callers.owner(stored)):
                        released.append(device_id)
        return tuple(released)

    async def _reset(self, device_id: str, scope: Scope) -> Provisioned:
        if not scope.includes(self.callers.owner(self._devices.get(device_id))):
            raise NotFound("device", device_id)
        former = self._devices.get(device_id).get("config")
        stored = await self._to_pool(device_id)
        if stored is None:
            raise Refused("no-autocreate-config", "no config has the role autocreate and a line 1", 409)
        if former == device_id:
            await self._drop_own(device_id)
        self._log.info("{device} is back in the pool", device=device_id)
        return await self._done(stored)

    async def _to_pool(self, device_id: str, only_from: str | None = None) -> Device | None:
        """
        Give a device a config as new phones have it; without one, as no config is made for that, none at all.

        :param only_from: the config that it must have still.
        :returns: the device as stored; None if there is nothing to do, or no way.
        """
        config = await self._configs.autocreate()
        new_config = None if config is None else config["id"]
        if new_config is None and only_from is None:
            return None
        try:
            async with self._devices.locks.hold(device_id):
                device = self._devices.get(device_id)
                if only_from is not None and device.get("config") != only_from:
                    return None
                device.pop("options", None)
                device.pop("config", None)
                if new_config is not None:
                    device["config"] = new_config
                stored = await self._devices.update(device, again=True)
            self._staleness.configured(device_id)
            return stored
        finally:
            if new_config is not None:
                await self._configs.drop_if_unused(new_config)

    async def _drop_own(self, device_id: str) -> None:
        """
        Delete the config that was made for a device alone, as services of the PBX do under the device's
        id.  One with a code is a user's, who may dial it again.
        """
        if is_unused(self._store, device_id) and self._store.configs.get(device_id).get(CODE) is None:
            with suppress(NotFound):  # somebody else was faster
                await self._store.configs.delete(device_id)

    async def _done(self, stored: Device, released: tuple[str, ...] = ()) -> Provisioned:
        return Provisioned(
            device_id=stored["id"],
            config_id=stored["config"],
            tenant_uuid=stored.get("tenant_uuid"),
            configured=stored["configured"],
            synchronized=await self._synchronized(stored),
            released=released,
        )

    def _ask(self, device: Device) -> Deferred[OperationInProgress] | None:
        if not device["configured"]:
            return None
        ended: Deferred[OperationInProgress] = Deferred()
        self._synchronizing.start(device, ended.callback)
        return ended

    async def _synchronized(self, device: Device) -> bool:
        ended = self._ask(device)
        if ended is None:
            return False
        ended.addErrback(lambda failure: None)
        operation = await ended.addTimeout(self.LONGEST, self._reactor)
        return operation is not None and operation.state == OIP_SUCCESS


def _is_for(config: Config, scope: Scope) -> bool:
    try:
        tenant = tenant_of(config)
    except ValueError:
        return False
    return tenant is None or scope.includes(tenant)
