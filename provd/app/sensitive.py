"""
Which files hold secrets, by their plugin's word.
"""

from __future__ import annotations

from typing import Any

from provd.pluginhost.manager import PluginManager


class SensitiveFiles:
    """
    Asks plugins about file names.
    """

    def __init__(self, plugins: PluginManager) -> None:
        self._plugins = plugins
        self._guard = plugins.guard("is_sensitive_filename")

    def has(self, plugin_id: str, name: str) -> bool:
        """
        Tell whether a plugin calls a file sensitive; one that can't say so is taken for yes.

        :param name: the bare file name.
        """
        plugin = self._plugins.get(plugin_id)
        return bool(self._guard.value(plugin_id, True, _judged, plugin, name))


def _judged(plugin: Any, name: str) -> Any:
    judge = getattr(plugin, "is_sensitive_filename", None)
    answer = None if judge is None else judge(name)
    # Whatever is true or false may be meant, such as a match; an object may fail at telling which.
    return answer if hasattr(answer, "__await__") else bool(answer)
