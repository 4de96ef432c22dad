"""
The source of a plugin, as far as a proof of purity needs it: the definition of a function object, and what
the plugin's functions may change after it is loaded.  Nothing is executed.

The names are compared as such, whatever they belong to: an attribute ``x`` that any function of the plugin
sets makes every ``x`` unsteady.
"""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from types import CodeType, FunctionType
from typing import NamedTuple

__all__ = ["PluginSource", "Unproven"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# With these at hand a plugin can change what no reading of names would find.
_REFLECTION = _words(
    """
    exec eval globals locals vars setattr delattr attrgetter methodcaller importlib builtins gc inspect ctypes
    runpy codecs register_error mock _getframe f_globals f_locals __import__ __builtins__
    """
)
_HARMLESS_DUNDERS = _words("__init__ __class__ __name__ __qualname__ __doc__ __str__ __repr__ __version__")

_READING = _words("get keys values items copy index count union intersection isdisjoint")
_READERS = _words("len sorted list tuple set frozenset dict any all enumerate iter reversed")
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp
# The parts of those that run when it is called; its decorators and defaults run where it is defined.
_LATER = frozenset({"body", "elt", "generators"})


class Unproven(Exception):
    """
    Something isn't understood, or is understood too well.
    """


class _Use(NamedTuple):
    node: ast.AST
    parent: ast.AST
    function: _Function | None  # None: it runs once, when the plugin is loaded


class PluginSource:
    """
    ``entry.py`` of a folder and the files that it runs with ``execfile_``.

    :raises Unproven: if those files can't be told, or change things by means that aren't followed.
    :raises OSError, SyntaxError, ValueError: if they can't be read.
    """

    def __init__(self, folder: str) -> None:
        self._codes: defaultdict[tuple[str, str, int], list[CodeType]] = defaultdict(list)
        self._definitions: defaultdict[tuple[str, str, int], list[ast.FunctionDef]] = defaultdict(list)
        self._uses: defaultdict[str, list[_Use]] = defaultdict(list)
        self._quoted: set[str] = set()
        self._handed_on: set[str] = set()
        self._changed: set[str] = set()
        self._bound: set[str] = set()
        self._set_by_init: set[str] = set()
        self._initializes_again = False
        self._folder = folder
        self._files = ["entry.py"]
        for name in self._files:  # which grows meanwhile
            self._read(os.path.join(folder, name))

    def definition(self, function: FunctionType) -> ast.FunctionDef:
        """
        Return the definition that the function was compiled from.

        :raises Unproven: if it isn't in these files, or the file isn't any more what was run.
        """
        code = function.__code__
        place = (code.co_filename, code.co_name, code.co_firstlineno)
        definitions = self._definitions.get(place, [])
        if len(definitions) != 1 or self._codes.get(place) != [code]:
            raise Unproven(f"no source of {code.co_name}")
        return definitions[0]

    def require_steady(self, name: str) -> None:
        """
        Return if no function gives a global or an attribute of that name another value after loading.
        """
        # Within a class, __x means another name.
        if name in self._changed or "__" in name or (name in self._set_by_init and self._initializes_again):
            raise Unproven(f"{name} changes")

    def require_steady_global(self, name: str) -> None:
        """
        Return if no function gives a global of that name another value, not by text either: ``entry.py``
        holds the globals of other files as plain dicts.
        """
        self.require_steady(name)
        if name in self._handed_on:
            raise Unproven(f"{name} may be set by text")

    def require_set_once(self, name: str) -> None:
        """
        Return if an attribute of an object is set by constructors alone.
        """
        self.require_steady(name)
        if name not in self._set_by_init:
            raise Unproven(f"{name} isn't set by a constructor")

    def require_only_read(self, name: str) -> None:
        """
        Return if every dict, list or set of that name is written out where it is defined, and only read
        since: it has no second name, and nobody is given it.
        """
        self.require_steady(name)
        uses = self._uses[name]
        defined = any(isinstance(use.parent, ast.Assign | ast.AnnAssign) for use in uses)
        if not defined or name in self._quoted or not all(map(self._is_harmless, uses)):
            raise Unproven(f"{name} may be changed")

    def _read(self, path: str) -> None:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
        self._keep_codes(path, compile(tree, path, "exec", dont_inherit=True))
        pending: list[tuple[ast.AST, _Function | None]] = [(tree, None)]
        while pending:
            node, function = pending.pop()
            if isinstance(node, ast.FunctionDef):
                first = node.decorator_list[0] if node.decorator_list else node
                self._definitions[path, node.name, first.lineno].append(node)
            for field, value in ast.iter_fields(node):
                within = node if isinstance(node, _Function) and field in _LATER else function
                for child in value if isinstance(value, list) else (value,):
                    if isinstance(child, ast.AST):
                        self._note(_Use(child, node, within))
                        pending.append((child, within))

    def _keep_codes(self, path: str, code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._codes[path, constant.co_name, constant.co_firstlineno].append(constant)
                self._keep_codes(path, constant)

    def _note(self, use: _Use) -> None:
        node = use.node
        match node:
            case ast.Name(id=name):
                self._uses[name].append(use)
                if not isinstance(node.ctx, ast.Load):
                    self._bound.add(name)
                self._refuse_reflection(name, use)
            case ast.Attribute(attr=name):
                self._uses[name].append(use)
                self._note_attribute(node, use.function)
            case ast.Constant(value=str(text)):
                self._quoted.add(text)
                if use.function is not None or not _is_looked_up(use.parent):
                    self._handed_on.add(text)
                if text == "execfile_":
                    raise Unproven("execfile_ under another name")
            case ast.NamedExpr(target=ast.Name(id=name)):
                self._changed.add(name)  # within a generator of the module, a global at any time
            case ast.Global(names=names):
                self._changed.update(names)
            case ast.arg(arg=name) | ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                self._uses[name].append(use)
                self._bound.add(name)
            case ast.ImportFrom(module=str(module)):
                self._refuse_reflection(module.partition(".")[0], use)
            case ast.keyword(arg=str(key)):
                self._quoted.add(key)
                if isinstance(use.parent, ast.Call) and _is_method(use.parent.func, "update"):
                    self._handed_on.add(key)
            case ast.alias():
                for name in {node.name.partition(".")[0], node.asname or node.name}:
                    self._uses[name].append(use)
                    self._bound.add(name)
                    self._refuse_reflection(name, use)
            case ast.ExceptHandler(name=str(name)) | ast.AsyncFunctionDef(name=name):
                self._bound.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._bound.add(name)
            case ast.Call(func=ast.Name(id="getattr")):
                match node.args:
                    case [_, ast.Constant(value=str(name)), *_]:
                        _refuse_attribute(name)
                    case _:
                        raise Unproven("getattr of any name")

    def _note_attribute(self, node: ast.Attribute, function: _Function | None) -> None:
        name = node.attr
        _refuse_attribute(name)
        own = _own_name(function)
        if name == "__init__" and not (own and _is_super(node.value, own)):
            self._initializes_again = True
        if function is None or isinstance(node.ctx, ast.Load):
            return
        if _is_dunder(name):
            raise Unproven(f"{name} is set")
        is_own = own is not None and isinstance(node.value, ast.Name) and node.value.id == own
        (self._set_by_init if is_own else self._changed).add(name)

    def _refuse_reflection(self, name: str, use: _Use) -> None:
        is_called = isinstance(use.parent, ast.Call) and use.parent.func is use.node
        if name in _REFLECTION or name in ("*", "compile") or (name == "getattr" and not is_called):
            raise Unproven(f"{name} may change anything")
        if name != "execfile_":
            return
        match use.parent:
            case ast.Call(args=[ast.Constant(value=str(file)), *_]) if is_called and use.function is None:
                if file not in self._files:
                    self._files.append(file)
            case _:
                raise Unproven("a file of any name is run")

    def _is_harmless(self, use: _Use) -> bool:
        node, parent = use.node, use.parent
        if not isinstance(node, ast.Name | ast.Attribute):
            return False
        if isinstance(node.ctx, ast.Store):
            return use.function is None and _is_definition(node, parent)
        if isinstance(node.ctx, ast.Del):
            return False
        match parent:
            case ast.Subscript():
                return parent.value is node and isinstance(parent.ctx, ast.Load)
            case ast.Attribute(attr=attribute):
                return attribute in _READING
            case ast.For() | ast.comprehension():
                return parent.iter is node
            case ast.If() | ast.While() | ast.IfExp():
                return parent.test is node
            case ast.Call(func=ast.Name(id=reader)):
                return reader in _READERS and reader not in self._bound | self._quoted
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join")):
                return True
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[table]):
                return table is node
        return isinstance(parent, ast.FormattedValue | ast.Starred)


def _is_definition(node: ast.AST, parent: ast.AST) -> bool:
    match parent:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            return target is node and isinstance(node, ast.Name) and isinstance(value, _DISPLAYS)
    return False


def _refuse_attribute(name: str) -> None:
    if name in _REFLECTION or (_is_dunder(name) and name not in _HARMLESS_DUNDERS):
        raise Unproven(f"{name} may change anything")


def _is_looked_up(parent: ast.AST) -> bool:
    return isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Load)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_super(node: ast.AST, own: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="super"), args=[]):
            return True
        case ast.Call(func=ast.Name(id="super"), args=[_, ast.Name(id=name)]):
            return name == own
    return False


def _is_method(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name


def _own_name(function: _Function | None) -> str | None:
    """
    Return the name that a constructor has for its new object, if that name stands for nothing else.
    """
    match function:
        case ast.FunctionDef(name="__init__", args=ast.arguments(args=[ast.arg(arg=own), *_])):
            names = [item for item in ast.walk(function) if isinstance(item, ast.Name) and item.id == own]
            return own if all(isinstance(item.ctx, ast.Load) for item in names) else None
    return None
