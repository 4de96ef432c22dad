"""
The YAML files that a family consists of.
"""

from __future__ import annotations

import os
import re
from typing import Any

import yaml

from provd.errors import PluginError

__all__ = ["LOADER", "DataFile", "compiled"]

# The C loader reads a family's files in a tenth of the time; libyaml isn't everywhere.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataFile:
    """
    One YAML file of a plugin, an object at its top, and what is found wrong in it.

    :param plugin_dir: the plugin's folder.
    :raises PluginError: if the file can't be read or isn't such YAML.
    """

    def __init__(self, plugin_dir: str, name: str) -> None:
        self._plugin_id = os.path.basename(os.path.normpath(plugin_dir))
        self._name = name
        self._mistakes: list[str] = []
        try:
            with open(os.path.join(plugin_dir, name), encoding="utf-8") as file:
                content = yaml.load(file, Loader=LOADER)
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise PluginError(self._plugin_id, f"{name} can't be read: {error}") from error
        if not isinstance(content, dict):
            raise PluginError(self._plugin_id, f"{name} isn't a mapping")
        self._content: dict[str, Any] = content

    def get(self, key: str, like: Any) -> Any:
        """
        Return what is under a key at the top, or ``like`` if nothing is.

        :param like: a value of the type that is wanted.
        """
        value = self._content.get(key)
        if value is None:
            return like
        if type(value) is not type(like):
            self.mistake(key, f"must be {noun(like)}")
            return like
        return value

    def mistake(self, where: str, problem: str) -> None:
        """
        Take note of a mistake; see :meth:`check`.
        """
        self._mistakes.append(f"{where} {problem}")

    def check(self) -> None:
        """
        :raises PluginError: naming all mistakes, if there were any.
        """
        if self._mistakes:
            raise PluginError(self._plugin_id, f"{self._name}: " + "; ".join(self._mistakes))

    def pattern(self, where: str, text: Any) -> re.Pattern[str]:
        """
        Return a regular expression; one that never matches, and a mistake, if the text isn't one.
        """
        try:
            return compiled(text)
        except (re.error, TypeError) as error:
            self.mistake(where, f"isn't a regular expression: {error}")
            return compiled(r"(?!)")


def compiled(text: str) -> re.Pattern[str]:
    """
    Return a regular expression whose digits and blanks are those of ASCII, as phones write no others.

    :raises re.error: if the text isn't one.
    """
    return re.compile(text, re.ASCII)


_NOUNS = {bool: "true or false", int: "a whole number", str: "text", list: "a list", dict: "a mapping"}


def noun(value: Any) -> str:
    """
    Say in words what type a value of YAML has.
    """
    return _NOUNS.get(type(value), "something else")
