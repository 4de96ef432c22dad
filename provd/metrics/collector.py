"""
The numbers of a daemon as Prometheus' metrics, read when somebody asks.

Names are listed in ``etc/prometheus/README.rst``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from provd import __version__

from .histogram import Histogram
from .requests import RequestCounts

__all__ = ["CONTENT_TYPE", "Numbers", "exposition"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "accent_provd"


class Numbers(NamedTuple):
    """
    Where the numbers are.

    :ivar transfers: TFTP transfers that have ended, by outcome (``completed``, ``failed``).
    :ivar retransmissions: TFTP packets that were sent again.
    :ivar under_way: TFTP transfers now.
    :ivar connections: of phones over HTTP now.
    :ivar devices: devices by state.
    :ivar operations: operations that callers of the API follow, by state.
    :ivar waiting: documents that aren't on disk yet.
    :ivar health: the members of the status document.
    """

    requests: RequestCounts
    lag: Histogram
    transfers: Callable[[], Mapping[str, int]]
    retransmissions: Callable[[], int]
    under_way: Callable[[], int]
    connections: Callable[[], int]
    devices: Callable[[], Mapping[str, int]]
    configs: Callable[[], int]
    operations: Callable[[], Mapping[str, int]]
    waiting: Callable[[], int]
    health: Callable[[], Mapping[str, Any]]


def exposition(numbers: Numbers) -> bytes:
    """
    Return the text that Prometheus reads (its exposition format, version 0.0.4).
    """
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Collector(numbers))
    return generate_latest(registry)


class _Collector:
    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        numbers = self._numbers
        yield _counter(
            "requests",
            "Requests of phones that were answered",
            ("protocol", "plugin", "status"),
            {(protocol, plugin or "", _status(status)): n
             for (protocol, plugin, status), n in numbers.requests.requests.items()},
        )  # fmt: skip
        yield _counter(
            "identifications",
            "What requests told of who sent them",
            ("protocol", "outcome"),
            numbers.requests.outcomes,
        )
        latency = HistogramMetricFamily(
            f"{_PREFIX}_request_seconds",
            "Seconds from a request to the end of its answer; of TFTP until the first packet",
            labels=["protocol"],
        )
        for protocol, histogram in numbers.requests.latencies.items():
            latency.add_metric([protocol], histogram.buckets(), histogram.total)
        yield latency
        yield _counter("tftp_transfers", "TFTP transfers that have ended", ("outcome",), numbers.transfers())
        yield _counter("tftp_retransmissions", "TFTP packets sent again", (), {(): numbers.retransmissions()})
        yield _gauge("tftp_transfers_under_way", "TFTP transfers now", (), {(): numbers.under_way()})
        yield _gauge("http_connections", "Connections of phones now", (), {(): numbers.connections()})
        yield _gauge("devices", "Devices on record", ("state",), numbers.devices())
        yield _gauge("configs", "Configs", (), {(): numbers.configs()})
        yield _gauge("operations", "Operations that callers follow", ("state",), numbers.operations())
        yield _gauge("store_queue", "Documents that aren't on disk yet", (), {(): numbers.waiting()})
        lag = HistogramMetricFamily(
            f"{_PREFIX}_event_loop_lag_seconds", "Seconds by which a timer goes off late, twice a second"
        )
        lag.add_metric([], numbers.lag.buckets(), numbers.lag.total)
        yield lag
        parts = {name: float(part["status"] == "ok") for name, part in numbers.health().items()}
        yield _gauge("part_ok", "Whether a part is ok, as GET /0.2/status has it", ("part",), parts)
        yield _gauge("build_info", "The version", ("version",), {__version__: 1})


def _status(status: object) -> str:
    return "gone" if status is None else str(status)


def _counter(name: str, text: str, labels: Iterable[str], values: Mapping[Any, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"{_PREFIX}_{name}", text, labels=list(labels))
    for label, value in values.items():
        family.add_metric(_labels(label), value)
    return family


def _gauge(name: str, text: str, labels: Iterable[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_PREFIX}_{name}", text, labels=list(labels))
    for label, value in values.items():
        family.add_metric(_labels(label), value)
    return family


def _labels(label: Any) -> list[str]:
    return [label] if isinstance(label, str) else list(label)
