"""
One request on its way: extract, retrieve, update, store; then it is known which plugin answers it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple, Protocol

from twisted.logger import Logger

from provd.errors import NotFound
from provd.guard import Guard, Misbehavior, kind_of
from provd.model.device import Device, DeviceInfo

from .deviceinfo import tells_nothing
from .requests import RequestType, downloaded_name
from .retrievers import RETRIEVERS
from .trace import Trace

_log = Logger()


class Visit(NamedTuple):
    """
    By which way a phone reached this server.

    :param url: the base URL that it used, if that can be told.
    :param tenant: whose provisioning key was in its URL, if the site uses keys.
    :param is_refused: tells of a plugin's id and a file's name whether that file isn't given out this way.
    """

    url: str | None = None
    tenant: str | None = None
    is_refused: Callable[[str, str], bool] | None = None


class Found(NamedTuple):
    """
    Who sent a request, and who answers it.

    :param device: None if it isn't on record, as for a candidate.
    :param foreign: the device exists, but the request's key is another tenant's.
    """

    device: Device | None
    plugin_id: str | None
    foreign: bool = False


NOBODY = Found(None, None)
"""The request told nothing of a phone."""

UNSERVED = Found(None, None)
"""The request told of a phone that isn't put on record, or was just deleted."""

_FOREIGN: Device = {}


class Registry(Protocol):
    """
    The part of the application that the pipeline needs.
    """

    async def acquire(self, device_id: str) -> bool: ...

    def release(self, device_id: str) -> None: ...

    def get(self, device_id: str) -> Device: ...

    def own_user(self, config_id: str) -> str | None: ...

    def opens(self, device: Device, visit: Visit) -> bool: ...

    def visited(self, device_id: str, visit: Visit) -> None: ...

    def must_configure(self, device: Device, visit: Visit) -> bool: ...

    def candidate(self, dev_info: DeviceInfo) -> DeviceInfo: ...

    def completed(self, device: Device, dev_info: DeviceInfo) -> DeviceInfo: ...

    async def changed(
        self, device: Device, visit: Visit, hook: Callable[[Device], None], again: bool
    ) -> Device: ...


class Plugins(Protocol):
    """
    The part of the plugin manager that the pipeline needs.
    """

    def get(self, plugin_id: str | None) -> Any: ...

    def associate(self, dev_info: DeviceInfo, solver: Any = None) -> str | None: ...

    def guard(self, what: str) -> Guard: ...


