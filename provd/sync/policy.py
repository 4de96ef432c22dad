"""
Whom to notify: a phone by its own registered endpoint first, which goes through its own binding in whatever
NAT there is; else where it can be told that it is registered; else by its address, if no other device has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import get_ident
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.threads import blockingCallFromThread
from zope.interface import implementer

from provd.model.device import Device

from .phone import Phone, phone_of
from .sip import CannotNotify, ISynchronizer, NotRegistered
from .ways import Notify, Way, notify_of

__all__ = ["DevicesOnRecord", "Synchronizer"]

Begin = Callable[..., Deferred[None]]
FindDevices = Callable[[str, str], Iterable[Device]]


class DevicesOnRecord:
    """
    See ``ways.Record``.

    :param by: returns the devices whose ``mac``, ``ip`` or ``remote_state_sip_username`` has a value.
    :param has_line: tells whether the configuration of a device has a line of a user.
    """

    def __init__(self, by: FindDevices, has_line: Callable[[Device, str], bool]) -> None:
        self._by = by
        self._has_line = has_line

    def is_anothers(self, phone: Phone, mac: str) -> bool:
        return any(device["id"] != phone.device_id for device in self._by("mac", mac))

    def is_anothers_endpoint(self, phone: Phone, endpoint: str) -> bool:
        known = self._by("remote_state_sip_username", endpoint)
        return any(device["id"] != phone.device_id for device in known)

    def sharers(self, phone: Phone) -> int:
        if phone.ip is None:
            return 0
        there = [device["id"] for device in self._by("ip", phone.ip)]
        return len(there) - 1 if phone.device_id in there or (there and not phone.device_id) else len(there)

    def has_rivals(self, phone: Phone) -> bool:
        """
        See ``ways.Record``.  A phone that was taken off the network while it had a user, who has another
        phone now, is still on record as it was last seen: who is configured for the user has the right.
        """
        endpoint = phone.endpoint
        if endpoint is None:
            return False
        known = {device["id"]: device for device in self._by("remote_state_sip_username", endpoint)}
        own = known.pop(phone.device_id, None)
        is_entitled = own is not None and self._has_line(own, endpoint)
        return any(self._has_line(other, endpoint) or not is_entitled for other in known.values())


@implementer(ISynchronizer)
class Synchronizer:
    """
    The synchronizer that plugins get.

    :param begin: begins coroutines in the reactor's thread, from any thread.
    """

    TYPE = "AsteriskAMI"

    def __init__(self, way: Way, record: DevicesOnRecord, begin: Begin, reactor: Any) -> None:
        self._way = way
        self._record = record
        self._begin = begin
        self._reactor = reactor
        self._own_thread = get_ident()

    def sip_notify_device(
        self, device: Device, event: str, extra_vars: Sequence[str] | None = None
    ) -> Deferred[None]:
        return self._begin(self._device, phone_of(device), event, extra_vars)

    def sip_notify_by_peer(
        self, peer: str, event: str, extra_vars: Sequence[str] | None = None
    ) -> Deferred[None]:
        return self._begin_or_wait(self._peer, peer, event, extra_vars)

    def sip_notify_by_ip(
        self, ip: str, event: str, extra_vars: Sequence[str] | None = None
    ) -> Deferred[None]:
        return self._begin_or_wait(self._ip, ip, event, extra_vars)

    sip_notify = sip_notify_by_ip

    def _begin_or_wait(self, function: Any, *arguments: Any) -> Deferred[None]:
        if get_ident() == self._own_thread:
            return self._begin(function, *arguments)
        begin: Any = self._begin
        answer: Any = blockingCallFromThread(self._reactor, begin, function, *arguments)
        return answer  # type: ignore[no-any-return]  # None, to a caller of an earlier version

    async def _device(self, phone: Phone, event: str, extra_vars: Sequence[str] | None) -> None:
        notify = notify_of(event, extra_vars)
        missing = ""
        if phone.own_endpoint is not None:
            try:
                await self._way.to_endpoint(phone, notify)
                return
            except NotRegistered as error:
                missing = f"{error}; "
        try:
            if not await self._way.to_contact(phone, notify):
                await self._address(phone, notify)
        except CannotNotify as error:
            raise CannotNotify(f"{missing}{error}") from None

    async def _peer(self, peer: str, event: str, extra_vars: Sequence[str] | None) -> None:
        await self._way.to_peer(peer, notify_of(event, extra_vars))

    async def _ip(self, ip: str, event: str, extra_vars: Sequence[str] | None) -> None:
        await self._address(Phone("", ip=ip), notify_of(event, extra_vars))

    async def _address(self, phone: Phone, notify: Notify) -> None:
        if phone.ip is None:
            raise CannotNotify("neither the SIP endpoint nor the address of the device is known")
        if sharers := self._record.sharers(phone):
            raise CannotNotify(
                f"{phone.ip} is the address of {sharers + 1} devices: another one might be notified"
            )
        await self._way.to_address(phone, phone.ip, notify)
