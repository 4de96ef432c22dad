"""
The services that speak to the bus.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from twisted.logger import Logger

from provd.bus.connection import BusConnection, to_broker
from provd.bus.consumer import DeletedTenants
from provd.bus.events import event_of
from provd.bus.publisher import Publisher
from provd.model.device import Device
from provd.settings.model import Settings


class BusServices:
    """
    Those that the settings want.

    :param ended: is awaited with each tenant that was deleted.
    :ivar publishing: what must stop after the listeners, so that nothing they did remains untold; or None.
    """

    _log = Logger()

    def __init__(self, settings: Settings, ended: Callable[[str], Awaitable[None]], reactor: Any) -> None:
        bus = settings.bus
        self._publisher = Publisher(bus.exchange_name, reactor)
        consumer = DeletedTenants(bus.exchange_name, ended)
        self.publishing = to_broker(bus, self._publisher, reactor) if bus.publish else None
        self._consuming = to_broker(bus, consumer, reactor) if settings.bus_enabled else None

    def listening(self) -> list[BusConnection]:
        """
        Return what starts when requests are answered.
        """
        return [] if self._consuming is None else [self._consuming]

    def health(self) -> dict[str, Any]:
        """
        Return what the status document says of the bus.

        Where nobody is to listen, nothing has failed: clients such as the PBX's set-up wait until all of the
        document is ``ok``, which a daemon without a bus would never be.
        """
        status = {"bus_consumer": {"status": _status(self._consuming)}}
        if self.publishing is None:
            return status
        counts = {"waiting": self._publisher.waiting, "dropped": self._publisher.dropped}
        return {**status, "bus_publisher": {"status": _status(self.publishing), **counts}}

    def tell(self, kind: str, device: Device, before: Device | None) -> None:
        """
        Have the bus told what happened to a device; as a listener of :class:`provd.app.devices.Devices`.
        """
        try:
            event = event_of(kind, device, before)
            if event is not None:
                self._publisher.publish(event)
        except Exception:  # a phone's request must not fail for that
            self._log.failure("the bus isn't told of {device}", device=device.get("id"))


def _status(connection: BusConnection | None) -> str:
    return "ok" if connection is None or connection.is_open else "fail"
