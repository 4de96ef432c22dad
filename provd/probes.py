"""
Who tries one thing after the other: a phone, however badly set up, asks for the same few things again and
again.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from hashlib import blake2b

from twisted.internet.interfaces import IReactorTime

__all__ = ["Probes", "shape"]

# MAC addresses, serial numbers and versions in names of files: 300 phones of a make ask for one kind of file.
_NUMBERS = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{6,}|[0-9]+", re.ASCII)


def shape(name: str) -> str:
    """
    Return a file's name without what differs from one phone to the next.
    """
    return _NUMBERS.sub("0", name.lower())


class Probes:
    """
    What addresses have tried, for an hour each; the addresses that were not heard of for longest go first.
    """

    LIFETIME = 3600.0
    MOST_ADDRESSES = 1000
    MOST_EACH = 100

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._tried: OrderedDict[str, dict[bytes, float]] = OrderedDict()

    def is_new(self, address: str, what: str) -> bool:
        """
        Tell whether an address hasn't tried this before; it has from now on.

        :param what: may be a secret: only a digest of it is kept.
        """
        now = self._clock.seconds()
        tried = self._tried.setdefault(address, {})
        self._tried.move_to_end(address)
        if len(self._tried) > self.MOST_ADDRESSES:
            self._tried.popitem(last=False)
        digest = blake2b(what.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        last = tried.pop(digest, None)
        if last is None and len(tried) >= self.MOST_EACH:
            del tried[next(iter(tried))]
        tried[digest] = now
        return last is None or now - last > self.LIFETIME
