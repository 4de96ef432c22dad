"""
What happened to each request, step by step, kept for those who ask later.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from twisted.logger import Logger

from provd.model.device import DeviceInfo

from .extractors import Opinions

FIELDS = (
    "id",
    "at",
    "protocol",
    "client",
    "request",
    "user_agent",
    "device_info",
    "extractors",
    "retriever",
    "device_id",
    "candidate",
    "changes",
    "plugin",
    "status",
    "bytes",
    "milliseconds",
)


_log = Logger()
_standard_log = logging.getLogger(__name__)
_LINE = (
    "{id} {protocol} {request} from {client}: told {device_info}, found {device_id} by {retriever},"
    " changed {changes}, answered by {plugin}: {status}"
)


class Trace:
    """
    The trace of a request under way; whoever handles it fills in a field.

    :ivar moved: whether the device had another address before, which isn't shown.
    """

    __slots__ = (*FIELDS, "moved")

    def __init__(
        self, number: int, at: float, protocol: str, client: str | None, request: str, user_agent: str | None
    ) -> None:
        self.id = number
        self.at = at
        self.protocol = protocol
        self.client = client
        self.request = request
        self.user_agent = user_agent
        self.device_info: DeviceInfo = {}
        self.extractors: Opinions = ()
        self.retriever: str | None = None
        self.device_id: str | None = None
        self.candidate = False
        self.changes: tuple[str, ...] = ()
        self.plugin: str | None = None
        self.status: int | str | None = None
        self.bytes = 0
        self.milliseconds = 0.0
        self.moved = False


class Traces:
    """
    The last requests of all, and the last few of each device; of devices, those go first that were not heard
    of for longest.

    :param listener: called with each trace that is kept.
    """

    LAST = 1000
    EACH_DEVICE = 3
    IN_ALL = 10_000

    def __init__(self, listener: Callable[[Trace], object] = lambda trace: None) -> None:
        self._listener = listener
        self._numbers = count(1)
        self._last: deque[Trace] = deque(maxlen=self.LAST)
        self._devices: OrderedDict[str, tuple[Trace, ...]] = OrderedDict()
        self._kept = 0

    def begin(
        self, at: float, protocol: str, client: str | None, request: str, user_agent: str | None
    ) -> Trace:
        """
        Return the trace of a new request.

        :param at: seconds since the epoch.
        """
        return Trace(next(self._numbers), at, protocol, client, request, user_agent)

    def keep(self, trace: Trace) -> None:
        """
        Keep the trace of a request that was answered; its last fields may still change.
        """
        if _standard_log.isEnabledFor(logging.DEBUG):  # asked first, as it is asked for every request
            _log.debug(_LINE, **{name: getattr(trace, name) for name in FIELDS}, stranger=trace.client)
        self._listener(trace)
        self._last.append(trace)
        device_id = trace.device_id
        if device_id is None:
            return
        former = self._devices.pop(device_id, ())
        self._devices[device_id] = now = (*former, trace)[-self.EACH_DEVICE :]
        self._kept += len(now) - len(former)
        while self._kept > self.IN_ALL - self.LAST:
            self._kept -= len(self._devices.popitem(last=False)[1])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """
        The requests that are kept, newest first, as they are shown.
        """
        kept = {trace.id: trace for traces in self._devices.values() for trace in traces}
        kept.update((trace.id, trace) for trace in self._last)
        for number in sorted(kept, reverse=True):
            yield readable(kept[number])

    def of_device(self, device_id: str) -> list[dict[str, Any]]:
        """
        Return the last requests of a device, newest first.
        """
        return [readable(trace) for trace in reversed(self._devices.get(device_id, ()))]


def readable(trace: Trace) -> dict[str, Any]:
    """
    Return a trace as REST shows it: plain JSON values.
    """
    shown: dict[str, Any] = {name: getattr(trace, name) for name in FIELDS}
    shown["at"] = datetime.fromtimestamp(trace.at, UTC).isoformat(timespec="milliseconds")
    shown["extractors"] = [{"plugin": plugin, "device_info": dict(info)} for plugin, info in trace.extractors]
    shown["device_info"] = dict(trace.device_info)
    shown["changes"] = list(trace.changes)
    shown["milliseconds"] = round(trace.milliseconds, 3)
    return shown
