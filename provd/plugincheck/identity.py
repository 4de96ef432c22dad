"""
What a plugin makes of phones' requests, and of phones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as WaitedInVain

from provd.guard import MISTAKES, Misbehavior, contained, kind_of
from provd.identification.association import DeviceSupport
from provd.identification.extractors import LONGEST_WAIT
from provd.identification.requests import RequestType
from provd.waiting import settled

from .calls import called, told
from .samples import known, request_of

__all__ = ["Identity"]

_EXTRACTORS = {kind: f"{kind.value}_dev_info_extractor" for kind in RequestType}
_FOREIGN: dict[str, dict[str, str]] = {
    "a browser's request": {
        "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "path": "/",
    },
    "a request without User-Agent": {"path": "/favicon.ico"},
    "a computer that boots over TFTP": {"file": "pxelinux.0"},
    "a computer that boots, over DHCP": {
        "mac": "02:00:00:00:00:01",
        "option_60": "PXEClient:Arch:00000:UNDI:002001",
    },
    "a lease without option 60": {"mac": "02:00:00:00:00:01"},
}
_NOBODYS = {"vendor": "Nobody's", "model": "X-1", "version": "1.0"}


class Identity:
    """
    Asks a plugin's extractors and its associator.

    An extractor that is too late once isn't asked again, nor are its answers missed.

    :param reactor: for the patience with extractors that answer later.
    """

    def __init__(self, plugin: Any, plugin_dir: Path, reactor: Any) -> None:
        self._plugin = plugin
        self._folder = plugin_dir
        self._reactor = reactor
        self._late: set[RequestType] = set()

    async def requests(self, samples: Iterable[Any]) -> list[str]:
        """
        Return which samples of requests don't tell what they should.
        """
        mistakes = []
        for number, sample in enumerate(samples, 1):
            try:
                request, kind = request_of(sample)
            except ValueError as error:
                mistakes.append(f"sample {number} {error}")
                continue
            expected = sample.get("tells") or None
            if kind in self._late:
                continue
            try:
                found = await self._extracted(request, kind)
            except MISTAKES as error:
                mistakes.append(f"sample {number}: the extractor failed: {told(error, self._folder)}")
                continue
            if found != expected:
                mistakes.append(f"sample {number} tells {found} instead of {expected}")
        return mistakes

    async def foreign(self) -> list[str]:
        """
        Return which requests the plugin takes for one of its phones that no phone makes.
        """
        mistakes = []
        for name, sample in _FOREIGN.items():
            request, kind = request_of(sample)
            if kind in self._late:
                continue
            try:
                found = await self._extracted(request, kind)
            except MISTAKES as error:
                mistakes.append(f"{name}: the extractor failed: {told(error, self._folder)}")
                continue
            if found:
                mistakes.append(f"{name} tells {found}, though it is of none of its phones")
        return mistakes

    async def _extracted(self, request: Any, kind: RequestType) -> dict[str, Any] | None:
        """
        :raises Exception: any of ``provd.guard.MISTAKES``.
        """
        extractor = getattr(self._plugin, _EXTRACTORS[kind], None)
        if extractor is None:
            return None
        # In a tuple, as an answer that has to be waited for is right here.
        (answer,) = called(lambda: (contained(extractor.extract, request, kind),))
        waiting = Deferred.fromCoroutine(settled(answer)).addTimeout(LONGEST_WAIT, self._reactor)
        try:
            found = await waiting
        except WaitedInVain:
            self._late.add(kind)
            raise Misbehavior(f"gives no answer in {LONGEST_WAIT:g} s") from None
        if found and not isinstance(found, Mapping):
            raise Misbehavior(f"answers with {kind_of(found)} where a mapping is meant")
        return dict(found) if found else None

    def judged(self, capabilities: Iterable[str]) -> Iterator[str]:
        """
        Yield which phones that the plugin names it isn't sure of, and whether it is of others' phones.
        """
        associator = getattr(self._plugin, "pg_associator", None)
        if associator is None:
            return
        phones = {triple: known(triple) for triple in capabilities}
        for name, info in phones.items():
            score, mistake = self._score(associator, name, info)
            if mistake:
                yield mistake
            elif info.get("vendor") and score < DeviceSupport.PROBABLE:
                yield f"{name}: the associator gives {score}, less than 'probably supported' (300)"
        takes_any = any("vendor" not in info for info in phones.values())
        for name, info in (("a phone that tells nothing", {}), ("a phone of nobody's", _NOBODYS)):
            score, mistake = self._score(associator, name, info)
            if mistake:
                yield mistake
            elif score >= DeviceSupport.PROBABLE and not takes_any:
                yield f"{name}: the associator gives {score}, 'probably supported' (300) or more"

    def _score(self, associator: Any, name: str, info: dict[str, str]) -> tuple[int, str | None]:
        """
        Return the score, or what is wrong.
        """
        try:
            score = called(associator.associate, dict(info))
            if not isinstance(score, int):
                raise Misbehavior(f"returned {kind_of(score)} where a number is meant")
        except MISTAKES as error:
            return 0, f"{name}: the associator failed: {told(error, self._folder)}"
        return int(score), None
