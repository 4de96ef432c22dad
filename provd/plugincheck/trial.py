"""
A plugin at work on its samples.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jinja2
from twisted.internet.defer import Deferred

from provd.guard import MISTAKES, where
from provd.identification.requests import RequestType
from provd.waiting import settled

from .samples import SampleDevice, config, request_of

__all__ = ["Trial"]

_EXTRACTORS = {kind: f"{kind.value}_dev_info_extractor" for kind in RequestType}
_LONGEST = 5.0


class Trial:
    """
    Has a plugin do what the daemon would have it do.

    :param plugin: loaded from a copy, whose files may change.
    """

    def __init__(self, plugin: Any, plugin_dir: Path, reactor: Any) -> None:
        self._plugin = plugin
        self._folder = f"{plugin_dir}/"
        self._served = plugin_dir / "var" / "tftpboot"
        self._reactor = reactor

    def common(self) -> Iterator[str]:
        """
        Yield what is wrong with the files that all phones share.
        """
        try:
            self._plugin.configure_common(config("bare"))
        except MISTAKES as error:
            yield f"configure_common failed: {self._told(error)}"

    async def requests(self, samples: Iterable[Any]) -> list[str]:
        """
        Return what samples of requests don't tell as they should.
        """
        mistakes = []
        for number, sample in enumerate(samples, 1):
            try:
                request, kind = request_of(sample)
            except (ValueError, AttributeError, TypeError) as error:
                mistakes.append(f"sample {number} {error}")
                continue
            found = await self._extracted(request, kind)
            expected = sample.get("tells") or None
            if found != expected:
                mistakes.append(f"sample {number} tells {found} instead of {expected}")
        return mistakes

    async def _extracted(self, request: Any, kind: RequestType) -> Any:
        extractor = getattr(self._plugin, _EXTRACTORS[kind], None)
        if extractor is None:
            return None
        try:
            answer = Deferred.fromCoroutine(settled(extractor.extract(request, kind)))
            found = await answer.addTimeout(_LONGEST, self._reactor)
        except MISTAKES as error:
            return self._told(error)
        return dict(found) if found else None

    def judged(self, capabilities: Iterable[str]) -> Iterator[str]:
        """
        Yield for which phones that it names the plugin isn't sure to be right.
        """
        associator = getattr(self._plugin, "pg_associator", None)
        if associator is None:
            return
        for triple in capabilities:
            names = ("vendor", "model", "version")
            known = {k: v for k, v in zip(names, triple.split(", "), strict=False) if v != "*"}
            try:
                score = int(associator.associate(dict(known)))
            except MISTAKES as error:
                yield f"{triple}: the associator failed: {self._told(error)}"
                continue
            if known.get("vendor") and score < 300:
                yield f"{triple}: the associator gives {score}, less than 'probably supported' (300)"

    def configured(self, sample: SampleDevice) -> Iterator[str]:
        """
        Yield what is wrong with the files of a device, from their making to their end.
        """
        before = self._files()
        for path in sample.installed:
            target = self._served / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        installed = self._files()
        try:
            self._plugin.configure(deepcopy(sample.device), deepcopy(sample.raw_config))
        except MISTAKES as error:
            yield f"{sample.name}: configure failed: {self._told(error)}"
        written = self._files() - installed
        yield from (f"{sample.name}: {text}" for text in self._named(sample.device, written))
        for path in sorted(written):
            if b"None" in (self._served / path).read_bytes():
                yield f"{sample.name}: {path} has the text None"
        for time in ("", " a second time"):
            try:
                self._plugin.deconfigure(deepcopy(sample.device))
            except FileNotFoundError:
                pass  # as the daemon tolerates it, though it logs it
            except MISTAKES as error:
                yield f"{sample.name}: deconfigure failed{time}: {self._told(error)}"
        if left := sorted(path for path in self._files() & written if _is_own(path, sample.device)):
            yield f"{sample.name}: deconfigure leaves {', '.join(left)}"
        for path in self._files() - before:
            (self._served / path).unlink()

    def _named(self, device: dict[str, Any], written: set[str]) -> Iterator[str]:
        names = {os.path.basename(path) for path in written}
        try:
            trigger = self._plugin.get_remote_state_trigger_filename(dict(device))
            sensitive = {name for name in names if self._plugin.is_sensitive_filename(name)}
        except MISTAKES as error:
            yield f"the trigger or sensitive name failed: {self._told(error)}"
            return
        if trigger is not None and names and trigger not in names:
            yield f"the trigger file {trigger} isn't one that was written ({', '.join(sorted(names))})"
        if trigger is not None and trigger in names and sensitive and trigger not in sensitive:
            yield f"{trigger} isn't called sensitive"

    def _told(self, error: BaseException) -> str:
        """
        Return what went wrong, and where; there are no secrets among samples.
        """
        if isinstance(error, jinja2.UndefinedError):
            return f"{error.message} in {_template_line(error) or 'a template'}"
        return f"{type(error).__name__}: {error} at {where(error)}".replace(self._folder, "")

    def _files(self) -> set[str]:
        return {
            str(Path(parent, name).relative_to(self._served))
            for parent, _folders, names in os.walk(self._served)
            for name in names
        }


def _is_own(path: str, device: dict[str, Any]) -> bool:
    """
    Tell whether a file is that of one device, by its name; others may be of several.
    """
    name = re.sub(r"[^0-9a-z]", "", os.path.basename(path).lower())
    known = (str(device.get(key, "")) for key in ("mac", "uuid", "sn"))
    digits = (re.sub(r"[^0-9a-z]", "", text.lower()) for text in known)
    return any(text and text in name for text in digits)


def _template_line(error: BaseException) -> str | None:
    trace, found = error.__traceback__, None
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".tpl"):
            found = f"{Path(name).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return found
