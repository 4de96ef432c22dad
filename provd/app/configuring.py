"""
Having a plugin write or remove the files of a device.
"""

from __future__ import annotations

from copy import deepcopy

from twisted.logger import Logger

from provd.errors import InvalidDocument
from provd.guard import MISTAKES, contained
from provd.model.device import Device
from provd.pluginhost.manager import PluginManager

from .complaints import Complaints, cause
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
        self._unconfigured = Complaints(plugins, "configure", "is not configured")
        self._left_over = Complaints(plugins, "deconfigure", "may have left files behind")

    async def configure(self, device: Device) -> bool:
        """
        Return whether the device's plugin wrote its files; why it could not is logged.
        """
        plugin_id = device.get("plugin")
        plugin = self._plugins.get(plugin_id)
        if plugin is None or plugin_id is None:
            return False
        try:
            try:
                raw_config = self._raw_configs.for_device(device)
            except (CannotConfigure, InvalidDocument) as error:
                self._log.info(
                    "{device} is not configured: {why}",
                    device=device["id"],
                    why=str(error),
                    stranger=cause(device),
                )
                return False
            method = contained(getattr, plugin, "configure")
            await self._calls.call(plugin, method, deepcopy(device), raw_config)
        except MISTAKES as error:
            self._unconfigured.failed(plugin_id, device, error)
            return False
        self._unconfigured.worked(device)
        return True

    async def deconfigure(self, device: Device) -> None:
        """
        Have the files of a device removed; a plugin that fails at it is logged and nothing else.
        """
        plugin_id = device.get("plugin")
        plugin = self._plugins.get(plugin_id)
        if plugin is None or plugin_id is None:
            return
        try:
            method = contained(getattr, plugin, "deconfigure")
            await self._calls.call(plugin, method, deepcopy(device))
        except MISTAKES as error:
            self._left_over.failed(plugin_id, device, error)
        else:
            self._left_over.worked(device)
