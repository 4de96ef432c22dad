"""
The query language of stores and REST: which documents match a selector, in which order they come, and
which of their members are shown.

A selector maps dotted keys to conditions, all of which must hold::

    {"plugin": "yealink", "options.switchboard": {"$exists": true}, "version": {"$in": ["1.0", "1.1"]}}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from provd.addresses import is_normed_ip
from provd.errors import InvalidQuery

Test = Callable[[Mapping[str, Any]], bool]
_Condition = Callable[[list[Any]], bool]

_MAX_DEPTH = 50


def compile_selector(selector: Mapping[str, Any]) -> Test:
    """
    Return the function that tells whether a document matches.

    :param selector: JSON values; ``{}`` matches every document.
    :raises InvalidQuery: naming the key that is wrong.
    """
    if not isinstance(selector, Mapping):
        raise InvalidQuery("a selector must be an object")
    tests = [_test(key, condition) for key, condition in selector.items()]
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def pinned_values(condition: Any) -> frozenset[str] | None:
    """
    Return the texts one of which a key must equal for its condition to hold, or None if other values
    can satisfy it: what a store needs to look the key up in an index.

    :param condition: what :func:`compile_selector` has accepted for a key.
    """
    if isinstance(condition, str):
        return frozenset((condition,))
    if _is_operators(condition) and "$in" in condition:
        operand = condition["$in"]
        if all(isinstance(value, str) for value in operand):
            return frozenset(operand)
    return None


def is_pinned_only(condition: Any) -> bool:
    """
    Tell whether a condition says nothing beyond its :func:`pinned_values`.
    """
    return pinned_values(condition) is not None and (isinstance(condition, str) or len(condition) == 1)


def sort_key(name: str, document: Mapping[str, Any]) -> str:
    """
    Return the text by which a document is sorted: the value's own text, and nothing for a value that is
    missing, null or behind something else than objects.  Addresses under ``ip`` sort as numbers.

    :param name: dotted.
    """
    node: Any = document
    for part in name.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    if node is None:
        return ""
    if not isinstance(node, str):
        return json.dumps(node, separators=(",", ":"))
    if name == "ip" and is_normed_ip(node):
        return ".".join(number.zfill(3) for number in node.split("."))
    return node


def project(document: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """
    Return the named members of a document, and always its ``id``; a name that it lacks is left out.

    :param fields: dotted names; empty keeps everything.
    """
    if not fields:
        return dict(document)
    kept: dict[str, Any] = {}
    for name in ("id", *fields):
        _copy_member(document, kept, name.split("."))
    return kept


def _copy_member(source: Mapping[str, Any], target: dict[str, Any], names: list[str]) -> None:
    *way, last = names
    nodes: list[Any] = [source]
    for name in way:
        if not isinstance(nodes[-1], Mapping) or name not in nodes[-1]:
            return
        nodes.append(nodes[-1][name])
    if not isinstance(nodes[-1], Mapping) or last not in nodes[-1]:
        return
    for node, name in zip(nodes, way, strict=False):
        if target.get(name) is node[name]:
            return  # a shorter name has already kept all of it
        target = target.setdefault(name, {})
    target[last] = nodes[-1][last]


def json_equal(one: Any, other: Any) -> bool:
    """
    Tell whether two values are equal as JSON: as in Python, but ``true`` isn't 1.
    """
    if one != other:
        return False
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list):
        return all(map(json_equal, one, other))
    if isinstance(one, dict):
        return all(json_equal(value, other[key]) for key, value in one.items())
    return True


def _test(key: str, condition: Any) -> Test:
    if not isinstance(key, str) or key.startswith("$"):
        raise InvalidQuery(f"{key!r} isn't a key")
    if _depth_exceeds(condition, _MAX_DEPTH):
        raise InvalidQuery(f"{key}: nested too deeply")
    names = key.split(".")
    if isinstance(condition, str) and len(names) == 1:
        return lambda document: document.get(key) == condition
    if _is_operators(condition):
        holds = [_operator(key, name, operand) for name, operand in condition.items()]
    else:
        holds = [_any_value(_equal_to(condition))]

    def test(document: Mapping[str, Any]) -> bool:
        values = list(_values(names, document))
        return all(hold(values) for hold in holds)

    return test


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        inner: list[Any] = []
        for node in level:
            if isinstance(node, Mapping):
                inner.extend(node.values())
            elif isinstance(node, list):
                inner.extend(node)
        if not inner:
            return False
        level = inner
    return True


def _is_operators(condition: Any) -> bool:
    return isinstance(condition, Mapping) and any(str(name).startswith("$") for name in condition)


def _values(names: list[str], document: Mapping[str, Any]) -> Iterator[Any]:
    """
    Yield what a key selects: only its last name looks into the elements of lists.
    """
    *way, last = names
    node: Any = document
    for name in way:
        if not isinstance(node, Mapping) or name not in node:
            return
        node = node[name]
    nodes = [node]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes.extend(reversed(node))
        elif isinstance(node, Mapping) and last in node:
            yield node[last]


def _operator(key: str, name: str, operand: Any) -> _Condition:
    if name in ("$in", "$nin"):
        if not isinstance(operand, list):
            raise InvalidQuery(f"{key}: {name} needs a list")
        found = _any_value(_element_of(operand))
        return found if name == "$in" else lambda values: not found(values)
    if name == "$ne":
        equal = _any_value(_equal_to(operand))
        return lambda values: not equal(values)
    if name == "$contains":
        return _any_value(lambda value: _contains(value, operand))
    if name == "$exists":
        wanted = bool(operand)
        return lambda values: bool(values) is wanted
    if name in _COMPARISONS:
        compare = _COMPARISONS[name]
        return _any_value(lambda value: _comparable(value, operand) and compare(value, operand))
    raise InvalidQuery(f"{key}: unknown operator {name!r}")


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda value, operand: value > operand,
    "$ge": lambda value, operand: value >= operand,
    "$lt": lambda value, operand: value < operand,
    "$le": lambda value, operand: value <= operand,
}


def _any_value(holds: Callable[[Any], bool]) -> _Condition:
    return lambda values: any(map(holds, values))


def _equal_to(operand: Any) -> Callable[[Any], bool]:
    return lambda value: json_equal(value, operand)


def _element_of(operand: list[Any]) -> Callable[[Any], bool]:
    texts = frozenset(element for element in operand if isinstance(element, str))
    others = [element for element in operand if not isinstance(element, str)]

    def holds(value: Any) -> bool:
        if isinstance(value, str):
            return value in texts
        return any(json_equal(value, element) for element in others)

    return holds


def _contains(value: Any, operand: Any) -> bool:
    if isinstance(value, list):
        return any(json_equal(element, operand) for element in value)
    return isinstance(operand, str) and isinstance(value, (str, Mapping)) and operand in value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _comparable(value: Any, operand: Any) -> bool:
    if isinstance(value, str):
        return isinstance(operand, str)
    return _is_number(value) and _is_number(operand)
