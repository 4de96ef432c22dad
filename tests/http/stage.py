"""
The daemon's parts without a port or a disk but for served files, one plugin, and phones that ask.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.app.firststart import well_known_configs
from provd.app.parameters import Parameters
from provd.app.staleness import Staleness
from provd.daemon.parts import Parts, assemble
from provd.devices.pgasso import BasePgAssociator, DeviceSupport
from provd.http.site import Site
from provd.model.device import Device
from provd.plugins import StandardPlugin
from provd.securitylog import SecurityLog
from provd.servers.http import HTTPNoListingFileService
from provd.settings.check import settings_from
from provd.store.memory import MemoryStore
from tests.http.wire import HERE, PHONE, Answer, Connection, request

MAC = "02:00:00:00:00:01"
AGENT = f"Acme X1 {MAC}"
OWN = "020000000001.cfg"
MASTER, TENANT, OTHER = (f"0000000{n}-0000-4000-8000-000000000000" for n in range(3))
KEYS = {MASTER: "master-key", TENANT: "tenant~key", OTHER: "other.key"}


class _Extractor:
    """
    Reads the ``User-Agent``: ``Acme <model> <mac>``; waits for ``held`` if the test sets it.
    """

    def __init__(self) -> None:
        self.held: Deferred[None] | None = None
        self.paths: list[bytes] = []

    def extract(self, request: Any, request_type: Any) -> Any:
        self.paths.append(request.path)
        match = re.match(rb"Acme (\w+)(?: ([0-9a-f:]{17}))?", request.getHeader(b"User-Agent") or b"")
        if match is None:
            return None
        info = {"vendor": "Acme", "model": match[1].decode()}
        if match[2]:
            info["mac"] = match[2].decode()
        return info if self.held is None else self.held.addCallback(lambda _: info)


class _Associator(BasePgAssociator):
    def _do_associate(self, vendor: str, model: str | None, version: str | None) -> DeviceSupport:
        return DeviceSupport.EXACT if vendor == "Acme" else DeviceSupport.UNKNOWN


class Acme(StandardPlugin):
    """
    Writes one file for each phone, with the URL that the phone is told.
    """

    BLOCKING = False
    id = "acme"

    def __init__(self, folder: Path) -> None:
        super().__init__(None, str(folder), {}, {})
        os.makedirs(self._tftpboot_dir)
        self.served = Path(self._tftpboot_dir)
        self.http_service: Any = HTTPNoListingFileService(self._tftpboot_dir)
        self.http_dev_info_extractor: Any = _Extractor()
        self.pg_associator = _Associator()

    def configure(self, device: Device, raw_config: dict[str, Any]) -> None:
        name = device["mac"].replace(":", "") + ".cfg"
        (self.served / name).write_text(raw_config["http_base_url"])

    def is_sensitive_filename(self, filename: str) -> bool:
        return filename.endswith(".cfg")


class Stage:
    """
    A site with the plugin ``acme``.

    :param general: settings of ``general``.
    :param keys: tenants' provisioning keys.
    """

    def __init__(
        self, folder: Path, general: Mapping[str, Any] | None = None, keys: Mapping[str, str] | None = None
    ) -> None:
        self.clock = Clock()
        self._log = folder / "security.log"
        settings = settings_from(
            {
                "general": {"base_storage_dir": str(folder), **(general or {})},
                "tenants": {tenant: {"provisioning_key": key} for tenant, key in (keys or {}).items()},
            }
        )
        self.store = MemoryStore(configs=well_known_configs("192.0.2.2", "192.0.2.3", None))
        self.parts: Parts = assemble(
            settings,
            Parameters(folder / "app.json", settings),
            self.store,
            {},
            MASTER,
            Staleness(),
            SecurityLog(self._log, self.clock),
            self.clock,
        )
        self.acme = Acme(folder / "plugins" / "acme")
        self.parts.manager.add(self.acme)
        self.site = Site(self.parts.gateway, self.clock)

    def connect(self, phone: str = PHONE, here: str = HERE) -> Connection:
        return Connection(self.site, phone, here)

    def ask(self, connection: Connection, path: str, method: str = "GET", **headers: str) -> None:
        connection.send(request(path, method, **{"Host": "provd", "User-Agent": AGENT, **headers}))
        for _ in range(10):  # devices are configured one in each turn of the reactor
            self.clock.advance(0)

    def get(
        self, path: str, method: str = "GET", phone: str = PHONE, here: str = HERE, **headers: str
    ) -> Answer:
        """
        Return the answer to a phone on a connection of its own.
        """
        connection = self.connect(phone, here)
        self.ask(connection, path, method, **headers)
        answer = connection.answer(method)
        connection.hang_up()
        return answer

    def devices(self) -> list[Device]:
        return [self.store.devices.get(device_id) for device_id in self.store.devices.ids()]

    def device(self) -> Device:
        (device,) = self.devices()
        return device

    def change_device(self, **changes: Any) -> None:
        """
        Change the only device in the store alone, as nobody does but a test.
        """
        Deferred.fromCoroutine(self.store.devices.update({**self.device(), **changes}))

    def security_log(self) -> list[str]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [line.partition("] ")[2] for line in lines]

    def trace(self) -> dict[str, Any]:
        """
        Return the trace of the last request.
        """
        return next(iter(self.parts.traces))
