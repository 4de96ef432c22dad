"""
What an import changes: pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provd.app.firststart import WELL_KNOWN

from .documents import Stored

__all__ = ["Plan", "plan"]


@dataclass
class Plan:
    """
    :ivar documents: all that there are afterwards, in order.
    :ivar new, same, replaced, kept: ``"device a1"``; kept are those that differ and stay as they are here.
    :ivar parameters: the content of ``app.json`` afterwards.
    :ivar plugins: ids of those that come along; devices want the missing ones.
    """

    documents: list[Stored] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    new_parameters: list[str] = field(default_factory=list)
    plugins: list[str] = field(default_factory=list)
    kept_plugins: list[str] = field(default_factory=list)
    missing_plugins: list[str] = field(default_factory=list)

    @property
    def changes_anything(self) -> bool:
        return bool(self.new or self.replaced or self.new_parameters or self.plugins)


def plan(
    here: Iterable[Stored],
    there: Iterable[Stored],
    parameters_here: Mapping[str, Any],
    parameters_there: Mapping[str, Any],
    plugins_here: Iterable[str],
    plugins_there: Iterable[str],
    used_plugins: Iterable[str],
    overwrite: bool = False,
) -> Plan:
    """
    Return what an import does: what isn't here comes; what differs stays as it is here, unless ``overwrite``
    is wanted or nothing is here but what a first start has written.
    """
    own = {(stored.kind, stored.id): stored for stored in here}
    is_fresh = all(kind == "config" and name in WELL_KNOWN for kind, name in own)
    made = Plan()
    result = dict(own)
    for stored in there:
        name = f"{stored.kind} {stored.id}"
        former = own.get((stored.kind, stored.id))
        if former is None:
            made.new.append(name)
        elif former.document == stored.document:
            made.same.append(name)
            continue
        elif is_fresh or overwrite:
            made.replaced.append(name)
        else:
            made.kept.append(name)
            continue
        result[stored.kind, stored.id] = stored
    made.documents = list(result.values())
    made.parameters = dict(parameters_here)
    for key, value in parameters_there.items():
        if key not in parameters_here or (overwrite and parameters_here[key] != value):
            made.parameters[key] = value
            made.new_parameters.append(key)
    installed = set(plugins_here)
    for plugin_id in plugins_there:
        (made.kept_plugins if plugin_id in installed else made.plugins).append(plugin_id)
    made.missing_plugins = [each for each in used_plugins if each not in {*installed, *made.plugins}]
    return made
