"""
A config and its parents become one raw config.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from provd.errors import InvalidDocument

from .codes import code_mistakes

Config = dict[str, Any]
RawConfig = dict[str, Any]


def merge(base: RawConfig, overlay: Mapping[str, Any]) -> None:
    """
    Lay ``overlay`` over ``base``, in place: objects merge key by key, anything else, null included, replaces.

    ``base`` must be private to the caller; nothing of ``overlay`` is shared with it afterwards.
    """
    for key, value in overlay.items():
        below = base.get(key)
        if isinstance(value, Mapping):
            if isinstance(below, dict):
                merge(below, value)
            else:
                base[key] = deepcopy(dict(value))
        else:
            base[key] = deepcopy(value) if isinstance(value, list) else value


def flatten(config_id: str, lookup: Callable[[str], Config | None], base: RawConfig) -> RawConfig | None:
    """
    Return the raw config that a device of this config is rendered from, or None if there is no such config.

    Parents are applied before the child, in list order, each config once, so that diamonds and cycles are
    safe; unknown parents are passed over.

    :param lookup: returns a config document that the caller may keep, or None.
    :param base: what lies below every config; it isn't changed.
    """
    config = lookup(config_id)
    if config is None:
        return None
    raw = deepcopy(base)
    visited = {config_id}
    # Depth first without recursion: a chain of thousands of parents is only a strange site, not a crash.
    pending: list[tuple[Config, list[str]]] = [(config, list(_parents(config)))]
    while pending:
        document, parents = pending[-1]
        if parents:
            parent_id = parents.pop(0)
            if parent_id not in visited:
                visited.add(parent_id)
                parent = lookup(parent_id)
                if parent is not None:
                    pending.append((parent, list(_parents(parent))))
            continue
        pending.pop()
        own = document.get("raw_config")
        if isinstance(own, Mapping):
            merge(raw, own)
    return raw


def _parents(config: Config) -> Iterable[str]:
    parents = config.get("parent_ids")
    if not isinstance(parents, list):
        return ()
    return (parent for parent in parents if isinstance(parent, str))


def descendants(config_id: str, children: Callable[[str], Iterable[str]]) -> set[str]:
    """
    Return the ids of all configs that inherit from this one, however far, itself not among them
    unless it is its own ancestor.

    :param children: returns the ids of the configs that list one as their parent.
    """
    found: set[str] = set()
    pending = [config_id]
    while pending:
        for child in children(pending.pop()):
            if child not in found:
                found.add(child)
                pending.append(child)
    return found


def autocreated(template: Config) -> Config:
    """
    Return a new transient config made of the ``autocreate`` one.

    It is a child of the template, so that a later change there reaches it, but for what it copied.

    :raises InvalidDocument: if the template has no SIP line ``1``.
    """
    raw = template.get("raw_config")
    lines = raw.get("sip_lines") if isinstance(raw, Mapping) else None
    if not isinstance(lines, Mapping) or not lines.get("1"):
        raise InvalidDocument("config", {"raw_config.sip_lines": "of the autocreate config has no line 1"})
    return {
        "id": f"{template['id']}{uuid.uuid4()}",
        "parent_ids": [template["id"]],
        "raw_config": deepcopy(raw),
        "transient": True,
    }


def without_nulls(value: Any) -> Any:
    """
    Return a copy without the object members that are null, however deep; null elements of lists stay.
    """
    if isinstance(value, Mapping):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(element) for element in value]
    return value


def normalized(config: Config) -> Config:
    """
    Return a config as it is stored: one of ``X_type`` ``"device"`` loses its null members.
    """
    return without_nulls(config) if config.get("X_type") == "device" else config


def check_config(config: Mapping[str, Any]) -> None:
    """
    Check the structure of a config document; its raw config is ``provd.model.parametertypes``'.

    :raises InvalidDocument: naming every key that is missing or of a wrong type.
    """
    mistakes: dict[str, str] = {}
    parents = config.get("parent_ids")
    if not isinstance(parents, list) or not all(isinstance(parent, str) for parent in parents):
        mistakes["parent_ids"] = "isn't a list of texts"
    if not isinstance(config.get("raw_config"), Mapping):
        mistakes["raw_config"] = "isn't an object"
    if not isinstance(config.get("role"), str | None):
        mistakes["role"] = "isn't text"
    for key in ("transient", "deletable"):
        if not isinstance(config.get(key), bool | None):
            mistakes[key] = "isn't true or false"
    mistakes |= code_mistakes(config)
    if mistakes:
        raise InvalidDocument("config", mistakes)
