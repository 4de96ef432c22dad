"""
The files that a plugin makes of its samples.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from provd.guard import MISTAKES
from provd.pluginkit.base import Plugin

from .calls import TookTooLong, called, told
from .samples import SampleDevice, base_config

__all__ = ["Trial"]


class Trial:
    """
    Has a plugin do what the daemon would have it do.  Once it takes too long for a device, no other is tried.

    :param plugin: loaded from a copy, whose files may change.
    """

    def __init__(self, plugin: Any, plugin_dir: Path) -> None:
        self._plugin = plugin
        self._folder = plugin_dir
        self._served = plugin_dir / "var" / "tftpboot"
        self._hangs = False

    def common(self) -> Iterator[str]:
        """
        Yield what is wrong with the files that all phones share, and with the name of a file for a device of
        which nothing is known yet.
        """
        before = self._files()
        try:
            called(self._plugin.configure_common, base_config())
        except MISTAKES as error:
            yield f"configure_common failed: {told(error, self._folder)}"
        yield from self._with_none(self._files() - before)
        try:
            called(self._plugin.get_remote_state_trigger_filename, {"id": "unknown"})
        except MISTAKES as error:
            yield f"the trigger name of a device without mac failed: {told(error, self._folder)}"

    def configured(self, sample: SampleDevice) -> Iterator[str]:
        """
        Yield what is wrong with the files of a device, from their making to their end.
        """
        if self._hangs:
            return
        before = self._files()
        for path in sample.installed:
            target = self._served / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        installed = self._files()
        try:
            called(self._plugin.configure, deepcopy(sample.device), deepcopy(sample.raw_config))
        except MISTAKES as error:
            self._hangs = isinstance(error, TookTooLong)
            yield f"configure failed: {told(error, self._folder)}"
        written = self._files() - installed
        yield from self._named(sample.device, written)
        yield from self._with_none(written)
        for time in ("", " a second time"):
            try:
                called(self._plugin.deconfigure, deepcopy(sample.device))
            except FileNotFoundError:
                pass  # as the daemon tolerates it, though it logs it
            except MISTAKES as error:
                yield f"deconfigure failed{time}: {told(error, self._folder)}"
        if left := sorted(path for path in self._files() & written if _is_own(path, sample.device)):
            yield f"deconfigure leaves {', '.join(left)}"
        for path in self._files() - before:
            (self._served / path).unlink()

    def closed(self) -> Iterator[str]:
        """
        Yield what is wrong with the plugin's end.
        """
        try:
            called(self._plugin.close)
        except MISTAKES as error:
            yield f"failed: {told(error, self._folder)}"

    def _named(self, device: dict[str, Any], written: set[str]) -> Iterator[str]:
        """
        Yield where the names that the daemon looks out for aren't those of the files.
        """
        names = {os.path.basename(path) for path in written}
        try:
            trigger = called(self._plugin.get_remote_state_trigger_filename, dict(device))
            sensitive = {name for name in names if called(self._plugin.is_sensitive_filename, name)}
        except MISTAKES as error:
            yield f"the trigger or sensitive name failed: {told(error, self._folder)}"
            return
        if not names:
            return
        listed = ", ".join(sorted(names))
        if trigger is not None and trigger not in names:
            yield f"the trigger file {trigger} isn't one that was written ({listed})"
        is_defined = type(self._plugin).is_sensitive_filename is not Plugin.is_sensitive_filename
        if is_defined and not sensitive:
            yield f"no file is called sensitive ({listed})"
        elif sensitive and trigger in names - sensitive:
            yield f"{trigger} isn't called sensitive"

    def _with_none(self, written: set[str]) -> Iterator[str]:
        own_word = getattr(self._plugin, "WRITES_NONE", re.compile(rb"(?!)"))
        for path in sorted(written):
            if b"None" in own_word.sub(b"", (self._served / path).read_bytes()):
                yield f"{path} has the text None"

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
    values = (str(device.get(key, "")) for key in ("mac", "uuid", "sn"))
    digits = (re.sub(r"[^0-9a-z]", "", text.lower()) for text in values)
    return any(text and text in name for text in digits)
