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

_Name = tuple[str, str | None, int | str | None, str | None]
# Retrievers have other names, but for the one that puts phones on record.
_OUTCOMES = {"add": "new", **{name: name for name in ("candidate", "unserved", "unidentified")}}


class RequestCounts:
    """
    :ivar latencies: by protocol; of TFTP until the first packet.
    """

    def __init__(self) -> None:
        self.latencies: dict[str, Histogram] = {}
        # By protocol, plugin, status and what was found: one count for each request, taken apart later.
        self._counts: dict[_Name, int] = {}

    def add(self, trace: Trace) -> None:
        """
        Count a request, once.
        """
        protocol = trace.protocol
        found = trace.retriever if trace.device_id is not None else _without_device(trace)
        name = protocol, trace.plugin, trace.status, found
        try:
            self._counts[name] += 1
        except KeyError:
            self._first(name)
        self.latencies[protocol].add(trace.milliseconds / 1000)

    @property
    def requests(self) -> dict[tuple[str, str | None, int | str | None], int]:
        """
        By protocol, plugin (None if none answered) and status.
        """
        summed: dict[tuple[str, str | None, int | str | None], int] = {}
        for (protocol, plugin, status, _), count in self._counts.items():
            key = protocol, plugin, status
            summed[key] = summed.get(key, 0) + count
        return summed

    @property
    def outcomes(self) -> dict[tuple[str, str], int]:
        """
        Of the identification, by protocol: ``known`` (on record), ``new`` (put on record by it),
        ``candidate`` (not yet), ``unserved`` (a phone that isn't put on record, or another tenant's),
        ``unidentified`` (nothing was told).
        """
        summed: dict[tuple[str, str], int] = {}
        for (protocol, _, _, found), count in self._counts.items():
            key = protocol, _OUTCOMES.get(found or "", "known")
            summed[key] = summed.get(key, 0) + count
        return summed

    def _first(self, name: _Name) -> None:
        self.latencies.setdefault(name[0], Histogram(LATENCIES))
        if len(self._counts) >= _MOST:
            name = (*_OTHER, name[3])
        self._counts[name] = self._counts.get(name, 0) + 1


def _without_device(trace: Trace) -> str:
    if trace.candidate:
        return "candidate"
    return "unserved" if trace.device_info.keys() - {"ip"} else "unidentified"
