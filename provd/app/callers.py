"""
Which device is meant by who asks for a phone to be provisioned: by its id or its address, or by what a call
from the phone tells.  Only a match without doubt is taken: another phone than the one that was meant would
get somebody's account.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass

from provd.errors import NotFound, Refused
from provd.model.device import Device
from provd.store.interfaces import IStore
from provd.sync.phone import has_line

from .configs import Configs
from .tenants import Tenants
from .visibility import Visibility

__all__ = ["Call", "Callers", "Scope"]


@dataclass(frozen=True)
class Scope:
    """
    On whose behalf something is done.

    :ivar visible: the tenants whose devices and codes are theirs; None for all.
    :ivar family: returns a tenant with all those below it.
    """

    visible: Collection[str] | None
    family: Callable[[str], Awaitable[Collection[str]]]

    def includes(self, tenant: str | None) -> bool:
        return self.visible is None or tenant in self.visible


@dataclass(frozen=True)
class Call:
    """
    What a call tells of the phone that it comes from.

    :ivar address: where its SIP comes from: behind NAT, what it shares with its whole site.
    :ivar endpoint: the SIP account with which it has proved who it is.
    :ivar macs: the MAC addresses that it states.
    :ivar nodes: what may be MAC addresses: the ends of UUIDs, which many phones make of theirs.
    """

    address: str | None = None
    endpoint: str | None = None
    macs: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()


class Callers:
    """
    Finds devices.

    :ivar owner: returns the tenant of a device.
    """

    def __init__(self, store: IStore, configs: Configs, tenants: Tenants) -> None:
        self.owner = Visibility(store.devices, store.configs, tenants).owner
        self._store = store
        self._configs = configs
        self._tenants = tenants

    def named(self, device_id: str, scope: Scope) -> Device:
        """
        Return a device that the caller may claim or has.

        :raises NotFound: if there is none.
        """
        device: Device = self._store.devices.get(device_id)
        if not self._counts(device, scope):
            raise NotFound("device", device_id)
        return device

    def at(self, address: str, scope: Scope) -> Device:
        """
        Return the device at an address.

        :raises NotFound: if there is none that the caller may claim or has.
        :raises Refused: if there are several.
        """
        return _only(self._found("ip", [address], scope), address)

    def calling(self, call: Call, scope: Scope) -> Device:
        """
        Return the device that a call comes from.

        The phone's own account counts most, as the phone has proved it.  A MAC address comes next, which
        anybody can state: it is enough for a phone at the address where that device was last seen, and for
        one that nobody has claimed.  The address alone comes last; the account then rules out those that were
        seen with another, but for further lines of theirs, and a stated MAC address those that have another.

        :raises NotFound: if it fits none.
        :raises Refused: if it fits several.
        """
        near = self._found("ip", [call.address] if call.address else [], scope)
        stated = self._found("mac", [*call.macs, *call.nodes], scope)
        own: list[Device] = []
        is_shared = call.endpoint is not None and self._is_shared(call.endpoint)
        if call.endpoint is not None and not is_shared:
            own = self._found("remote_state_sip_username", [call.endpoint], scope)
        if own:
            found = _both(own, stated) if stated else own
            found = (_both(found, near) or found) if len(found) > 1 else found
        elif stated:
            found = [d for d in stated if d.get("ip") == call.address] if call.address else []
            found = found or [device for device in stated if self._is_unclaimed(device)]
        else:
            found = [device for device in near if not call.macs or device.get("mac") in (None, *call.macs)]
            if is_shared:
                found = [device for device in found if self._has_shared_account(device)]
            elif call.endpoint is not None:
                found = [device for device in found if self._may_have(device, call.endpoint)]
        return _only(found, call.address or call.endpoint or "?")

    def _found(self, key: str, values: Iterable[str], scope: Scope) -> list[Device]:
        ids = {device_id: None for value in values for device_id in self._store.devices.find(key, value)}
        return [device for device in map(self._store.devices.get, ids) if self._counts(device, scope)]

    def _counts(self, device: Device, scope: Scope) -> bool:
        owner = self.owner(device)
        return scope.includes(owner) or self._tenants.is_new(owner)

    def _is_shared(self, endpoint: str) -> bool:
        """
        Tell whether an account is that of all unclaimed phones.
        """
        templates = self._store.configs.find("role", "autocreate")
        return any(self._configs.own_user(template) == endpoint for template in templates)

    def _has_shared_account(self, device: Device) -> bool:
        account = device.get("remote_state_sip_username")
        return account is None or self._is_shared(account) or self._is_unclaimed(device)

    def _may_have(self, device: Device, endpoint: str) -> bool:
        account = device.get("remote_state_sip_username")
        if account is None or self._is_shared(account):
            return True
        config_id = device.get("config")
        if config_id is None or config_id not in self._store.configs:
            return False
        return has_line(self._store.configs.get(config_id).get("raw_config"), endpoint)

    def _is_unclaimed(self, device: Device) -> bool:
        config_id = device.get("config")
        if config_id is None or config_id not in self._store.configs:
            return True
        return self._store.configs.get(config_id).get("transient") is True


def _both(some: list[Device], others: list[Device]) -> list[Device]:
    ids = {device["id"] for device in others}
    return [device for device in some if device["id"] in ids]


def _only(devices: list[Device], what: str) -> Device:
    if not devices:
        raise NotFound("device", what)
    if len(devices) > 1:
        raise Refused("several-devices", f"{len(devices)} devices fit: name one by its id", 409)
    return devices[0]
