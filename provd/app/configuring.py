"""
Having a plugin write or remove the files of a device.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from twisted.logger import Logger

from provd.errors import InvalidDocument
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
            raw_config = self._raw_configs.for_device(device)
            await self._calls.call(plugin, plugin.configure, deepcopy(device), raw_config)
        except (CannotConfigure, InvalidDocument) as error:
            self._log.info("{device} is not configured: {why}", device=device["id"], why=str(error))
            return False
        except Exception as error:
            # Not the traceback's values: a plugin's message may quote what it was given.
            self._log.warn(
                "{device} is not configured: {plugin} refused with {kind}",
                device=device["id"],
                plugin=plugin.id,
                kind=type(error).__name__,
            )
            self._log.debug("{trace}", trace=_where(error))
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
        except Exception as error:
            self._log.warn(
                "{plugin} could not deconfigure {device}: {kind}",
                plugin=plugin.id,
                device=device["id"],
                kind=type(error).__name__,
            )
            self._log.debug("{trace}", trace=_where(error))


def _where(error: BaseException) -> str:
    """
    Return the lines of code that led to an error, without any value.
    """
    lines: list[str] = []
    traceback: Any = error.__traceback__
    while traceback is not None and len(lines) < 20:
        code = traceback.tb_frame.f_code
        lines.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return " < ".join(reversed(lines))
