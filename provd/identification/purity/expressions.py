"""
Goes through the expressions of a function for a proof of purity: of which kind is each, and does it only look
at what it may?
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import Any, Protocol

from provd.identification.requests import RequestType

from .source import PluginSource, Unproven
from .values import (
    LOG_METHODS,
    METHODS,
    MUTATORS,
    PURE,
    WALKERS,
    Kind,
    is_error,
    is_logger,
    is_plain_type,
)

__all__ = ["Expressions", "Proof", "joined"]

_PATHS = frozenset({"path", "uri"})
_OF_MATCHES = frozenset({"lastgroup", "lastindex", "pattern", "string"})
_OF_URLS = frozenset({"fragment", "hostname", "netloc", "path", "query", "scheme"})
_ATTRIBUTES = _OF_MATCHES | _OF_URLS
_TAKING_ITERATORS = frozenset({"join", "extend", "update"})
_MODULES_OF_CONSTANTS = (re, string)
_NOTHING = object()


class Proof(Protocol):
    """
    What is known outside of the function.
    """

    source: PluginSource

    def member(self, name: str) -> Any: ...

    def value(self, name: str, item: Any) -> Kind: ...

    def call(self, function: FunctionType, args: Sequence[Kind], keywords: dict[str, Kind]) -> Kind: ...


class Expressions:
    """
    The expressions of one function, called with arguments of one set of kinds.

    ``_on_<type>`` takes a node of that type and returns its kind.  A node without such a method is refused.
    """

    _proof: Proof
    #: The globals and the built-in names that the function sees.
    _outside: tuple[dict[str, Any], dict[str, Any]]
    #: The names of the function -> what they stood for so far.
    _kinds: dict[str, Kind]
    _locals: frozenset[str]
    #: The names of the comprehensions that the expression is in.
    _scopes: list[dict[str, Kind]]

    def _visit(self, node: ast.AST) -> Any:
        handler = getattr(self, f"_on_{type(node).__name__}", None)
        if handler is None:
            raise Unproven(f"{type(node).__name__} in line {getattr(node, 'lineno', '?')}")
        return handler(node)

    def _plain(self, *nodes: ast.AST | None, most: Kind = Kind.SHARED) -> Kind:
        highest = Kind.OWN
        for node in nodes:
            if node is not None:
                highest = max(highest, self._visit(node))
                if highest > most:
                    raise Unproven(f"more than plain data in line {getattr(node, 'lineno', '?')}")
        return highest

    def _walked(self, node: ast.AST) -> None:
        self._plain(node, most=Kind.ONCE)

    def _bind(self, target: ast.AST, kind: Kind) -> None:
        match target:
            case ast.Name(id=name):
                scope = self._scopes[-1] if self._scopes else self._kinds
                scope[name] = joined(scope.get(name, kind), kind)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) if kind <= Kind.ONCE:
                for part in parts:
                    self._bind(part, Kind.SHARED)
            case ast.Starred(value=part):
                self._bind(part, Kind.SHARED)
            case ast.Subscript() if kind <= Kind.SHARED:
                self._own_container(target)
            case _:
                raise Unproven(f"what line {getattr(target, 'lineno', '?')} changes")

    def _own_container(self, target: ast.Subscript) -> None:
        self._plain(target.value, most=Kind.OWN)
        self._plain(target.slice)

    def _local(self, name: str) -> Kind | None:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return self._kinds.get(name, Kind.OWN) if name in self._locals else None

    def _object(self, node: ast.AST) -> Any:
        """
        Return the object outside of the function that the expression names, or _NOTHING.
        """
        match node:
            case ast.Name(id=name) if self._local(name) is None:
                return self._global(name)
            case ast.Attribute(value=ast.Name(id=own), attr=name) if self._local(own) is Kind.SELF:
                return self._proof.member(name)
            case ast.Attribute(value=home, attr=name):
                owner = self._object(home)
                if owner is RequestType and name in RequestType.__members__:
                    return RequestType[name]
                if type(owner) is ModuleType and name in vars(owner):
                    self._proof.source.require_steady(name)
                    return vars(owner)[name]
        return _NOTHING

    def _global(self, name: str) -> Any:
        self._proof.source.require_steady_global(name)
        for names in self._outside:
            if name in names:
                return names[name]
        raise Unproven(f"no {name}")

    def _on_Name(self, node: ast.Name) -> Kind:
        kind = self._local(node.id)
        return self._proof.value(node.id, self._global(node.id)) if kind is None else kind

    def _on_Attribute(self, node: ast.Attribute) -> Kind:
        item = self._object(node)
        if item is not _NOTHING:
            owner = self._object(node.value)
            if type(owner) is ModuleType and owner not in _MODULES_OF_CONSTANTS:
                raise Unproven(f"{node.attr} of a module")
            return self._proof.value(node.attr, item)
        kind = self._visit(node.value)
        if kind is Kind.REQUEST and node.attr in _PATHS:
            return Kind.OWN
        if (kind is Kind.REQUEST and node.attr == "args") or (
            kind <= Kind.SHARED and node.attr in _ATTRIBUTES
        ):
            return Kind.SHARED
        raise Unproven(f".{node.attr} in line {node.lineno}")

    def _on_Subscript(self, node: ast.Subscript) -> Kind:
        kind = self._visit(node.value)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if kind is Kind.REQUEST and key == "packet":
            return Kind.PACKET
        if kind is Kind.PACKET and key == "filename":
            return Kind.OWN
        if kind > Kind.SHARED:
            raise Unproven(f"[] in line {node.lineno}")
        self._plain(node.slice)
        return Kind.SHARED

    def _on_Slice(self, node: ast.Slice) -> Kind:
        self._plain(node.lower, node.upper, node.step)
        return Kind.OWN

    def _on_Constant(self, node: ast.AST) -> Kind:
        return Kind.OWN

    def _on_Compare(self, node: ast.Compare) -> Kind:
        self._plain(node.left, *node.comparators)
        return Kind.OWN

    def _on_BinOp(self, node: ast.BinOp) -> Kind:
        self._plain(node.left, node.right)
        return Kind.OWN

    def _on_UnaryOp(self, node: ast.UnaryOp) -> Kind:
        self._plain(node.operand)
        return Kind.OWN

    def _on_BoolOp(self, node: ast.BoolOp) -> Kind:
        return self._plain(*node.values)

    def _on_IfExp(self, node: ast.IfExp) -> Kind:
        self._plain(node.test)
        return joined(self._visit(node.body), self._visit(node.orelse))

    def _on_NamedExpr(self, node: ast.NamedExpr) -> Kind:
        if self._scopes:
            raise Unproven(f":= in a comprehension in line {node.lineno}")
        kind: Kind = self._visit(node.value)
        self._bind(node.target, kind)
        return kind

    def _on_JoinedStr(self, node: ast.JoinedStr) -> Kind:
        self._plain(*node.values)
        return Kind.OWN

    def _on_FormattedValue(self, node: ast.FormattedValue) -> Kind:
        self._plain(node.value, node.format_spec)
        return Kind.OWN

    def _on_Tuple(self, node: ast.Tuple | ast.List | ast.Set) -> Kind:
        for item in node.elts:
            if isinstance(item, ast.Starred):
                self._walked(item.value)
            else:
                self._plain(item)
        return Kind.OWN

    _on_List = _on_Set = _on_Tuple

    def _on_Dict(self, node: ast.Dict) -> Kind:
        self._plain(*node.keys, *node.values)
        return Kind.OWN

    def _on_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Kind:
        self._comprehension(node.generators, node.elt)
        return Kind.ONCE if isinstance(node, ast.GeneratorExp) else Kind.OWN

    _on_SetComp = _on_GeneratorExp = _on_ListComp

    def _on_DictComp(self, node: ast.DictComp) -> Kind:
        self._comprehension(node.generators, node.key, node.value)
        return Kind.OWN

    def _comprehension(self, generators: list[ast.comprehension], *results: ast.expr) -> None:
        self._scopes.append({})
        for generator in generators:
            if generator.is_async:
                raise Unproven("an asynchronous comprehension")
            self._walked(generator.iter)
            self._bind(generator.target, Kind.SHARED)
            self._plain(*generator.ifs)
        self._plain(*results)
        self._scopes.pop()

    # Calls.

    def _on_Call(self, node: ast.Call) -> Kind:
        function = self._object(node.func)
        if function is isinstance:
            return self._tested_type(node)
        if function is not _NOTHING:
            return self._called_attribute(function, node)
        if isinstance(node.func, ast.Attribute):
            return self._called_method(node.func, node)
        raise Unproven(f"a call in line {node.lineno}")

    def _tested_type(self, node: ast.Call) -> Kind:
        match node:
            case (
                ast.Call(args=[item, ast.Tuple(elts=types)], keywords=[])
                | ast.Call(args=[item, *types], keywords=[])
            ):
                self._plain(item)
                if all(is_plain_type(self._object(kind)) for kind in types):
                    return Kind.OWN
        raise Unproven(f"isinstance in line {node.lineno}")

    def _called_attribute(self, function: Any, node: ast.Call) -> Kind:
        of_self = isinstance(node.func, ast.Attribute) and self._is_self(node.func.value)
        if of_self and type(function) is FunctionType:
            return self._called(function, node, [Kind.SELF])
        if of_self and type(function) is classmethod:
            return self._called(function.__func__, node, [Kind.SELF])
        return self._called(function.__func__ if type(function) is staticmethod else function, node)

    def _called(self, function: Any, node: ast.Call, first: Sequence[Kind] = ()) -> Kind:
        if id(function) in PURE and not first:
            self._plain_arguments(node, Kind.ONCE if id(function) in WALKERS else Kind.SHARED)
            return PURE[id(function)]
        if is_error(function):
            self._plain_arguments(node)
            return Kind.OWN
        if type(function) is not FunctionType:
            raise Unproven(f"what line {node.lineno} calls")
        keywords: dict[str, Kind] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise Unproven(f"** in line {node.lineno}")
            keywords[keyword.arg] = self._visit(keyword.value)
        return self._proof.call(function, [*first, *map(self._visit, node.args)], keywords)

    def _called_method(self, func: ast.Attribute, node: ast.Call) -> Kind:
        name = func.attr
        if is_logger(self._object(func.value)) and name in LOG_METHODS:
            self._proof.source.require_steady(name)
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if self._visit(argument) is Kind.SELF:  # which may have a __repr__
                    raise Unproven(f"self in a log in line {node.lineno}")
            return Kind.OWN
        of_type = is_plain_type(self._object(func.value))  # as in str.lower(text)
        kind = Kind.SHARED if of_type else self._visit(func.value)
        if kind is Kind.REQUEST and name == "getHeader" and _asks_for_user_agent(node):
            return Kind.OWN
        if kind > Kind.SHARED or (name == "format" and not _is_simple_format(func.value)):
            raise Unproven(f".{name}() in line {node.lineno}")
        self._plain_arguments(node, Kind.ONCE if name in _TAKING_ITERATORS else Kind.SHARED)
        if name in MUTATORS and kind is Kind.OWN:
            return MUTATORS[name]
        if name in METHODS:
            return METHODS[name]
        raise Unproven(f".{name}() in line {node.lineno}")

    def _plain_arguments(self, node: ast.Call, first: Kind = Kind.SHARED) -> None:
        self._plain(*node.args[:1], most=first)
        self._plain(*node.args[1:], *(keyword.value for keyword in node.keywords))

    def _is_self(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and self._local(node.id) is Kind.SELF


def joined(one: Kind, other: Kind) -> Kind:
    """
    Return the kind of what may be of either.
    """
    if one is not other and max(one, other) > Kind.ONCE:
        raise Unproven("a name of many meanings")
    return max(one, other)


def _asks_for_user_agent(node: ast.Call) -> bool:
    match node:
        case ast.Call(args=[ast.Constant(value=(str() | bytes()) as name)], keywords=[]):
            return name.lower() in ("user-agent", b"user-agent")
    return False


def _is_simple_format(node: ast.AST) -> bool:
    # "{0.x}" and "{0[x]}" look into the arguments.
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    fields = [(field, spec) for _text, field, spec, _conversion in string.Formatter().parse(node.value)]
    return not any(
        "." in (field or "") or "[" in (field or "") or "{" in (spec or "") for field, spec in fields
    )
