"""
Request to device info: from the connection itself, and from what every loaded plugin makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any, Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from provd.model.device import DeviceInfo
from provd.waiting import settled

from .interfaces import IExtractor
from .merging import VotingUpdater
from .requests import RequestType, client_address

_log = Logger()

Opinions = tuple[tuple[str, DeviceInfo], ...]

# A plugin that waits, say for a directory service, may not hold a booting phone for longer.
LONGEST_WAIT = 5.0
SLOW = 0.1
LONGEST_REMEMBERED = 1024

_Promised = tuple[str, bytes, bytes | None]


class CombinedInfo(dict[str, Any]):
    """
    A device info made of several, which remembers who said what: ``opinions`` is pairs of a plugin's id and
    its device info.
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
class CollaboratingDeviceInfoExtractor:
    """
    Asks several extractors, in order, and merges what they say.

    :param updater_class: makes a fresh merger for each request.
    """

    def __init__(self, updater_class: Callable[[], Any], extractors: Iterable[Any]) -> None:
        self._merger = updater_class
        self._extractors = list(extractors)

    async def extract(self, request: Any, request_type: RequestType) -> CombinedInfo:
        merger = self._merger()
        opinions: list[tuple[str, DeviceInfo]] = []
        for extractor in self._extractors:
            info = await settled(extractor.extract(request, request_type))
            if info:
                merger.update(info)
                opinions.extend(getattr(info, "opinions", ()))
        return CombinedInfo(merger.dev_info, tuple(opinions))


class LoadedPlugins(Protocol):
    """
    The part of the plugin manager that extractors need.
    """

    reactor: IReactorTime

    def items(self) -> Iterable[tuple[str, Any]]: ...

    def observe(self, changed: Callable[[], None]) -> None: ...


class _PluginExtractor:
    """
    One plugin's extractor behind a guard: whatever goes wrong in it is "no information" from it alone.
    """

    def __init__(self, plugin_id: str, extractor: Any, reactor: IReactorTime) -> None:
        self.plugin_id = plugin_id
        self.rememberable = bool(getattr(extractor, "REMEMBERABLE", False))
        self._extractor = extractor
        self._reactor = reactor
        self._complained: set[str] = set()

    async def extract(self, request: Any, request_type: RequestType) -> DeviceInfo | None:
        try:
            started = perf_counter()
            answer = self._extractor.extract(request, request_type)
            if perf_counter() - started > SLOW:
                self._once("slow", "the extractor of {plugin} holds up every phone: over 100 ms")
            if isinstance(answer, Deferred) and not answer.called:
                answer.addTimeout(LONGEST_WAIT, self._reactor)
            info = await settled(answer)
        except Exception as error:
            self._once(type(error).__name__, "the extractor of {plugin} failed on a request: {kind}")
            return None
        return info if isinstance(info, dict) and info else None

    def _once(self, kind: str, message: str) -> None:
        # A stranger chooses what a plugin stumbles on: the log gets the kind of error once, not each request.
        if kind not in self._complained and len(self._complained) < 20:
            self._complained.add(kind)
            _log.warn(message, plugin=self.plugin_id, kind=kind)


_ATTRIBUTES = {kind: f"{kind.value}_dev_info_extractor" for kind in RequestType}


@implementer(IExtractor)
class AllPluginsDeviceInfoExtractor:
    """
    Asks the extractors of every loaded plugin, in the order of their ids, and merges their answers.

    Answers of extractors that promise to depend on the request line and the ``User-Agent`` alone are
    remembered until a plugin comes or goes, so that the cost of a known phone's request hardly depends on
    how many plugins there are.

    :param factory: makes an extractor of a list of them; None votes (:class:`VotingUpdater`).
    """

    #: Requests remembered in each of two generations; the older one goes when the younger is full.
    REMEMBERED = 32768

    def __init__(self, factory: Callable[[Sequence[Any]], Any] | None, pg_mgr: LoadedPlugins) -> None:
        self._factory = factory
        self._plugins = pg_mgr
        self._asked: dict[RequestType, list[_PluginExtractor]] = {}
        self._remembering: dict[RequestType, list[_PluginExtractor]] = {}
        self._always: dict[RequestType, list[_PluginExtractor]] = {}
        self._built: dict[RequestType, Any] = {}
        self._young: dict[_Promised, Opinions] = {}
        self._old: dict[_Promised, Opinions] = {}
        self._plugins_changed()
        pg_mgr.observe(self._plugins_changed)

    def _plugins_changed(self) -> None:
        self._young, self._old = {}, {}
        plugins = sorted(self._plugins.items())
        for kind, attribute in _ATTRIBUTES.items():
            found = [(plugin_id, getattr(plugin, attribute, None)) for plugin_id, plugin in plugins]
            asked = [_PluginExtractor(i, x, self._plugins.reactor) for i, x in found if x is not None]
            self._asked[kind] = asked
            self._remembering[kind] = [extractor for extractor in asked if extractor.rememberable]
            self._always[kind] = [extractor for extractor in asked if not extractor.rememberable]
            if self._factory is not None:
                self._built[kind] = self._factory(self._asked[kind])

    async def extract(self, request: Any, request_type: RequestType) -> DeviceInfo | None:
        if self._factory is not None:
            answer: DeviceInfo | None = await settled(
                self._built[request_type].extract(request, request_type)
            )
            return answer
        key = _what_is_promised(request, request_type)
        if key is None:
            return _vote(await _ask(self._asked[request_type], request, request_type))
        young = self._young
        opinions = young.get(key)
        if opinions is None:
            opinions = self._old.get(key)
            if opinions is None:
                opinions = await _ask(self._remembering[request_type], request, request_type)
            if young is self._young:  # else a plugin came or went, or the generation changed, meanwhile
                self._remember(key, opinions)
        if always := self._always[request_type]:
            opinions = tuple(sorted(opinions + await _ask(always, request, request_type), key=_by_plugin))
        return _vote(opinions)

    def _remember(self, key: _Promised, opinions: Opinions) -> None:
        if len(self._young) >= self.REMEMBERED:
            self._old, self._young = self._young, {}
        self._young[key] = opinions


async def _ask(extractors: list[_PluginExtractor], request: Any, request_type: RequestType) -> Opinions:
    opinions = []
    for extractor in extractors:
        info = await extractor.extract(request, request_type)
        if info is not None:
            opinions.append((extractor.plugin_id, info))
    return tuple(opinions)


def _by_plugin(opinion: tuple[str, DeviceInfo]) -> str:
    return opinion[0]


def _what_is_promised(request: Any, request_type: RequestType) -> _Promised | None:
    if request_type is RequestType.HTTP:
        if request.method == b"POST":  # its form fields are among the arguments
            return None
        agent = request.getHeader(b"user-agent")
        return _if_short(("http", request.uri, agent))
    if request_type is RequestType.TFTP:
        return _if_short(("tftp", request["packet"]["filename"], None))
    return None


def _if_short(key: _Promised) -> _Promised | None:
    return key if len(key[1]) + len(key[2] or b"") <= LONGEST_REMEMBERED else None


def _vote(opinions: Opinions) -> CombinedInfo:
    if len(opinions) == 1:
        return CombinedInfo(opinions[0][1], opinions)
    voting = VotingUpdater()
    for _plugin_id, info in opinions:
        voting.update(info)
    return CombinedInfo(voting.dev_info, opinions)
