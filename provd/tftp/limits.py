"""
How much the server does for one address, and for all of them together.

A datagram's source can be forged, so an address is *unproven* until it acknowledges something; until
then it is sent very little, or the server would flood whoever the forger names.
"""

from __future__ import annotations

import resource
from collections import OrderedDict, deque
from dataclasses import dataclass, field

#: Bytes that an unproven address is sent in any ``UNPROVEN_SECONDS``, whatever it asks ...
UNPROVEN_BYTES = 2048
UNPROVEN_SECONDS = 10.0
#: The largest packet that is sent before an acknowledgement: a block of 512 bytes.
FIRST_PACKET = 516
#: ... two first packets and one repetition, the rest for refusals.
_DATA_BYTES = 3 * FIRST_PACKET
_START_BYTES = 2 * FIRST_PACKET
_REFUSAL_BYTES = UNPROVEN_BYTES - _DATA_BYTES

#: Bytes that all unproven addresses together are sent in a second, first packets and refusals: what an
#: address was sent is forgotten when more than ``MAX_SOURCES`` others ask after it.
ALL_DATA_BYTES = 2_000_000
ALL_REFUSAL_BYTES = 200_000

_PROVEN_SECONDS = 60.0
_REFUSALS_PER_SECOND = 250
#: Addresses without a request under way that are kept in mind: so many proven ones, and so many others.
MAX_SOURCES = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What the settings and the process allow.

    :param per_address: requests of one address under way, those that wait for its proof included.
    :param descriptors: sockets and files of all transfers together.
    :param waiting: requests of all addresses that wait for a proof or for a plugin.
    """

    per_address: int = 250
    descriptors: int = 512
    waiting: int = 4096

    def descriptors_for(self, proven: bool) -> int:
        """
        Return how many of all descriptors may be in use for one more to be taken: strangers, whose addresses
        may all be forged, leave a quarter to phones that have been heard of.
        """
        return self.descriptors if proven else max(1, self.descriptors * 3 // 4)


def descriptor_room(open_files: int | None = None) -> int:
    """
    Return how many descriptors transfers may hold, leaving the rest to HTTP, the store and the log.

    :param open_files: the process's limit; by default the one in force (``RLIMIT_NOFILE``).
    """
    if open_files is None:
        open_files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if open_files == resource.RLIM_INFINITY:
            open_files = 65536
    return max(16, min(open_files - max(256, open_files // 4), 16384))


class Rate:
    """
    Allows something ``count`` times in each period of ``seconds``.
    """

    __slots__ = ("_count", "_left", "_seconds", "_until")

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._left = count
        self._until = 0.0

    def allows(self, now: float, times: int = 1) -> bool:
        """
        Tell whether it may happen once more, or so many times, and count it if so.
        """
        if now >= self._until:
            self._until = now + self._seconds
            self._left = self._count
        if times > self._left:
            return False
        self._left -= times
        return True


class Spending:
    """
    Bytes sent in the last ``UNPROVEN_SECONDS``.
    """

    __slots__ = ("_sent", "_total")

    def __init__(self) -> None:
        self._sent: deque[tuple[float, int]] = deque()
        self._total = 0

    def spend(self, size: int, now: float, ceiling: int, of_all: Rate) -> bool:
        """
        Count bytes about to be sent, or return False if that would make more than ``ceiling``.

        :param of_all: what all addresses may be sent, where they count too.
        """
        if self.total(now) + size > ceiling or not of_all.allows(now, size):
            return False
        self._sent.append((now, size))
        self._total += size
        return True

    def total(self, now: float) -> int:
        """
        Return the sum.
        """
        while self._sent and self._sent[0][0] <= now - UNPROVEN_SECONDS:
            self._total -= self._sent.popleft()[1]
        return self._total


class Strangers:
    """
    Bytes sent to all unproven addresses.
    """

    __slots__ = ("data", "refusals")

    def __init__(self) -> None:
        self.data = Rate(ALL_DATA_BYTES, 1.0)
        self.refusals = Rate(ALL_REFUSAL_BYTES, 1.0)


@dataclass(slots=True)
class Source:
    """
    What is known of one address.

    :param strangers: what it shares with all others until it is proven.
    :ivar requests: those under way, in whatever state.
    :ivar reserved: bytes of first packets that plugins are still being asked for.
    :ivar acknowledging: transfers under way that have been acknowledged.
    """

    strangers: Strangers = field(default_factory=Strangers)
    requests: int = 0
    reserved: int = 0
    acknowledging: int = 0
    _proven_until: float = 0.0
    _data: Spending = field(default_factory=Spending)
    _refusals: Spending = field(default_factory=Spending)
    _refusal_rate: Rate = field(default_factory=lambda: Rate(_REFUSALS_PER_SECOND, 1.0))

    def prove(self, now: float) -> None:
        """
        Take note that an acknowledgement came from there.
        """
        self._proven_until = now + _PROVEN_SECONDS

    def proven(self, now: float) -> bool:
        """
        Tell whether something came back from there lately.
        """
        return self.acknowledging > 0 or now < self._proven_until

    def may_start(self, now: float) -> bool:
        """
        Tell whether one more request may be looked at; if not now, a proof may change that.
        """
        return self.proven(now) or self._data.total(now) + self.reserved + FIRST_PACKET <= _START_BYTES

    def spend(self, size: int, now: float) -> bool:
        """
        Count a first packet that is about to be sent, or return False if it must not be.
        """
        return self.proven(now) or self._data.spend(size, now, _DATA_BYTES, self.strangers.data)

    def spend_refusal(self, size: int, now: float, asked: int = 0) -> bool:
        """
        The same for an error packet; nobody is sent a torrent of them.

        :param asked: the length of the request, if it was answered on its merits.  A forger gains nothing
            by a refusal that is no longer, and a phone tries many names: such a one isn't counted in bytes.
        """
        if not self._refusal_rate.allows(now):
            return False
        if size <= asked or self.proven(now):
            return True
        return self._refusals.spend(size, now, _REFUSAL_BYTES, self.strangers.refusals)

    def idle(self, now: float) -> bool:
        """
        Tell whether forgetting this address changes nothing.
        """
        return not (self.requests or self.proven(now) or self._data.total(now) or self._refusals.total(now))


class Sources:
    """
    The addresses that are of interest now; a bounded number.

    Those with requests under way are bounded as requests are.  Of the others, the ones that were heard of
    least lately are forgotten to make room; strangers, however many, never push out proven addresses.
    """

    def __init__(self) -> None:
        self._strangers = Strangers()
        self._busy: dict[str, Source] = {}
        self._proven: OrderedDict[str, Source] = OrderedDict()
        self._unproven: OrderedDict[str, Source] = OrderedDict()

    def __len__(self) -> int:
        return len(self._busy) + len(self._proven) + len(self._unproven)

    def at(self, address: str) -> Source:
        """
        Return what is known of the address.
        """
        source = self._busy.get(address) or self._proven.get(address)
        if source is None:
            source = self._unproven.pop(address, None) or Source(self._strangers)
            self._keep(self._unproven, address, source)
        return source

    def begin(self, address: str) -> Source:
        """
        Count one more request of the address.
        """
        source = self.at(address)
        if not source.requests:
            self._proven.pop(address, None)
            self._unproven.pop(address, None)
            self._busy[address] = source
        source.requests += 1
        return source

    def end(self, address: str, now: float) -> None:
        """
        Count one less.
        """
        source = self._busy[address]
        source.requests -= 1
        if not source.requests:
            del self._busy[address]
            self._keep(self._proven if source.proven(now) else self._unproven, address, source)

    def forget_idle(self, now: float) -> None:
        """
        Make room; to be called every second or so.
        """
        for sources in (self._proven, self._unproven):
            for address in [address for address, source in sources.items() if source.idle(now)]:
                del sources[address]

    def _keep(self, sources: OrderedDict[str, Source], address: str, source: Source) -> None:
        if len(sources) >= MAX_SOURCES:
            sources.popitem(last=False)
        sources[address] = source
