"""
News of leases, from whichever DHCP server, by whichever door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from provd.identification.pipeline import Pipeline, Visit
from provd.identification.requests import DHCPRequest, RequestType
from provd.identification.trace import Traces
from provd.waiting import run_unawaited

from .locks import NamedLocks
from .turns import Turns

__all__ = ["Leases"]


class Leases:
    """
    Takes leases through the pipeline, as if the phone had asked: one in each iteration of the reactor, as
    phones fetch their files meanwhile, and those of one phone in the order in which they were told.

    :param pipeline: of leases of phones; ``unsure`` of those that may be anybody's.
    :param leased_to_others: called with an address that somebody has who isn't on record.
    :param now: tells the seconds since the epoch.
    """

    _log = Logger()

    def __init__(
        self,
        pipeline: Pipeline,
        unsure: Pipeline,
        leased_to_others: Callable[[str], Awaitable[None]],
        traces: Traces,
        now: Callable[[], float],
        reactor: IReactorTime,
    ) -> None:
        self._pipelines = {True: pipeline, False: unsure}
        self._leased_to_others = leased_to_others
        self._traces = traces
        self._now = now
        self._turns = Turns(reactor)
        self._locks = NamedLocks()
        self._count = 0
        self._waiting: list[Deferred[None]] = []

    def __len__(self) -> int:
        """
        Return how many aren't done yet.
        """
        return self._count

    def take(self, lease: DHCPRequest, is_phone: bool = True) -> None:
        """
        Take a lease; it goes on after this returns.

        :param is_phone: whether it is a phone's for sure.
        """
        self._count += 1
        run_unawaited(self._process_in_turn(lease, self._pipelines[is_phone]))

    def done(self) -> Deferred[None]:
        """
        Fires once there is none that isn't done.
        """
        done: Deferred[None] = Deferred(self._waiting.remove)
        self._waiting.append(done)
        self._tell_if_done()
        return done

    async def _process_in_turn(self, lease: DHCPRequest, pipeline: Pipeline) -> None:
        await self._turns.mine()
        async with self._locks.hold(lease["mac"]):
            await self._process(lease, pipeline)
        self._count -= 1
        self._tell_if_done()

    async def _process(self, lease: DHCPRequest, pipeline: Pipeline) -> None:
        trace = self._traces.begin(self._now(), RequestType.DHCP.value, lease["ip"], "", None)
        try:
            found = await pipeline.process(lease, RequestType.DHCP, trace, Visit())
            if found.device is None:
                await self._leased_to_others(lease["ip"])
        except Exception:
            self._log.failure("the lease of {ip} could not be processed", ip=lease["ip"])
        self._traces.keep(trace)

    def _tell_if_done(self) -> None:
        while self._waiting and not self._count:
            self._waiting.pop().callback(None)
