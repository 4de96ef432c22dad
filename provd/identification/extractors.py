"""
Request to device info: from the connection itself, from a plugin or a site's class, from several together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from provd.guard import Guard
from provd.model.device import DeviceInfo
from provd.waiting import settled

from .deviceinfo import usable
from .interfaces import IExtractor
from .requests import RequestType, client_address

__all__ = [
    "NO_ANSWER",
    "CollaboratingDeviceInfoExtractor",
    "CombinedInfo",
    "GuardedExtractor",
    "Opinions",
    "StandardDeviceInfoExtractor",
    "ask",
]

Opinions = tuple[tuple[str, DeviceInfo], ...]
"""Who said what: a plugin's id (or a site's class) and its device info, which isn't to be changed."""

LONGEST_WAIT = 5.0
"""Seconds: an extractor that waits, say for a directory service, may not hold a booting phone for longer."""

NO_ANSWER = False
"""What an extractor that waited in vain is taken for: nothing, but perhaps something the next time."""


class CombinedInfo(dict[str, Any]):
    """
    A device info made of several, which remembers who said what.
    """

    __slots__ = ("opinions",)

    def __init__(self, info: Mapping[str, Any], opinions: Opinions) -> None:
        super().__init__(info)
        self.opinions = opinions


@implementer(IExtractor)
class StandardDeviceInfoExtractor:
    """
    The address of the connection; for DHCP also the MAC address that the server saw.
    """

    def extract(self, request: Any, request_type: RequestType) -> DeviceInfo:
        address = client_address(request, request_type)
        info: DeviceInfo = {} if address is None else {"ip": address}
        if request_type is RequestType.DHCP:
            info["mac"] = request["mac"]
        return info


@implementer(IExtractor)
class GuardedExtractor:
    """
    An extractor that isn't provd's own: whatever goes wrong in it is "no information" from it alone.

    :param name: whose it is, for the log and the trace.
    :param is_rememberable: whether what it says may be used again for an equal request.
    """

    def __init__(
        self, name: str, extractor: Any, reactor: IReactorTime, guard: Guard, is_rememberable: bool = False
    ) -> None:
        self.name = name
        self.is_rememberable = is_rememberable
        self._extractor = extractor
        self._reactor = reactor
        self._guard = guard

    async def extract(self, request: Any, request_type: RequestType) -> DeviceInfo | None:
        info: DeviceInfo | None = await settled(self.ask(request, request_type))
        return info

    def ask(self, request: Any, request_type: RequestType) -> Any:
        """
        Return a device info of one's own, or something false; or a Deferred of that, which doesn't fail and
        fires in time.
        """
        return self._guard.call(self.name, None, self._ask, request, request_type)

    def _ask(self, request: Any, request_type: RequestType) -> Any:
        said = self._extractor.extract(request, request_type)
        if hasattr(said, "__await__"):
            waiting = said if isinstance(said, Deferred) else Deferred.fromCoroutine(said)
            if not waiting.called or waiting.paused:
                waiting.addTimeout(LONGEST_WAIT, self._reactor)
            return waiting.addCallback(usable).addErrback(self._failed)
        return usable(said)

    def _failed(self, failure: Failure) -> bool:
        assert failure.value is not None
        self._guard.failed(self.name, failure.value)
        return NO_ANSWER


async def ask(
    extractors: Iterable[GuardedExtractor], request: Any, request_type: RequestType
) -> tuple[Opinions, bool]:
    """
    Return what extractors say, in their order, and whether none waited in vain.  Those that wait do so at the
    same time.
    """
    said = [(extractor, extractor.ask(request, request_type)) for extractor in extractors]
    opinions = []
    all_answered = True
    for extractor, answer in said:
        info = await answer if isinstance(answer, Deferred) else answer
        if info:
            opinions.append((extractor.name, info))
        elif info is NO_ANSWER:
            all_answered = False
    return tuple(opinions), all_answered


@implementer(IExtractor)
class CollaboratingDeviceInfoExtractor:
    """
    Asks several extractors, and merges what they say, in their order.

    :param updater_class: makes a fresh merger for each request.
    """

    def __init__(self, updater_class: Callable[[], Any], extractors: Iterable[Any]) -> None:
        self._merger = updater_class
        self._extractors = list(extractors)
        self._foreign = [x for x in self._extractors if isinstance(x, GuardedExtractor)]

    async def extract(self, request: Any, request_type: RequestType) -> CombinedInfo:
        # The foreign ones first, as they may wait: so they wait at the same time.
        foreign = iter([extractor.ask(request, request_type) for extractor in self._foreign])
        merger = self._merger()
        opinions: list[tuple[str, DeviceInfo]] = []
        for extractor in self._extractors:
            if isinstance(extractor, GuardedExtractor):
                info = await settled(next(foreign))
                if info:
                    opinions.append((extractor.name, info))
            else:
                info = await settled(extractor.extract(request, request_type))
                if isinstance(info, CombinedInfo):
                    opinions.extend(info.opinions)
            if info:
                merger.update(info)
        return CombinedInfo(merger.dev_info, tuple(opinions))
