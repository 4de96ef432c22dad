"""
Templates of a plugin: the administrator's before the shipped ones, whichever of them is there right now.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound, Undefined
from jinja2.loaders import split_template_path

from provd.model.device import Device

from .files import place_below, write_if_changed

__all__ = ["TemplatePluginHelper"]

_Stamp = tuple[int, int, int, int]

# Two writes within one tick of the kernel's clock leave the same times (4 ms at 250 Hz, 10 ms at 100 Hz).
_CLOCK_TICK_NS = 20_000_000


class TemplatePluginHelper:
    """
    Finds and renders the templates of a plugin.

    :param plugin_dir: the plugin's folder.
    """

    DEFAULT_TPL_DIR = "templates"
    CUSTOM_TPL_DIR = "var/templates"
    _SERVED = "var/tftpboot"

    UNDEFINED: type[Undefined] = Undefined
    """What a name that the context lacks becomes; a test may set ``jinja2.StrictUndefined`` here."""

    OPTIONS: Mapping[str, Any] = {}
    """More of what ``jinja2.Environment`` takes."""

    def __init__(self, plugin_dir: str) -> None:
        self._plugin_dir = plugin_dir
        folders = [os.path.join(plugin_dir, name) for name in (self.CUSTOM_TPL_DIR, self.DEFAULT_TPL_DIR)]
        self._environment = Environment(
            loader=_FirstFolderLoader(folders), undefined=self.UNDEFINED, **self.OPTIONS
        )

    def get_dev_template(self, filename: str | None, device: Device) -> Template:
        """
        Return the device's own template, ``<filename>.tpl``, else ``<model>.tpl``, else ``base.tpl``.

        :raises jinja2.TemplateNotFound: if there is none of them.
        """
        names = ["base.tpl"]
        if device.get("model"):
            names.insert(0, f"{device['model']}.tpl")
        if filename:
            names.insert(0, f"{filename}.tpl")
        return self._environment.select_template(names)

    def get_template(self, name: str) -> Template:
        """
        Return a template by its path below either folder, such as ``"common/dialplan.tpl"``.

        :raises jinja2.TemplateNotFound: if neither folder has it.
        """
        return self._environment.get_template(name)

    def dump(
        self,
        template: Template,
        context: Mapping[str, Any],
        filename: str | os.PathLike[str],
        encoding: str = "UTF-8",
        errors: str = "strict",
    ) -> None:
        """
        Render a template into a file, unless the file has that content already.

        :param filename: below the plugin's folder, and relative to it unless absolute.  It is often made of
            what a phone tells of itself: one that begins with ``var/tftpboot`` has to stay there.  A site may
            have linked either folder to another disk.
        :raises OSError: if the file can't be written (``OutsideFolder``: may not be); it then is as it was.
        :raises ValueError: if no file can have that name.
        """
        path = os.path.join(self._plugin_dir, os.fsdecode(filename))
        served = os.path.join(self._plugin_dir, self._SERVED)
        folder = served if path.startswith(served + os.sep) else self._plugin_dir
        write_if_changed(place_below(folder, path), self.render(template, context, encoding, errors))

    def render(
        self,
        template: Template,
        context: Mapping[str, Any],
        encoding: str = "UTF-8",
        errors: str = "replace",
    ) -> bytes:
        """
        Return what a template makes of a context, encoded.
        """
        return template.render(context).encode(encoding, errors)


class _FirstFolderLoader(BaseLoader):
    """
    Reads a template, in UTF-8, from the first folder that has it.  Jinja asks ``is_current`` before each
    use of a compiled template, which costs one system call for each folder.
    """

    def __init__(self, folders: list[str]) -> None:
        self._folders = folders

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        relative = os.path.join(*split_template_path(template))
        candidates = [os.path.join(folder, relative) for folder in self._folders]
        for index, path in enumerate(candidates):
            # Taken before reading: a write in between makes the next use read again.
            stamp = _stamp(path)
            if stamp is not None:
                with open(path, encoding="utf-8") as file:
                    source = file.read()
                return source, path, _currency(candidates[: index + 1], stamp)
        raise TemplateNotFound(template)


def _currency(candidates: list[str], stamp: _Stamp) -> Callable[[], bool]:
    *shadowing, path = candidates
    if time.time_ns() - stamp[0] < _CLOCK_TICK_NS:
        return lambda: False

    def is_current() -> bool:
        return _stamp(path) == stamp and not any(map(os.path.isfile, shadowing))

    return is_current


def _stamp(path: str) -> _Stamp | None:
    """
    Return what changes with a file's content; None if there is no such file.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # ValueError: a NUL, as a phone may have it in its model
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_ctime_ns, status.st_mtime_ns, status.st_size, status.st_ino
