"""
A site without a disk, a port or a real clock: documents in memory, plugins of a few lines, the chain of
identification over them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.app.application import Application
from provd.app.configs import Configs
from provd.app.configuring import Configuring
from provd.app.devices import Devices
from provd.app.phoneurls import PhoneURLs
from provd.app.plugincalls import PluginCalls
from provd.app.rawconfigs import RawConfigs
from provd.app.staleness import Staleness
from provd.app.tenants import Tenants
from provd.identification.association import BasePgAssociator, DeviceSupport
from provd.identification.candidates import Candidates
from provd.identification.chain import build_stages
from provd.identification.pipeline import Found, Pipeline, Visit
from provd.identification.requests import RequestType
from provd.identification.trace import Trace, Traces
from provd.logs import Secret
from provd.pluginhost.manager import PluginManager
from provd.securitylog import SecurityLog
from provd.settings.stages import VARIANTS
from provd.store.memory import MemoryStore
from provd.testing.phones import HTTPRequest
from provd.testing.reactor import TurningReactor

MASTER = "11111111-1111-4111-8111-111111111111"
TENANT = "22222222-2222-4222-8222-222222222222"
MAC = "00:15:65:aa:0b:1c"
LINE = {"username": "apAb12Cd34", "password": "s3cret-password"}
AUTOPROV: dict[str, Any] = {
    "id": "autoprov",
    "role": "autocreate",
    "parent_ids": [],
    "raw_config": {"sip_lines": {"1": LINE}},
}


class SpokenExtractor:
    """
    Takes the ``User-Agent`` (HTTP) or the file name (TFTP) for the device info, as JSON.
    """

    REMEMBERABLE = True

    def extract(self, request: Any, request_type: RequestType) -> Any:
        if request_type is RequestType.HTTP:
            said = request.getHeader(b"User-Agent") or b""
        else:
            said = request["packet"]["filename"]
        return json.loads(said) if said.startswith(b"{") else None


class VendorAssociator(BasePgAssociator):
    def __init__(self, vendor: str) -> None:
        self._vendor = vendor

    def _do_associate(self, vendor: str, model: str | None, version: str | None) -> int:
        return DeviceSupport.PROBABLE if vendor == self._vendor else DeviceSupport.NONE


class FakePlugin:
    """
    A plugin whose "files" are a dictionary.

    :ivar files: device id -> the raw config that it is configured with.
    :ivar calls: what was called, in order: ("configure", device id).
    """

    BLOCKING = False
    http_service = tftp_service = None

    def __init__(self, plugin_id: str = "acme", vendor: str = "Acme") -> None:
        self.id = plugin_id
        self.files: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.http_dev_info_extractor: Any = SpokenExtractor()
        self.tftp_dev_info_extractor: Any = self.http_dev_info_extractor
        self.pg_associator: Any = VendorAssociator(vendor)
        self.fails: BaseException | None = None
        #: Called within each ``configure``.
        self.meanwhile: Callable[[dict[str, Any]], None] = lambda device: None

    def configure(self, device: dict[str, Any], raw_config: dict[str, Any]) -> None:
        self.calls.append(("configure", device["id"]))
        self.meanwhile(device)
        if self.fails is not None:
            raise self.fails
        self.files[device["id"]] = raw_config

    def deconfigure(self, device: dict[str, Any]) -> None:
        self.calls.append(("deconfigure", device["id"]))
        self.files.pop(device["id"], None)

    def get_remote_state_trigger_filename(self, device: dict[str, Any]) -> str | None:
        return f"{device['mac'].replace(':', '')}.cfg" if "mac" in device else None


def phone(_path: str = "/common.cfg", _address: str = "192.0.2.17", **said: Any) -> HTTPRequest:
    """
    Return a request of a phone that says this of itself.
    """
    return HTTPRequest(_path.encode(), json.dumps(said).encode() if said else None, _address)


class Office:
    """
    The parts of a daemon over fakes.

    :ivar urls: what phones are told to fetch from.
    """

    def __init__(
        self,
        devices: Iterable[dict[str, Any]] = (),
        configs: Iterable[dict[str, Any]] = (AUTOPROV,),
        plugins: Iterable[Any] | None = None,
        nat: int = 0,
        retrievers: Iterable[str] = VARIANTS["retriever"]["default"],
        updaters: Iterable[str] = VARIANTS["updater"]["default"],
        master: str | None = MASTER,
        keys: Mapping[str, str] | None = None,
        in_doubt: Iterable[str] = (),
        security: Path | None = None,
    ) -> None:
        self.reactor = TurningReactor()
        self.store = MemoryStore(devices, configs)
        self.manager = PluginManager(self.reactor)
        self.plugin = FakePlugin()
        for plugin in (self.plugin,) if plugins is None else plugins:
            self.manager.add(plugin)
        self.tenants = Tenants(master, {tenant: Secret(key) for tenant, key in (keys or {}).items()})
        self.urls = PhoneURLs("http://192.0.2.1:8667", 8667)
        self.raw_configs = RawConfigs(self.store.configs, {}, self.urls, self.tenants, 69, keys is not None)
        self.calls = PluginCalls(self.reactor)
        self.configs = Configs(self.store.configs, self.store.devices)
        self.configuring = Configuring(self.manager, self.calls, self.raw_configs)
        numbers = count(1)
        self.all = Devices(
            self.store.devices, self.configs, self.configuring, self.tenants, lambda: f"d{next(numbers)}"
        )
        self.candidates = Candidates(self.reactor.seconds) if "add" in retrievers else None
        self.security = SecurityLog(security, Clock())
        self.staleness = Staleness(in_doubt)
        self.app = Application(
            self.store,
            self.manager,
            self.all,
            self.configs,
            self.tenants,
            self.urls,
            self.staleness,
            self.candidates,
            self.security,
            nat,
        )
        stages = build_stages(
            VARIANTS["info_extractor"]["default"], tuple(retrievers), tuple(updaters), self.app, self.manager
        )
        self.pipeline = Pipeline(*stages, self.app, self.manager)
        self.traces = Traces()
        self.trace: Trace = self.traces.begin(0.0, "http", None, "", None)

    def ask(
        self, request: Any, kind: RequestType = RequestType.HTTP, visit: Visit | None = None
    ) -> Deferred[Found]:
        """
        Begin to find out whose request it is; ``trace`` is that of the last one.
        """
        self.trace = self.traces.begin(0.0, kind.value, None, "", None)
        return Deferred.fromCoroutine(self.pipeline.process(request, kind, self.trace, visit or Visit()))

    def found(self, request: Any, kind: RequestType = RequestType.HTTP, visit: Visit | None = None) -> Found:
        """
        Find out whose request it is.
        """
        result: Found = self.reactor.result(self.ask(request, kind, visit))
        return result

    def devices(self) -> list[dict[str, Any]]:
        return [self.store.devices.get(device_id) for device_id in self.store.devices.ids()]

    def device(self) -> dict[str, Any]:
        """
        Return the only device.
        """
        (device,) = self.devices()
        return device

    def config_ids(self) -> list[str]:
        return list(self.store.configs.ids())
