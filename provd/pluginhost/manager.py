"""
The loaded plugins, and who watches them come and go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from provd.guard import Guard, Misbehavior, attribute, dropped, kind_of
from provd.identification.association import DeviceSupport, ReverseAlphabeticConflictSolver
from provd.model.device import DeviceInfo


class PluginManager:
    """
    Plugins by id.  Never two live ones under the same id.

    :param reactor: for time-outs of what plugins wait for, and for calls from their threads.
    """

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self._plugins: dict[str, Any] = {}
        self._observers: list[Callable[[], None]] = []
        self._guards: list[Guard] = []
        self._guard = self.guard("associator")

    def get(self, plugin_id: str | None) -> Any:
        """
        Return the plugin, or None if it isn't loaded.
        """
        return self._plugins.get(plugin_id) if plugin_id is not None else None

    def items(self) -> Iterable[tuple[str, Any]]:
        return list(self._plugins.items())

    def __contains__(self, plugin_id: str) -> bool:
        return plugin_id in self._plugins

    def __len__(self) -> int:
        return len(self._plugins)

    def guard(self, what: str) -> Guard:
        """
        Return a guard for one kind of the plugins' code, which forgets what a plugin did before it was
        replaced.
        """
        made = Guard(what)
        self._guards.append(made)
        return made

    def observe(self, changed: Callable[[], None]) -> None:
        """
        Have ``changed`` called after each plugin that comes or goes.
        """
        self._observers.append(changed)

    def add(self, plugin: Any) -> None:
        """
        Take in a plugin, which has its ``id``.

        :raises ValueError: if one of that id is still loaded.
        """
        if plugin.id in self._plugins:
            raise ValueError(f"plugin {plugin.id} is loaded already")
        self._plugins[plugin.id] = plugin
        for guard in self._guards:
            guard.forget(plugin.id)
        self._tell()

    def remove(self, plugin_id: str) -> Any:
        """
        Return the plugin, which is on no list any more; closing it is the caller's.

        :raises KeyError: if it isn't loaded.
        """
        plugin = self._plugins.pop(plugin_id)
        self._tell()
        return plugin

    def _tell(self) -> None:
        for changed in self._observers:
            changed()

    def associate(self, dev_info: DeviceInfo, solver: Any = None) -> str | None:
        """
        Return the id of the plugin that supports such a phone best, if one probably does.

        :param solver: chooses between the ids of equals: an object with ``solve(plugin_ids)``; by default the
            last in alphabetical order wins.
        """
        best: int = DeviceSupport.PROBABLE
        equals: list[str] = []
        for plugin_id, plugin in self._plugins.items():
            score = self._score(plugin_id, plugin, dev_info)
            if score > best:
                best, equals = score, [plugin_id]
            elif score == best:
                equals.append(plugin_id)
        if not equals:
            return None
        chosen: str = (solver or ReverseAlphabeticConflictSolver()).solve(equals)
        return chosen

    def _score(self, plugin_id: str, plugin: Any, dev_info: DeviceInfo) -> int:
        score: int = self._guard.call(plugin_id, DeviceSupport.NONE, _judge, plugin, dev_info)
        return score


def _judge(plugin: Any, dev_info: DeviceInfo) -> int:
    associator = attribute(plugin, "pg_associator")
    if associator is None:
        return DeviceSupport.NONE
    score = associator.associate(dict(dev_info))
    try:
        return int(score)
    except (TypeError, ValueError, OverflowError):
        dropped(score)
        raise Misbehavior(f"returned {kind_of(score)} where a number is meant") from None
