"""
Having a plugin write or remove the files of a device.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from twisted.logger import Logger

from provd.errors import InvalidDocument
from provd.guard import MISTAKES, where
from provd.model.device import Device
from provd.pluginhost.manager import PluginManager

from .plugincalls import PluginCalls
from .rawconfigs import CannotConfigure, RawConfigs


class Configuring:
    """
    Writes and removes the files of devices, through their plugins; stores nothing.
    """

    _log = Logger()

    def __init__(self, plugins: PluginManager, calls: PluginCalls, raw_configs: RawConfigs) -> None:
        self._plugins = plugins
        self._calls = calls
        self._raw_configs = raw_configs

    async def configure(self, device: Device) -> bool:
        """
        Return whether the device's plugin wrote its files; why it could not is logged.
        """
        plugin = self._plugins.get(device.get("plugin"))
        if plugin is None:
            return False
        try:
            try:
                raw_config = self._raw_configs.for_device(device)
            except (CannotConfigure, InvalidDocument) as error:
                self._log.info(
                    "{device} is not configured: {why}",
                    device=device["id"],
                    why=str(error),
                    stranger=_cause(device),
                )
                return False
            await self._calls.call(plugin, plugin.configure, deepcopy(device), raw_config)
        except MISTAKES as error:
            self._complain("configure", plugin, device, error)
            return False
        return True

    async def deconfigure(self, device: Device) -> None:
        """
        Have the files of a device removed; a plugin that fails at it is logged and nothing else.
        """
        plugin = self._plugins.get(device.get("plugin"))
        if plugin is None:
            return
        try:
            await self._calls.call(plugin, plugin.deconfigure, deepcopy(device))
        except MISTAKES as error:
            self._complain("deconfigure", plugin, device, error)

    def _complain(self, what: str, plugin: Any, device: Device, error: BaseException) -> None:
        # Neither its message nor the traceback's values: a plugin may quote what it was given.
        self._log.warn(
            "{plugin} failed to {what} {device}: {kind} at {where}",
            plugin=plugin.id,
            what=what,
            device=device["id"],
            kind=type(error).__name__,
            where=where(error),
            stranger=_cause(device),
        )


def _cause(device: Device) -> str:
    """
    Return whose lines in the log these are: anyone can pretend to be a new phone, and have it configured.
    """
    return str(device.get("ip") or device["id"])
