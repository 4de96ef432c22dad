"""
Addresses that told something of a phone, but not yet which one: kept in memory until a request brings a MAC
address, serial number or UUID, so that a phone which asks for common files first leaves no junk device.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from provd.model.device import DeviceInfo

IDENTITY = ("mac", "sn", "uuid")


class Candidates:
    """
    What addresses told, for ten minutes after they last did; the oldest go first.

    :param now: seconds, rising.
    """

    LIFETIME = 600.0
    MOST = 10_000

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[float, DeviceInfo]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, address: str) -> DeviceInfo:
        """
        Return what the address told so far, nothing included.
        """
        entry = self._known.get(address)
        if entry is None:
            return {}
        if entry[0] + self.LIFETIME <= self._now():
            del self._known[address]
            return {}
        return dict(entry[1])

    def learn(self, dev_info: DeviceInfo) -> DeviceInfo:
        """
        Add what a request told, and return all that its address told; what is new wins.

        A request that contradicts what was known, as when another phone got the address, starts afresh.
        """
        address = dev_info["ip"]
        known = self.get(address)
        merged = {**known, **dev_info} if agree(known, dev_info) else dict(dev_info)
        if any(key != "ip" for key in merged):
            self._known[address] = (self._now(), merged)
            self._known.move_to_end(address)
            while len(self._known) > self.MOST:
                self._known.popitem(last=False)
        return merged

    def take(self, dev_info: DeviceInfo) -> DeviceInfo:
        """
        Return the device info completed by what its address told, which is forgotten.
        """
        address = dev_info.get("ip")
        known = self.get(address) if address else {}
        if address is not None:
            self._known.pop(address, None)
        return {**known, **dev_info} if agree(known, dev_info) else dev_info


def agree(known: DeviceInfo, dev_info: DeviceInfo) -> bool:
    """
    Tell whether both can be of one phone.
    """
    return all(known[key] == dev_info[key] for key in ("vendor", "model") if key in known and key in dev_info)
