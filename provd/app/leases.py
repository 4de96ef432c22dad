"""
News of leases, from whichever DHCP server.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from provd.identification.pipeline import Pipeline, Visit
from provd.identification.requests import DHCPRequest, RequestType
from provd.identification.trace import Traces
from provd.waiting import run_unawaited

__all__ = ["Leases"]


class Leases:
    """
    Takes leases through the pipeline, as if the phone had asked.

    :param now: tells the seconds since the epoch.
    """

    _log = Logger()

    def __init__(self, pipeline: Pipeline, traces: Traces, now: Callable[[], float]) -> None:
        self._pipeline = pipeline
        self._traces = traces
        self._now = now

    def take(self, lease: DHCPRequest) -> None:
        """
        Take a lease; it goes on after this returns.
        """
        run_unawaited(self._process(lease))

    async def _process(self, lease: DHCPRequest) -> None:
        trace = self._traces.begin(self._now(), RequestType.DHCP.value, lease["ip"], "", None)
        try:
            await self._pipeline.process(lease, RequestType.DHCP, trace, Visit())
        except Exception:
            self._log.failure("the lease of {ip} could not be processed", ip=lease["ip"])
        self._traces.keep(trace)
