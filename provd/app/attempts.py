"""
Wrong provisioning codes: how long whoever tried one has to wait before the next.

Six digits are guessed in no time by a machine that may try as fast as it can.  So each wrong code is counted,
for the device and for the address that it came from, and beyond a few of them the next has to wait, twice as
long each time, up to a minute or some.  A site shares one address behind NAT, and one bad phone there must
not keep all others from being claimed: while the address has to wait, a phone that hasn't tried a wrong code
itself is let through.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from provd.errors import ProvdError

__all__ = ["Attempts", "TooManyAttempts"]


class TooManyAttempts(ProvdError):
    """
    A code that isn't looked at, as there were too many wrong ones.

    :ivar seconds: after which the next is.
    """

    http_status = 429
    error_id = "too-many-attempts"

    def __init__(self, seconds: float) -> None:
        super().__init__("too many wrong provisioning codes: try again later")
        self.seconds = seconds


@dataclass(slots=True)
class _Count:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class _Counts:
    """
    Wrong codes by source.  A source that has been quiet is forgotten, and beyond ``MOST`` of them the one
    that has been quiet longest.

    :param free: wrong codes that cost nothing.
    :param longest: seconds to wait at most.
    """

    MOST = 10_000
    FORGOTTEN = 3600.0

    def __init__(self, free: int, longest: float) -> None:
        self._free = free
        self._longest = longest
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, source: str) -> bool:
        return source in self._counts

    def wait(self, source: str, now: float) -> float:
        count = self._counts.get(source)
        return max(0.0, count.until - now) if count is not None else 0.0

    def add(self, source: str, now: float) -> None:
        count = self._counts.setdefault(source, _Count())
        self._counts.move_to_end(source)
        count.wrong += 1
        count.last = now
        if count.wrong > self._free:
            # Beyond 2 ** 16 seconds it would be the longest anyway.
            count.until = now + min(2.0 ** min(count.wrong - self._free, 16), self._longest)
        if len(self._counts) > self.MOST:
            self._counts.popitem(last=False)

    def forget_quiet(self, now: float) -> None:
        while self._counts and now - next(iter(self._counts.values())).last > self.FORGOTTEN:
            self._counts.popitem(last=False)


class Attempts:
    """
    Counts wrong codes.

    :param seconds: tells the time.
    """

    FREE, LONGEST = 3, 300.0
    """Of one device: wrong codes without a wait, and the longest wait, in seconds."""

    ADDRESS_FREE, ADDRESS_LONGEST = 10, 60.0
    """The same for one address; the first of the waits is 2 s."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._devices = _Counts(self.FREE, self.LONGEST)
        self._addresses = _Counts(self.ADDRESS_FREE, self.ADDRESS_LONGEST)

    def check(self, address: str | None, device_id: str) -> None:
        """
        Return if a code may be looked at now; one that may not isn't counted.

        :param address: where it comes from, None if that isn't known; of IPv6 the first 64 bits count.
        :raises TooManyAttempts: if there were too many wrong ones.
        """
        now = self._seconds()
        self._devices.forget_quiet(now)
        self._addresses.forget_quiet(now)
        wait = self._devices.wait(device_id, now)
        if address is not None and device_id in self._devices:
            wait = max(wait, self._addresses.wait(_network(address), now))
        if wait > 0:
            raise TooManyAttempts(wait)

    def wrong(self, address: str | None, device_id: str) -> None:
        """
        Count a wrong code.
        """
        now = self._seconds()
        self._devices.add(device_id, now)
        if address is not None:
            self._addresses.add(_network(address), now)


def _network(address: str) -> str:
    """
    Return what stands for an address: who has one of IPv6 has 2 ** 64 of them.  What an older server has put
    on record for one may be anything.
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    except ValueError:
        return address
