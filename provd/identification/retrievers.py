"""
Device info to device: the one on record, or a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
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

    def devices_by(self, key: str, value: str) -> Iterator[Device]:
        """
        Return copies of the devices whose indexed ``key`` has this value, oldest first, each read when it is
        asked for.
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
        return next(self._app.devices_by(self.key, value), None) if value else None


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

    _MOST_TOLD = 1000

    def __init__(self, app: DevicesOnRecord) -> None:
        self._app = app
        self._told: set[str] = set()

    async def retrieve(self, dev_info: DeviceInfo) -> Device | None:
        address = dev_info.get("ip")
        if not address:
            return None
        fitting = (device for device in self._app.devices_by("ip", address) if fits(device, dev_info))
        some = list(islice(fitting, 2))
        if len(some) > 1:
            self._tell(address)
        return some[0] if len(some) == 1 else None

    def _tell(self, address: str) -> None:
        # Behind NAT each request would say it again.
        if address not in self._told:
            if len(self._told) >= self._MOST_TOLD:
                self._told.clear()
            self._told.add(address)
            _log.warn(
                "devices share the address {ip}: a request that tells only that is nobody's",
                ip=address,
                stranger=address,
            )


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
        except ProvdError as error:
            _log.error("a new device could not be stored: {why}", why=str(error), stranger=dev_info.get("ip"))
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


@implementer(IRetriever)
class KnownPhonesRetriever(FirstCompositeDeviceRetriever):
    """
    The same, but a phone of which nobody can say what it is isn't put on record: DHCP servers tell of
    computers, too.
    """

    async def retrieve_and_tell(self, dev_info: DeviceInfo) -> tuple[Device | None, str | None]:
        if dev_info.get("vendor") or dev_info.get("model"):
            return await super().retrieve_and_tell(dev_info)
        on_record = (each for each in self.retrievers if not isinstance(each, AddDeviceRetriever))
        return await FirstCompositeDeviceRetriever(on_record).retrieve_and_tell(dev_info)


RETRIEVERS = {
    "mac": MacDeviceRetriever,
    "sn": SerialNumberDeviceRetriever,
    "uuid": UUIDDeviceRetriever,
    "ip": IpDeviceRetriever,
    "add": AddDeviceRetriever,
}
"""The short names that settings use."""

SHORT_NAMES: dict[type, str] = {retriever: name for name, retriever in RETRIEVERS.items()}
