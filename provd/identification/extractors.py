"""
Request to device info: from the connection itself, from a plugin or a site's class, from several together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as WaitedInVain
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from provd.guard import Guard, Misbehavior, kind_of
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

MISTRUST = 60.0
"""Seconds for which no phone waits for an extractor that let one wait in vain; then one tries it again."""

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
        self._is_trusted = True
        self._mistrusted_until = 0.0

    async def extract(self, request: Any, request_type: RequestType) -> DeviceInfo | None:
        info: DeviceInfo | None = await settled(self.ask(request, request_type))
        return info

    def ask(self, request: Any, request_type: RequestType) -> Any:
        """
        Return a device info of one's own, or something false; or a Deferred of that, which doesn't fail and
        fires in time.

        An extractor that never answers may hold up the phones of other plugins once, but not at each request.
        """
        return self._guard.call(self.name, None, self._ask, request, request_type)

    def _ask(self, request: Any, request_type: RequestType) -> Any:
        said = self._extractor.extract(_private(request, request_type), request_type)
        if not hasattr(said, "__await__"):
            return _used(said)
        waiting = said if isinstance(said, Deferred) else Deferred.fromCoroutine(said)
        if waiting.called and not waiting.paused:
            return waiting.addCallback(_used).addErrback(self._failed)
        waiting.addTimeout(LONGEST_WAIT, self._reactor)
        waiting.addCallback(_used)
        if not self._may_wait():
            waiting.addErrback(self._failed)
            return NO_ANSWER
        return waiting.addCallbacks(self._answered, self._failed, errbackArgs=(True,))

    def _may_wait(self) -> bool:
        """
        Tell whether a phone may wait for the extractor, which makes it the only one if that is a trial.
        """
        if self._is_trusted:
            return True
        now = self._reactor.seconds()
        if now < self._mistrusted_until:
            return False
        self._mistrusted_until = now + MISTRUST
        return True

    def _answered(self, info: DeviceInfo | None) -> DeviceInfo | None:
        self._is_trusted = True
        return info

    def _failed(self, failure: Failure, kept_a_phone_waiting: bool = False) -> bool:
        error = failure.value
        assert error is not None
        if isinstance(error, WaitedInVain):
            if kept_a_phone_waiting:
                self._is_trusted = False
                self._mistrusted_until = self._reactor.seconds() + MISTRUST
            error = Misbehavior(
                f"hasn't answered within {LONGEST_WAIT:g} s; for {MISTRUST:g} s no phone will wait for it"
            )
        self._guard.failed(self.name, error)
        return NO_ANSWER


def _private(request: Any, request_type: RequestType) -> Any:
    """
    Return a request that an extractor may change; HTTP's can't be copied.
    """
    if request_type is RequestType.TFTP:
        packet = request["packet"]
        return {**request, "packet": {**packet, "options": dict(packet["options"])}}
    if request_type is RequestType.DHCP:
        return {**request, "options": dict(request["options"])}
    return request


def _used(said: Any) -> DeviceInfo | None:
    if said and not isinstance(said, Mapping):
        raise Misbehavior(f"returned {kind_of(said)} where a device info is meant")
    return usable(said)


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
