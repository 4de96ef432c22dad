"""
Phones' requests, counted as their traces are kept.
"""

from __future__ import annotations

from provd.identification.trace import Trace

from .histogram import Histogram

__all__ = ["LATENCIES", "RequestCounts"]

LATENCIES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""

# There are some dozens; whoever makes up statuses mustn't fill the memory.
_MOST = 2000
_OTHER = ("other", "", "other")


class RequestCounts:
    """
    :ivar requests: by protocol, plugin (empty if none answered) and status.
    :ivar outcomes: of the identification, by protocol: ``known`` (on record), ``new`` (put on record by it),
        ``candidate`` (not yet), ``unserved`` (a phone that isn't put on record, or another tenant's),
        ``unidentified`` (nothing was told).
    :ivar latencies: by protocol; of TFTP until the first packet.
    """

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str | None, int | str | None], int] = {}
        self.outcomes: dict[tuple[str, str], int] = {}
        self.latencies: dict[str, Histogram] = {}

    def add(self, trace: Trace) -> None:
        """
        Count a request, once.
        """
        protocol = trace.protocol
        name = protocol, trace.plugin, trace.status
        if name in self.requests:
            self.requests[name] += 1
        else:
            self._first(name)
        said = protocol, _outcome(trace)
        self.outcomes[said] = self.outcomes.get(said, 0) + 1
        self.latencies[protocol].add(trace.milliseconds / 1000)

    def _first(self, name: tuple[str, str | None, int | str | None]) -> None:
        self.latencies.setdefault(name[0], Histogram(LATENCIES))
        if len(self.requests) >= _MOST:
            name = _OTHER
        self.requests[name] = self.requests.get(name, 0) + 1


def _outcome(trace: Trace) -> str:
    if trace.device_id is not None:
        return "new" if trace.retriever == "add" else "known"
    if trace.candidate:
        return "candidate"
    return "unserved" if trace.device_info.keys() - {"ip"} else "unidentified"
