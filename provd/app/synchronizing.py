"""
Asking a phone to fetch its files again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.errors import InvalidDocument
from provd.guard import MISTAKES, contained, described
from provd.model.device import Device
from provd.model.operation import OIP_FAIL, OIP_PROGRESS, OIP_SUCCESS, OperationInProgress
from provd.pluginhost.manager import PluginManager
from provd.sync.sip import CannotNotify
from provd.waiting import settled

from .plugincalls import PluginCalls
from .rawconfigs import CannotConfigure, RawConfigs
from .syncstates import Synchronization, SyncStates

__all__ = ["Synchronizing"]


class Synchronizing:
    """
    Has plugins synchronize devices.

    :param is_followed: tells whether it can be seen that a device's phone fetches its configuration.
    :param listener: called with ``synchronized`` and the device, twice, once its phone was asked; see
        :class:`provd.app.devices.Devices`.
    """

    LONGEST = 60.0
    """Seconds after which a plugin that still waits for its phone has failed."""

    _log = Logger()

    def __init__(
        self,
        plugins: PluginManager,
        calls: PluginCalls,
        raw_configs: RawConfigs,
        states: SyncStates,
        is_followed: Callable[[Device], bool],
        listener: Callable[[str, Device, Device | None], None],
    ) -> None:
        self._plugins = plugins
        self._calls = calls
        self._raw_configs = raw_configs
        self._states = states
        self._is_followed = is_followed
        self._listener = listener

    def start(
        self, device: Device, at_end: Callable[[OperationInProgress], None] = lambda operation: None
    ) -> OperationInProgress:
        """
        Begin to synchronize a device; return the operation.  It succeeds once the phone was asked, which
        doesn't say that it has obeyed: the device's state of synchronization does, later.

        :param at_end: called once it is finished.
        """
        operation = OperationInProgress(state=OIP_PROGRESS)
        running = Deferred.fromCoroutine(self._run(device, operation, self._states.begun(device["id"])))
        running.addCallback(lambda _: at_end(operation))
        return operation

    async def _run(
        self, device: Device, operation: OperationInProgress, synchronization: Synchronization
    ) -> None:
        try:
            problem = await self._problem(device)
        except Exception:
            self._log.failure("{device} can't be synchronized", device=device["id"])
            problem = "a mistake of this server"
        if problem is None:
            self._listener("synchronized", device, device)
        else:
            self._log.warn("{device} is not synchronized: {why}", device=device["id"], why=problem)
        synchronization.ended(problem, self._is_followed(device))
        operation.state = OIP_SUCCESS if problem is None else OIP_FAIL

    async def _problem(self, device: Device) -> str | None:
        plugin = self._plugins.get(device.get("plugin"))
        if not device.get("configured"):
            return "it isn't configured"
        if plugin is None:
            return "its plugin isn't loaded"
        try:
            raw_config = self._raw_configs.for_synchronize(device)
        except (CannotConfigure, InvalidDocument) as error:
            return str(error)
        try:
            waiting = Deferred.fromCoroutine(self._ask(plugin, device, raw_config))
            await waiting.addTimeout(self.LONGEST, self._plugins.reactor)
        except CannotNotify as error:
            return str(error)
        except MISTAKES as error:
            # Where, is not for every caller who may see the device.
            self._log.warn("{plugin} failed to synchronize: {why}", plugin=plugin.id, why=described(error))
            return f"{plugin.id} failed; the log tells more"
        return None

    async def _ask(self, plugin: Any, device: Device, raw_config: dict[str, Any]) -> None:
        with self._calls.weekdays(plugin.id):
            answer = contained(plugin.synchronize, device, raw_config)
        await settled(answer)
