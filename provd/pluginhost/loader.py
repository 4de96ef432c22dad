"""
Runs a plugin's ``entry.py`` and finds the plugin class that it defines.  Nothing else of provd executes
code that isn't its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from provd.errors import PluginError
from provd.guard import MISTAKES, contained, where
from provd.pluginkit.base import Plugin
from provd.pluginkit.info import read_plugin_info

__all__ = ["INTERFACE_VERSION", "check_compatible", "create_plugin", "load_plugin_class"]

INTERFACE_VERSION = 0.2
"""The version of what this daemon offers to plugins; see ``plugin_iface_version_min`` and ``_max``."""

_ENTRY_FILE = "entry.py"


def load_plugin_class(
    plugin_id: str, plugin_dir: str, check_min: bool = True, check_max: bool = True
) -> type[Plugin]:
    """
    Run a plugin's ``entry.py``, afresh at each call, and return its plugin class.  Blocks.

    :param plugin_dir: the absolute path of the plugin's folder.
    :param check_min: whether to refuse a plugin that wants a newer interface; ``check_max``, an older one.
    :raises PluginError: if the plugin is incompatible, can't be run, or offers no class.
    """
    try:
        info = read_plugin_info(plugin_dir)
    except ValueError as error:
        raise PluginError(plugin_id, str(error)) from error
    check_compatible(plugin_id, info, check_min, check_max)
    try:
        entry_globals = contained(_run_entry, plugin_dir)
    except MISTAKES as error:
        raise PluginError(plugin_id, f"{_ENTRY_FILE} failed: {_described(error)}") from error
    # A copy: the plugin may have begun a thread that goes on defining names.
    for value in list(entry_globals.values()):
        if isinstance(value, type) and issubclass(value, Plugin) and getattr(value, "IS_PLUGIN", False):
            return value
    raise PluginError(plugin_id, f"{_ENTRY_FILE} defines no class derived from Plugin with IS_PLUGIN = True")


def check_compatible(
    plugin_id: str, info: Mapping[str, Any], check_min: bool = True, check_max: bool = True
) -> None:
    """
    Return if a plugin goes with this daemon.

    :param info: the content of its ``plugin-info``.
    :raises PluginError: if it doesn't.
    """
    bounds = (("plugin_iface_version_min", check_min, max), ("plugin_iface_version_max", check_max, min))
    for key, is_checked, stricter in bounds:
        if not is_checked or key not in info:
            continue
        bound = info[key]
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise PluginError(plugin_id, f"{key} must be a number")
        if stricter(bound, INTERFACE_VERSION) != INTERFACE_VERSION:
            raise PluginError(plugin_id, f"{key} is {bound}, this daemon has {INTERFACE_VERSION}")


def create_plugin(
    plugin_class: type[Plugin],
    plugin_id: str,
    app: Any,
    plugin_dir: str,
    gen_cfg: dict[str, Any],
    spec_cfg: dict[str, Any],
) -> Plugin:
    """
    Return a plugin made of its class, with its ``id``.

    :param gen_cfg: see :class:`Plugin`; the plugin keeps it, so it must be made for this call, as must
        ``spec_cfg``.
    :raises PluginError: if its constructor fails.
    """
    try:
        plugin: Plugin = contained(plugin_class, app, plugin_dir, gen_cfg, spec_cfg)
        plugin.id = plugin_id
    except MISTAKES as error:
        # Not its message, which may quote the settings that it was given.
        raise PluginError(
            plugin_id, f"its constructor failed: {type(error).__name__} at {where(error)}"
        ) from error
    return plugin


def _run_entry(plugin_dir: str) -> dict[str, Any]:
    # No __name__ or __file__: a name without a module in sys.modules breaks dataclasses and the like.
    entry_globals: dict[str, Any] = {}

    def execfile_(filename: str, globals: dict[str, Any] | None = None, *rest: Any) -> None:  # noqa: A002
        """
        Run another file, by a path below the plugin's folder or an absolute one.

        :param globals: what it runs in, by default the globals of ``entry.py``.
        :param rest: the mapping for its locals, if not the same.
        """
        target = entry_globals if globals is None else globals
        target.setdefault("execfile_", execfile_)
        path = os.path.join(plugin_dir, filename)
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, target, *rest)

    execfile_(_ENTRY_FILE)
    return entry_globals


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
