"""
The application as identification, plugins and site classes see it: a few verbs over devices and configs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from twisted.internet.defer import Deferred

from provd.errors import NotFound
from provd.identification.candidates import IDENTITY, Candidates
from provd.identification.pipeline import Visit
from provd.identification.retrievers import fits
from provd.model.device import Device, DeviceInfo
from provd.pluginhost.manager import PluginManager
from provd.securitylog import SecurityLog
from provd.store.interfaces import IStore, Query

from .anythread import AnyThread
from .configs import Configs
from .devices import Devices
from .phoneurls import PhoneURLs
from .staleness import Staleness
from .tenants import Tenants


class Application:
    """
    What phones' requests may do, and the names that plugins and site classes have always used.

    :param candidates: None where the settings' chain adds no devices.
    :param nat: 1 if all phones are behind NAT.
    """

    def __init__(
        self,
        store: IStore,
        pg_mgr: PluginManager,
        devices: Devices,
        configs: Configs,
        tenants: Tenants,
        urls: PhoneURLs,
        staleness: Staleness,
        candidates: Candidates | None,
        security: SecurityLog,
        nat: int = 0,
    ) -> None:
        self.pg_mgr = pg_mgr
        self._threads = AnyThread(pg_mgr.reactor)
        self.nat = nat
        self._store = store
        self._devices = devices
        self._configs = configs
        self._tenants = tenants
        self._urls = urls
        self._staleness = staleness
        self._candidates = candidates
        self._security = security

    # What retrievers and updaters ask for.

    def devices_by(self, key: str, value: str) -> Iterator[Device]:
        return self._devices.by(key, value)

    async def add_seen(self, dev_info: DeviceInfo) -> Device | None:
        told = self._with_what_was_told(dev_info)
        if not any(dev_info.get(key) for key in IDENTITY):
            # Nothing but a candidate, unless a lease told whose address it is.
            if not told.get("mac") or not (dev_info.get("vendor") or dev_info.get("model")):
                return None
            dev_info = told
        known = self._devices.known(dev_info)
        if known is not None:  # since another request of the phone, or a retriever that waited
            return known
        device = await self._devices.add_seen(told)
        if device is not None:
            self._security.device_created(device.get("ip", "?"), device["id"])
        return device

    async def forget_address(self, address: str, keeper: str) -> None:
        await self._devices.forget_address(address, keeper)

    async def leased_to_others(self, address: str) -> None:
        """
        Take an address, which a DHCP server gave to somebody else, from the devices that had it.
        """
        if self.nat != 1:
            await self._devices.forget_address(address, "")

    async def autocreate_config(self) -> str | None:
        config = await self._configs.autocreate(durable=False)
        return None if config is None else config["id"]

    # What the pipeline asks for.

    async def acquire(self, device_id: str) -> bool:
        return await self._devices.locks.acquire(device_id)

    def release(self, device_id: str) -> None:
        self._devices.locks.release(device_id)

    def get(self, device_id: str) -> Device:
        return self._devices.get(device_id)

    def own_user(self, config_id: str) -> str | None:
        return self._configs.own_user(config_id)

    def candidate(self, dev_info: DeviceInfo) -> DeviceInfo:
        """
        Return what the address of a phone that isn't on record told so far; nothing if it told only itself.

        Behind NAT an address may be many phones': there each request stands for itself.
        """
        if self._candidates is None or "ip" not in dev_info:
            return {}
        told = dev_info if self.nat == 1 else self._candidates.learn(dev_info)
        # Whoever tells a MAC address and isn't put on record is somebody of whom a DHCP server told, and
        # nobody can say what it is: what its address asks for may tell.
        told_only_now = any(dev_info.get(key) for key in IDENTITY)
        return {} if told_only_now or not told.keys() - {"ip", "mac"} else told

    def completed(self, device: Device, dev_info: DeviceInfo) -> DeviceInfo:
        """
        Return what a request told of a device, with what its address told before it was the device's.
        """
        told = self._with_what_was_told(dev_info)
        if self._candidates is not None and "ip" in dev_info:
            self._candidates.forget(dev_info["ip"])
        return told if fits(device, told) else dev_info

    def _with_what_was_told(self, dev_info: DeviceInfo) -> DeviceInfo:
        if self._candidates is None or self.nat == 1:
            return dev_info
        return self._candidates.completed(dev_info)

    def opens(self, device: Device, visit: Visit) -> bool:
        """
        Tell whether the key in the request's URL, if the site uses keys, is good for this device.
        """
        owner = device.get("tenant_uuid")
        return visit.tenant is None or self._tenants.is_new(owner) or owner == visit.tenant

    def visited(self, device_id: str, visit: Visit) -> None:
        """
        Note by which way a device last came.
        """
        self._urls.saw(device_id, visit.url)

    def must_configure(self, device: Device, visit: Visit) -> bool:
        """
        Tell whether the files of a device that didn't change may be stale all the same.
        """
        new_key = visit.tenant is not None and self._tenants.is_new(device.get("tenant_uuid"))
        return self._staleness.is_stale(device) or (
            new_key and self._urls.key_of(device["id"]) != visit.tenant
        )

    async def changed(
        self, device: Device, visit: Visit, hook: Callable[[Device], None], again: bool
    ) -> Device:
        self._urls.came_with_key(device["id"], visit.tenant)
        stored = await self._devices.update(device, hook, durable=False, again=again)
        self._staleness.configured(device["id"])
        return stored

    # What site classes and plugins of this line of servers call, from any thread.

    def dev_find(self, selector: dict[str, Any]) -> Deferred[list[Device]]:
        return self._threads.begin(self._dev_find, selector, 0)

    def dev_find_one(self, selector: dict[str, Any]) -> Deferred[Device | None]:
        found = self._threads.begin(self._dev_find, selector, 1)
        return found.addCallback(lambda devices: devices[0] if devices else None)

    async def _dev_find(self, selector: dict[str, Any], limit: int) -> list[Device]:
        found: list[Device] = self._store.devices.select(Query(selector=selector, limit=limit))
        return found

    def dev_insert(self, device: Device) -> Deferred[str]:
        """
        Put a device on record; fires with its id, which is set in ``device`` too.
        """
        return self._threads.begin(self._dev_insert, device)

    async def _dev_insert(self, device: Device) -> str:
        device["id"] = (await self._devices.insert(device))["id"]
        return str(device["id"])

    def dev_update(self, device: Device) -> Deferred[None]:
        return self._threads.begin(self._dev_update, deepcopy(device))  # theirs to change at any time

    async def _dev_update(self, device: Device) -> None:
        async with self._devices.locks.hold(device["id"]):
            await self._devices.update(device)

    def cfg_retrieve(self, config_id: str) -> Deferred[dict[str, Any] | None]:
        return self._threads.begin(self._cfg_retrieve, config_id)

    async def _cfg_retrieve(self, config_id: str) -> dict[str, Any] | None:
        try:
            config: dict[str, Any] = self._store.configs.get(config_id)
        except NotFound:
            return None
        return config

    def cfg_create_new(self) -> Deferred[str | None]:
        return self._threads.begin(self.autocreate_config)
