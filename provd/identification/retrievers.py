"""
Device info to device: the one on record, or a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from twisted.logger import Logger
from zope.interface import implementer

from provd.errors import ProvdError
from provd.model.device import Device, DeviceInfo
from provd.waiting import settled

from .interfaces import IRetriever

_log = Logger()


class DevicesOnRecord(Protocol):
    """
    The part of the application that retrievers need.
    """

    def devices_by(self, key: str, value: str) -> list[Device]:
        """
        Return the devices whose indexed ``key`` has this value, oldest first.
        """

    async def add_seen(self, dev_info: DeviceInfo) -> Device | None:
        """
        Put a phone that nobody announced on record, unless it must be refused.
        """


@implementer(IRetriever)
class SearchDeviceRetriever:
    """
    The oldest device whose ``key`` is the extracted one.
    """

    def __init__(self, app: DevicesOnRecord, key: str) -> None:
        self._app = app
        self.key = key

    async def retrieve(self, dev_info: DeviceInfo) -> Device | None:
        value = dev_info.get(self.key)
        found = self._app.devices_by(self.key, value) if value else None
        return found[0] if found else None


class MacDeviceRetriever(SearchDeviceRetriever):
    def __init__(self, app: DevicesOnRecord) -> None:
        super().__init__(app, "mac")


class SerialNumberDeviceRetriever(SearchDeviceRetriever):
    def __init__(self, app: DevicesOnRecord) -> None:
        super().__init__(app, "sn")


class UUIDDeviceRetriever(SearchDeviceRetriever):
    def __init__(self, app: DevicesOnRecord) -> None:
        super().__init__(app, "uuid")


@implementer(IRetriever)
class IpDeviceRetriever:
    """
    The one device at the extracted address that contradicts nothing else extracted.

    A device contradicts when its mac, vendor or model is known and differs.
    """

    def __init__(self, app: DevicesOnRecord) -> None:
        self._app = app

    async def retrieve(self, dev_info: DeviceInfo) -> Device | None:
        address = dev_info.get("ip")
        if not address:
            return None
        fitting = [device for device in self._app.devices_by("ip", address) if fits(device, dev_info)]
        if len(fitting) > 1:
            _log.warn(
                "{count} devices share the address {ip}: none is taken for the request's",
                count=len(fitting),
                ip=address,
            )
            return None
        return fitting[0] if fitting else None


def fits(device: Device, dev_info: DeviceInfo) -> bool:
    """
    Tell whether what is known of the device agrees with what was extracted.
    """
    return all(
        not device.get(key) or key not in dev_info or device[key] == dev_info[key]
        for key in ("mac", "vendor", "model")
    )


@implementer(IRetriever)
class AddDeviceRetriever:
    """
    A new device, made of what was extracted.
    """

    def __init__(self, app: DevicesOnRecord) -> None:
        self._app = app

    async def retrieve(self, dev_info: DeviceInfo) -> Device | None:
        try:
            return await self._app.add_seen(dev_info)
        except ProvdError:
            _log.failure("a new device could not be stored")
            return None


@implementer(IRetriever)
class FirstCompositeDeviceRetriever:
    """
    The first answer that isn't None.

    """

    def __init__(self, retrievers: Iterable[Any]) -> None:
        self.retrievers = list(retrievers)

    async def retrieve(self, dev_info: DeviceInfo) -> Device | None:
        return (await self.retrieve_and_tell(dev_info))[0]

    async def retrieve_and_tell(self, dev_info: DeviceInfo) -> tuple[Device | None, str | None]:
        """
        Return the device, and the short name of the retriever that found it.
        """
        for retriever in self.retrievers:
            device = await settled(retriever.retrieve(dev_info))
            if device is not None:
                return device, SHORT_NAMES.get(type(retriever), type(retriever).__name__)
        return None, None


RETRIEVERS = {
    "mac": MacDeviceRetriever,
    "sn": SerialNumberDeviceRetriever,
    "uuid": UUIDDeviceRetriever,
    "ip": IpDeviceRetriever,
    "add": AddDeviceRetriever,
}
"""The short names that settings use."""

SHORT_NAMES: dict[type, str] = {retriever: name for name, retriever in RETRIEVERS.items()}
