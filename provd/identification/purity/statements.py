"""
Goes through the statements of a function for a proof of purity: what do its names stand for, and what does
it return?
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from types import FunctionType
from typing import Any

from .expressions import Expressions, Proof, joined
from .source import Unproven
from .values import Kind, is_error, is_error_type

__all__ = ["Code"]


class Code(Expressions):
    """
    One function, called with arguments of one set of kinds.
    """

    def __init__(
        self, proof: Proof, function: FunctionType, definition: ast.FunctionDef, kinds: dict[str, Kind]
    ) -> None:
        self._proof = proof
        untyped: Any = function  # typeshed doesn't know of its builtins
        self._outside = (function.__globals__, untyped.__builtins__)
        self._body = definition.body
        self._kinds = dict(kinds)
        self._locals = _bound_names(definition.body) | kinds.keys()
        self._scopes = []
        self._answer = Kind.OWN

    def answer(self) -> Kind:
        """
        Return the kind of what the function returns.

        :raises Unproven: if any part of it is in doubt.
        """
        while True:
            before = (dict(self._kinds), self._answer)
            self._all(self._body)
            if before == (self._kinds, self._answer):
                return self._answer

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self._visit(node)

    def _on_Expr(self, node: ast.Expr) -> None:
        self._visit(node.value)

    def _on_Pass(self, node: ast.AST) -> None: ...

    _on_Break = _on_Continue = _on_Pass

    def _on_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._answer = joined(self._answer, self._visit(node.value))

    def _on_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            match target, node.value:
                case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                    kinds = [self._visit(value) for value in values]
                    for name, kind in zip(names, kinds, strict=True):
                        self._bind(name, kind)
                case _:
                    self._bind(target, self._visit(node.value))

    def _on_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, self._visit(node.value))

    def _on_AugAssign(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name) or self._local(node.target.id) is not Kind.OWN:
            raise Unproven(f"what line {node.lineno} changes")
        self._walked(node.value)

    def _on_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                self._own_container(target)
            elif not isinstance(target, ast.Name):
                raise Unproven(f"what line {node.lineno} deletes")

    def _on_If(self, node: ast.If | ast.While) -> None:
        self._plain(node.test)
        self._all(node.body + node.orelse)

    _on_While = _on_If

    def _on_For(self, node: ast.For) -> None:
        self._walked(node.iter)
        self._bind(node.target, Kind.SHARED)
        self._all(node.body + node.orelse)

    def _on_Try(self, node: ast.Try) -> None:
        self._all(node.body)
        for handler in node.handlers:
            types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            if not all(kind is None or is_error_type(self._object(kind)) for kind in types):
                raise Unproven(f"what line {handler.lineno} catches")
            if handler.name is not None:
                self._bind(ast.Name(handler.name), Kind.SHARED)
            self._all(handler.body)
        self._all(node.orelse + node.finalbody)

    def _on_Raise(self, node: ast.Raise) -> None:
        if node.exc is None or not is_error(self._object(node.exc)):  # else a type: raise ValueError
            self._plain(node.exc)
        self._plain(node.cause)

    def _on_Assert(self, node: ast.Assert) -> None:
        self._plain(node.test, node.msg)


def _bound_names(body: list[ast.stmt]) -> frozenset[str]:
    nodes = [node for statement in body for node in ast.walk(statement)]
    inner = {
        id(node)
        for comprehension in nodes
        if isinstance(comprehension, ast.comprehension)
        for node in ast.walk(comprehension.target)
    }
    names = frozenset(
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in inner
    )
    return names.union(node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name)
