"""
Names that a template uses and its context lacks, all of them instead of the first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import jinja2

__all__ = ["recording"]


def recording(plugin_dir: Path, found: Callable[[str], object]) -> type[jinja2.Undefined]:
    """
    Return what such a name becomes: it tells of each use that ``jinja2.StrictUndefined`` refuses, then goes
    on as ``jinja2.Undefined`` does, so that the rest of the file is rendered.

    :param found: called with the place and the name:
        ``"templates/base.tpl, line 4: 'sip_line' is undefined"``.
    """

    class Recorded(jinja2.Undefined):
        __slots__ = ()

        def _used(self) -> None:
            found(f"{_template_line(plugin_dir)}: {self._undefined_message}")

        def __str__(self) -> str:
            self._used()
            return super().__str__()

        def __iter__(self) -> Iterator[Any]:
            self._used()
            return super().__iter__()

        def __len__(self) -> int:
            self._used()
            return super().__len__()

        def __bool__(self) -> bool:
            self._used()
            return super().__bool__()

        def __eq__(self, other: object) -> bool:
            self._used()
            return super().__eq__(other)

        def __ne__(self, other: object) -> bool:
            self._used()
            return super().__ne__(other)

        def __hash__(self) -> int:
            self._used()
            return super().__hash__()

    return Recorded


def _template_line(plugin_dir: Path) -> str:
    """
    Return the line of the template that is being rendered.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")  # as Jinja finds it for its own tracebacks
        if isinstance(template, jinja2.Template):
            path = Path(template.filename or "a template")
            name = path.relative_to(plugin_dir) if path.is_relative_to(plugin_dir) else path
            return f"{name}, line {template.get_corresponding_lineno(frame.f_lineno)}"
        frame = frame.f_back
    return "a template"
