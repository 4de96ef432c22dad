"""
What all loaded plugins together make of a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from provd.guard import Guard, attribute
from provd.waiting import settled

from .extractors import CombinedInfo, GuardedExtractor, Opinions, ask
from .interfaces import IExtractor
from .merging import VotingUpdater
from .purity.proof import is_proven_pure
from .remembered import Remembered
from .requests import RequestType

_ATTRIBUTES = {kind: f"{kind.value}_dev_info_extractor" for kind in RequestType}
# Longer requests are asked about each time: a stranger could fill the memory with them.
_LONGEST_REMEMBERED = 512

_Promised = tuple[str, bytes, bytes | None]


class LoadedPlugins(Protocol):
    """
    The part of the plugin manager that extractors need.
    """

    reactor: IReactorTime

    def items(self) -> Iterable[tuple[str, Any]]: ...

    def observe(self, changed: Callable[[], None]) -> None: ...

    def guard(self, what: str) -> Guard: ...


@implementer(IExtractor)
class AllPluginsDeviceInfoExtractor:
    """
    Asks the extractors of every loaded plugin, in the order of their ids, and merges their answers.

    What extractors say together that promise to depend on the request line and the ``User-Agent`` alone, or
    whose source proves it, is remembered until a plugin comes or goes, so that the cost of a phone's usual
    request doesn't depend on how many plugins there are.

    :param factory: makes an extractor of a list of them; None votes (:class:`VotingUpdater`).
    """

    REMEMBERED = 32768
    """How many requests, in each of two generations."""

    def __init__(
        self, factory: Callable[[Sequence[GuardedExtractor]], Any] | None, pg_mgr: LoadedPlugins
    ) -> None:
        self._factory = factory
        self._plugins = pg_mgr
        self._guard = pg_mgr.guard("extractor")
        self._proving = pg_mgr.guard("proof of the extractor")
        self._asked: dict[RequestType, list[GuardedExtractor]] = {}
        self._promising: dict[RequestType, list[GuardedExtractor]] = {}
        self._others: dict[RequestType, list[GuardedExtractor]] = {}
        self._built: dict[RequestType, Any] = {}
        self._remembered: Remembered[_Promised, CombinedInfo]
        self._proofs: dict[tuple[str, RequestType], tuple[Any, bool]] = {}
        self._plugins_changed()
        pg_mgr.observe(self._plugins_changed)

    def _plugins_changed(self) -> None:
        # A request under way fills the memory that it began with, which nobody reads any more.
        self._remembered = Remembered(self.REMEMBERED)
        guard, proving = self._guard, self._proving
        plugins = sorted(self._plugins.items())
        former, self._proofs = self._proofs, {}
        for kind, name in _ATTRIBUTES.items():
            asked = []
            for plugin_id, plugin in plugins:
                extractor = guard.call(plugin_id, None, attribute, plugin, name)
                if extractor is not None:
                    # A proof takes milliseconds: not again while the same extractor is there.
                    proof = former.get((plugin_id, kind), (None, False))
                    if proof[0] is not extractor:
                        proof = (
                            extractor,
                            proving.call(plugin_id, False, _is_rememberable, plugin, extractor, kind),
                        )
                    self._proofs[plugin_id, kind] = proof
                    reactor = self._plugins.reactor
                    asked.append(GuardedExtractor(plugin_id, extractor, reactor, guard, proof[1]))
            self._asked[kind] = asked
            self._promising[kind] = [extractor for extractor in asked if extractor.is_rememberable]
            self._others[kind] = [extractor for extractor in asked if not extractor.is_rememberable]
            if self._factory is not None:
                self._built[kind] = self._factory(asked)

    async def extract(self, request: Any, request_type: RequestType) -> CombinedInfo | None:
        if self._factory is not None:
            built: CombinedInfo | None = await settled(
                self._built[request_type].extract(request, request_type)
            )
            return built
        promised = _promised(request, request_type)
        if promised is None:
            return _vote((await ask(self._asked[request_type], request, request_type))[0])
        others = self._others[request_type]
        remembered = self._remembered
        known = remembered.get(promised)
        if known is None:
            opinions, is_lasting = await ask(self._promising[request_type], request, request_type)
            known = _vote(opinions)
            if is_lasting:
                remembered.put(promised, known)
        if not others:
            return CombinedInfo(known, known.opinions)
        opinions, _ = await ask(others, request, request_type)
        return _vote(tuple(sorted(known.opinions + opinions, key=_by_plugin)))


def _is_rememberable(plugin: Any, extractor: Any, kind: RequestType) -> bool:
    """
    Tell whether an extractor promises to depend on nothing but what is asked, or its source proves it.
    """
    return getattr(extractor, "REMEMBERABLE", False) is True or is_proven_pure(
        extractor, kind, getattr(plugin, "_plugin_dir", None)
    )


def _by_plugin(opinion: tuple[str, Any]) -> str:
    return opinion[0]


def _promised(request: Any, request_type: RequestType) -> _Promised | None:
    """
    Return all that an answer may depend on that is remembered; None if nothing may be remembered.
    """
    if request_type is RequestType.HTTP:
        if request.method == b"POST":  # its form fields are among the arguments
            return None
        promised = ("http", request.uri, request.getHeader(b"user-agent"))
    elif request_type is RequestType.TFTP:
        promised = ("tftp", request["packet"]["filename"], None)
    else:
        return None
    return promised if len(promised[1]) + len(promised[2] or b"") <= _LONGEST_REMEMBERED else None


def _vote(opinions: Opinions) -> CombinedInfo:
    if len(opinions) == 1:
        return CombinedInfo(opinions[0][1], opinions)
    voting = VotingUpdater()
    for _plugin_id, info in opinions:
        voting.update(info)
    return CombinedInfo(voting.dev_info, opinions)
