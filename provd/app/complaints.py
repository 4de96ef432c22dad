"""
What plugins fail at, told so that an operator reads each reason once, and each device that it befell.
"""

from __future__ import annotations

from twisted.logger import Logger

from provd.guard import described
from provd.model.device import Device
from provd.pluginhost.manager import PluginManager

# What is remembered of devices; of reasons, guards keep few of each plugin.
_MOST_DEVICES = 10_000


class Complaints:
    """
    Tells of failures to do one thing.

    A thousand devices that fail for one reason make a line that names the plugin and the reason, and 999 that
    name the device and the first one; a device that fails again for the same reason makes none.

    :param method: of plugins, such as ``"configure"``.
    :param outcome: what a failure means for a device, after its id: ``"is not configured"``.
    """

    _log = Logger()

    def __init__(self, plugins: PluginManager, method: str, outcome: str) -> None:
        self._method = method
        self._outcome = outcome
        self._guard = plugins.guard(method)
        #: Plugin id and reason -> the device that it was told of.
        self._first: dict[tuple[str, str], str] = {}
        #: Device id -> the reason that was told of it last.
        self._told: dict[str, str] = {}

    def failed(self, plugin_id: str, device: Device, error: BaseException) -> None:
        """
        Tell of a failure, if it is news.  Neither an exception's message nor its values are: a plugin may
        quote what it was given.
        """
        device_id = device["id"]
        description = described(error)
        reason = description.partition(" < ")[0]  # what, and the line that raised it, whoever called
        if self._guard.is_news(plugin_id, reason):
            self._first[plugin_id, reason] = device_id
            self._log.warn(
                "{plugin} failed to {method} {device}: {reason}",
                plugin=plugin_id,
                method=self._method,
                device=device_id,
                reason=description,
            )
        elif self._told.get(device_id) != reason:
            first = self._first.get((plugin_id, reason))
            why = f"for the reason told of {first}" if first else "and not for one of the reasons told"
            self._log.warn(
                "{device} {outcome}, {why}",
                device=device_id,
                outcome=self._outcome,
                why=why,
                stranger=cause(device),
            )
        if len(self._told) >= _MOST_DEVICES:
            self._told.clear()
        self._told[device_id] = reason

    def worked(self, device: Device) -> None:
        """
        Tell of the next failure of this device again.
        """
        self._told.pop(device["id"], None)


def cause(device: Device) -> str:
    """
    Return whose lines in the log these are: anyone can pretend to be a new phone, and have it configured.
    """
    return str(device.get("ip") or device["id"])