class Pipeline:
    """
    The three stages that the settings name, and what they lead to.

    :param extractor, retriever, updater: the stages; the retriever tells which of its parts found a device.
    """

    def __init__(
        self, extractor: Any, retriever: Any, updater: Any, registry: Registry, plugins: Plugins
    ) -> None:
        self._extractor = extractor
        self._retriever = retriever
        self._updater = updater
        # What provd's own updaters change they replace; a site's may reach deeper.
        self._copied: Callable[[Device], Device] = dict if updater.is_own else deepcopy
        self._registry = registry
        self._plugins = plugins
        self._guard = plugins.guard("get_remote_state_trigger_filename")

    async def process(self, request: Any, request_type: RequestType, trace: Trace, visit: Visit) -> Found:
        """
        Find out who sent a request, and have that device's files ready.

        :raises ProvdError: if the device could not be stored.
        """
        dev_info = await self._extractor.extract(request, request_type)
        trace.device_info = dev_info
        trace.extractors = dev_info.opinions
        device = await self._held_device(dev_info, trace, visit)
        if device is None:
            return self._without_device(dev_info, trace)
        if device is _FOREIGN:
            # As if there were no such device, for whoever reads the trace too.
            trace.retriever = None
            return Found(None, None, foreign=True)
        device_id = trace.device_id = device["id"]
        try:
            self._registry.visited(device_id, visit)
            device = await self._bring_up_to_date(device, dev_info, request, request_type, trace, visit)
        finally:
            self._registry.release(device_id)
        plugin_id = device.get("plugin")
        trace.plugin = plugin_id
        return Found(device, plugin_id)

    async def _held_device(self, dev_info: DeviceInfo, trace: Trace, visit: Visit) -> Device | None:
        """
        Return the device whose request it is, whose lock is then the caller's to release; ``_FOREIGN`` if the
        request's key doesn't open it.
        """
        device: Device | None
        device, trace.retriever = await self._retriever.retrieve_and_tell(dev_info)
        while device is not None:
            if not self._registry.opens(device, visit):
                return _FOREIGN
            held = device["id"]
            others_had_their_turn = await self._registry.acquire(held)
            if not others_had_their_turn and trace.retriever in RETRIEVERS:
                return device
            try:
                device = await self._again(held, others_had_their_turn, dev_info, trace)
            except BaseException:
                self._registry.release(held)
                raise
            if device is not None and device["id"] == held and self._registry.opens(device, visit):
                return device
            self._registry.release(held)
        return None

    async def _again(
        self, held: str, others_had_their_turn: bool, dev_info: DeviceInfo, trace: Trace
    ) -> Device | None:
        """
        Return the device that was found as it is now, which may be none, or by now another one.
        """
        if others_had_their_turn:
            device: Device | None
            device, trace.retriever = await self._retriever.retrieve_and_tell(dev_info)
            if device is None or device["id"] != held:
                return device
        try:  # the last word, as a site's retriever may itself have waited
            return self._registry.get(held)
        except NotFound:
            return None

    def _without_device(self, dev_info: DeviceInfo, trace: Trace) -> Found:
        told = self._registry.candidate(dev_info)
        if told:
            trace.candidate = True
            trace.plugin = self._plugins.associate(told)
            return Found(None, trace.plugin)
        return NOBODY if tells_nothing(dev_info) else UNSERVED

    async def _bring_up_to_date(
        self,
        device: Device,
        dev_info: DeviceInfo,
        request: Any,
        request_type: RequestType,
        trace: Trace,
        visit: Visit,
    ) -> Device:
        before = self._copied(device)
        if device.get("plugin") is None:  # what its address told before helps to find one
            dev_info = self._registry.completed(device, dev_info)
        await self._updater.update(device, dev_info, request, request_type)
        name = downloaded_name(request, request_type)

        def remember_user(now: Device) -> None:
            user = self._other_user(now, name, visit)
            if user is not None:
                now["remote_state_sip_username"] = user

        again = self._registry.must_configure(device, visit)
        if device == before and not again and self._other_user(device, name, visit) is None:
            return device
        after = await self._registry.changed(device, visit, remember_user, again)
        trace.changes = tuple(
            sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        )
        trace.moved = "ip" in trace.changes and before.get("ip") is not None
        what = "changed " + ", ".join(trace.changes) if trace.changes else "configured again"
        _log.info("{device}: {what}", device=after["id"], what=what, stranger=trace.client)
        return after

    def _other_user(self, device: Device, name: str, visit: Visit) -> str | None:
        """
        Return the SIP user that the phone takes on with the file it asks for, if it is the file that tells,
        and another user than is on record.

        That is judged by the request, as the plugins' contract has it, not by the last byte of the answer: a
        phone whose download breaks asks again, and the device is stored once.  The plugin is asked last, as
        that costs most.
        """
        config = device.get("config")
        user = None if config is None else self._registry.own_user(config)
        if (
            user is None
            or user == device.get("remote_state_sip_username")
            or not self.is_trigger(device, name)
        ):
            return None
        if visit.is_refused is not None and visit.is_refused(device["plugin"], name):
            return None
        return user

    def is_trigger(self, device: Device, name: str) -> bool:
        """
        Tell whether the file of a base name is that by which a configured device takes its configuration on.
        """
        return bool(name) and self.trigger(device) == name

    def trigger(self, device: Device) -> str | None:
        """
        Return the name of that file; None if the plugin names none.
        """
        plugin = self._plugins.get(device.get("plugin"))
        if not device.get("configured") or plugin is None:
            return None
        name = self._guard.value(device["plugin"], None, _trigger, plugin, device)
        return name if isinstance(name, str) and name else None


def _trigger(plugin: Any, device: Device) -> Any:
    trigger = getattr(plugin, "get_remote_state_trigger_filename", None)
    if trigger is None:
        return None
    own = {key: deepcopy(value) if isinstance(value, dict | list) else value for key, value in device.items()}
    name = trigger(own)
    if name is None or isinstance(name, str) or hasattr(name, "__await__"):
        return name
    raise Misbehavior(f"returned {kind_of(name)} where a file name is meant")
