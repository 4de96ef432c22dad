"""
Addresses that told something of a phone, but not yet which one: kept in memory until a request brings a MAC
address, serial number or UUID, so that a phone which asks for common files first leaves no junk device.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from provd.model.device import DeviceInfo

from .deviceinfo import tells_nothing

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
        self._told: OrderedDict[str, tuple[float, DeviceInfo]] = OrderedDict()

    def __len__(self) -> int:
        self._forget_old()
        return len(self._told)

    def learn(self, dev_info: DeviceInfo) -> DeviceInfo:
        """
        Add what a request told, which has an ``ip``, and return all that its address told; what is new wins.

        A request that contradicts what was known, as when another phone got the address, starts afresh.  One
        that tells nothing changes nothing.
        """
        address = dev_info["ip"]
        known = self._known(address)
        if tells_nothing(dev_info):
            return {**known, **dev_info}
        told = {**known, **dev_info} if agree(known, dev_info) else dict(dev_info)
        self._told[address] = (self._now(), told)
        self._told.move_to_end(address)
        while len(self._told) > self.MOST:
            self._told.popitem(last=False)
        return dict(told)

    def completed(self, dev_info: DeviceInfo) -> DeviceInfo:
        """
        Return the device info with what its address told before, unless they contradict each other.
        """
        known = self._known(dev_info.get("ip"))
        return {**known, **dev_info} if agree(known, dev_info) else dict(dev_info)

    def forget(self, address: str) -> None:
        """
        Forget an address, as it belongs to a device now.
        """
        self._told.pop(address, None)

    def _known(self, address: str | None) -> DeviceInfo:
        self._forget_old()
        return {} if address is None or address not in self._told else self._told[address][1]

    def _forget_old(self) -> None:
        while self._told:
            address, (when, _) = next(iter(self._told.items()))
            if when + self.LIFETIME > self._now():
                return
            del self._told[address]


def agree(known: DeviceInfo, dev_info: DeviceInfo) -> bool:
    """
    Tell whether both can be of one phone.
    """
    return all(known[key] == dev_info[key] for key in ("vendor", "model") if key in known and key in dev_info)
