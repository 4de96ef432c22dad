"""
The numbers of a running daemon.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from provd.http.site import Site
from provd.metrics.collector import Numbers, exposition
from provd.metrics.histogram import Histogram
from provd.model.device import DEVICE_STATES
from provd.rest.monitors import Monitors
from provd.tftp.service import TFTPService

from .parts import Parts

__all__ = ["metrics"]


def metrics(
    parts: Parts,
    lag: Histogram,
    phones: Site,
    tftp: TFTPService,
    monitors: Monitors,
    health: Callable[[], dict[str, Any]],
) -> Callable[[], bytes]:
    """
    Return what makes the text for Prometheus.

    :param phones: the site of phones.
    :param health: makes the members of the status document.
    """
    store = parts.store
    numbers = Numbers(
        requests=parts.counts,
        lag=lag,
        transfers=lambda: {"completed": tftp.counts.completed, "failed": tftp.counts.failed},
        retransmissions=lambda: tftp.counts.retransmissions,
        under_way=lambda: tftp.transfers,
        connections=lambda: len(phones.channels),
        devices=lambda: {**dict.fromkeys(DEVICE_STATES, 0), **store.device_states},
        configs=lambda: len(store.configs),
        operations=monitors.states,
        waiting=lambda: store.waiting,
        health=health,
    )
    return partial(exposition, numbers)
