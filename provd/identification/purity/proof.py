"""
Proves of a plugin's extractor, by reading its source, that its answers may be remembered.

What is proven: called with an HTTP or a TFTP request, ``extract`` looks at nothing of it but ``path``,
``uri``, ``args`` and the ``User-Agent`` header, or ``["packet"]["filename"]``; whatever else it looks at
never changes; and it leaves nothing behind.  Hence the same URL and ``User-Agent`` always get the same
answer.  Nothing is executed: neither the extractor nor any method of its objects.

How: each value in a function is of one :class:`Kind`, starting from ``self`` and ``request``.  A statement or
expression is taken if its type is in the lists below and its parts are of kinds that it may have; the names
of a function are gone through until their kinds stay the same.  All values that a function can come by
are plain (text, numbers, patterns, matches and containers of such), so the name of a method tells what it
does.  Objects outside of the function (globals, attributes of ``self``) are judged as they are now, and by
what the plugin's functions could do to them later.  Functions of the plugin are gone through in turn.

Assumed: Python's semantics; that nothing outside of the plugin's files changes the plugin's objects, the
standard library or the process's locale; that a plugin's own code replaces globals, if it does, by name
(``global x``, ``common["x"] = ...``) or by means that :class:`PluginSource` refuses; that the files are
those that were run (checked for each function that is gone through); and that a limit of memory or
recursion isn't part of an answer.  What isn't understood is unproven, which costs time only.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from types import FunctionType, GetSetDescriptorType
from typing import Any

from twisted.logger import Logger

from provd.identification.requests import RequestType

from .source import PluginSource, Unproven
from .statements import Code
from .values import Kind, is_immutable, is_table

__all__ = ["is_proven_pure"]

_log = Logger()


def is_proven_pure(extractor: object, kind: RequestType, folder: str | None = None) -> bool:
    """
    Tell whether reading its source proves that the extractor's answers depend on nothing but the URL and
    the ``User-Agent`` header (HTTP, any method but POST) or the file name (TFTP).

    Reads the plugin's files and takes some milliseconds: to be called once, when the plugin has been loaded.

    :param extractor: of a plugin that was run by ``pluginhost/loader.py``; any object is taken.
    :param folder: the plugin's, by default that of the file that ``extract`` is in: not the same if a plugin
        runs a file of another plugin.
    """
    if kind is RequestType.DHCP:
        return False
    try:
        _Proof(extractor, folder).prove()
    except Unproven as doubt:
        _log.debug("{cls} isn't proven pure: {doubt}", cls=type.__repr__(type(extractor)), doubt=doubt)
        return False
    except Exception as error:  # of the hundred ways to fail on a stranger's file, none may stop a plugin
        _log.debug("no proof of {cls}: {error!r}", cls=type.__repr__(type(extractor)), error=error)
        return False
    return True


class _Proof:
    """
    What is known of one extractor's attributes, and of the functions that it calls.
    """

    def __init__(self, extractor: object, folder: str | None) -> None:
        cls = type(extractor)
        if type(cls) is not type:
            raise Unproven("a metaclass")
        self._classes = [vars(base) for base in cls.__mro__]
        for members in self._classes[:-1]:
            if "__getattr__" in members or "__getattribute__" in members:
                raise Unproven("attributes that are worked out")
            if not isinstance(members.get("__dict__"), GetSetDescriptorType | None):
                raise Unproven("a __dict__ of its own")
        self._instance: dict[str, Any] = getattr(extractor, "__dict__", {})
        self._results: dict[tuple[FunctionType, tuple[Kind, ...]], Kind] = {}
        self._in_cycles: set[tuple[FunctionType, tuple[Kind, ...]]] = set()
        extract = next((members["extract"] for members in self._classes if "extract" in members), None)
        if type(extract) is not FunctionType:
            raise Unproven("extract isn't a method")
        self.source = PluginSource(folder or os.path.dirname(extract.__code__.co_filename))

    def prove(self) -> None:
        """
        :raises Unproven: if anything is in doubt.
        """
        extract = self.member("extract")
        if self.call(extract, [Kind.SELF, Kind.REQUEST, Kind.OWN], {}) > Kind.ONCE:
            raise Unproven("an answer that isn't plain")

    def member(self, name: str) -> Any:
        """
        Return the object that ``self.<name>`` stands for, before methods are bound.
        """
        found = [members[name] for members in self._classes if name in members]
        if name not in self._instance:
            self.source.require_steady(name)
            if not found:
                raise Unproven(f"no attribute {name}")
            return found[0]
        self.source.require_set_once(name)
        if found or not is_immutable(self._instance[name]):
            raise Unproven(f"{name} of the instance")
        return self._instance[name]

    def value(self, name: str, item: Any) -> Kind:
        """
        Return the kind of an object outside of the functions that is known by that name.
        """
        if is_immutable(item):
            return Kind.OWN
        if is_table(item):
            self.source.require_only_read(name)
            return Kind.SHARED
        raise Unproven(f"{name} may change")

    def call(self, function: FunctionType, args: Sequence[Kind], keywords: dict[str, Kind]) -> Kind:
        """
        Return what a function of the plugin returns, called with arguments of these kinds.
        """
        definition = self.source.definition(function)
        kinds = _parameters(function, definition, args, keywords)
        key = (function, tuple(kinds.values()))
        if key not in self._results:
            self._results[key] = Kind.SHARED  # while it is gone through
            answer = Code(self, function, definition, kinds).answer()
            if answer > Kind.SHARED and key in self._in_cycles:
                raise Unproven(f"what {definition.name} returns")
            self._results[key] = answer
        else:
            self._in_cycles.add(key)
        return self._results[key]


def _parameters(
    function: FunctionType, definition: ast.FunctionDef, args: Sequence[Kind], keywords: dict[str, Kind]
) -> dict[str, Kind]:
    parameters = definition.args
    if parameters.vararg or parameters.kwarg or function.__closure__:
        raise Unproven(f"the parameters or the closure of {definition.name}")
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    if not all(map(is_immutable, defaults)):
        raise Unproven(f"a default of {definition.name} that may change")
    names = [parameter.arg for parameter in parameters.posonlyargs + parameters.args]
    count = len(names) - len(function.__defaults__ or ())
    optional = {*names[count:], *(function.__kwdefaults__ or ())}
    names_only = [parameter.arg for parameter in parameters.kwonlyargs]
    given = dict(zip(names, args, strict=False))
    if len(args) > len(names) or given.keys() & keywords.keys():
        raise Unproven(f"too many arguments of {definition.name}")
    given |= keywords
    for name in optional - given.keys():
        given[name] = Kind.OWN
    if given.keys() != {*names, *names_only}:
        raise Unproven(f"the arguments of {definition.name}")
    return {name: given[name] for name in names + names_only}
