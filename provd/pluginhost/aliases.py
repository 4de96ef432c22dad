"""
The names under which plugins of either vintage import provd.  Each module below them *is* provd's own:
a second copy would have a second ``Plugin`` class, and an empty slot where the synchronizer should be.
And a name of Twisted that they import and that Twisted may drop.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from twisted.web import pages, resource

__all__ = ["ALIASES", "install"]

ALIASES = ("accent_provd", "wazo_provd")
_PACKAGE = __name__.partition(".")[0]


def install() -> None:
    """
    Make every module of provd importable under the other names too.  Calling it again does nothing.
    """
    if not hasattr(resource, "NoResource"):  # deprecated since Twisted 22.10
        resource.NoResource = _NoResource  # type: ignore[assignment]  # it has no other type then
    if not any(isinstance(finder, _AliasFinder) for finder in sys.meta_path):
        # Before the usual finders, which would read the file again for a name that they don't know.
        sys.meta_path.insert(0, _AliasFinder())


class _NoResource(resource.Resource):
    """
    Answers 404, below it too.

    :param message: one sentence for the page.
    """

    def __init__(self, message: str = "Sorry. No luck finding that resource.") -> None:
        super().__init__()
        self._page = pages.notFound(message=message)

    def getChild(self, path: bytes, request: Any) -> resource.Resource:
        return self

    def render(self, request: Any) -> Any:
        return self._page.render(request)


class _AliasFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        alias, _, below = fullname.partition(".")
        if alias not in ALIASES:
            return None
        original = f"{_PACKAGE}.{below}" if below else _PACKAGE
        if importlib.util.find_spec(original) is None:
            return None
        return ModuleSpec(fullname, _AliasLoader(original), origin=original)


class _AliasLoader(Loader):
    def __init__(self, original: str) -> None:
        self._original = original

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._original)
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just put the alias's specification there.
        module.__spec__ = self._own_spec
