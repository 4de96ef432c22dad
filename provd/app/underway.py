"""
Devices whose update waits for a plugin or the disk: what they will be is known already, so that another
request can find them by it, or take their address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provd.model.device import Device

_KEYS = ("mac", "sn", "uuid", "ip")


class UnderWay:
    """
    The documents that are on their way to the store, one for each device at most.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, Device]] = {}
        self._being_written: set[str] = set()

    def __len__(self) -> int:
        return len({device_id for devices in self._found.values() for device_id in devices})

    @contextmanager
    def hold(self, device: Device) -> Iterator[None]:
        """
        Have the document count as under way for a block; its address may be gone at the end.
        """
        device_id = device["id"]
        places = [(key, device[key]) for key in _KEYS if isinstance(device.get(key), str)]
        for place in places:
            self._found.setdefault(place, {})[device_id] = device
        try:
            yield
        finally:
            for place in places:
                devices = self._found[place]
                del devices[device_id]
                if not devices:
                    del self._found[place]

    @contextmanager
    def writing(self, device_id: str) -> Iterator[None]:
        """
        Have the document count as being written for a block: whoever wrote it now would undo that.
        """
        self._being_written.add(device_id)
        try:
            yield
        finally:
            self._being_written.discard(device_id)

    def is_being_written(self, device_id: str) -> bool:
        return device_id in self._being_written

    def find(self, key: str, value: str) -> list[str]:
        """
        Return the ids of the documents that have this value, and so will be found in the store.

        :param key: any; but only what identifies a device is found.
        """
        devices = self._found.get((key, value))
        return [i for i, device in devices.items() if device.get(key) == value] if devices else []

    def take_address(self, address: str, keeper: str) -> None:
        """
        Remove the address from every document but that of the device ``keeper``.
        """
        for device_id in self.find("ip", address):
            if device_id != keeper:
                del self._found["ip", address][device_id]["ip"]
