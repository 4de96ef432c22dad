"""
The daemon as one service: it starts what the settings name, in order, and stops it in the reverse order.
"""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.app.firststart import (
    is_untouched,
    machine_timezone,
    well_known_configs,
    write_well_known_configs,
)
from provd.app.local_addresses import first_global_address
from provd.app.parameters import Parameters
from provd.app.rawconfigs import read_base_raw_config
from provd.app.staleness import RunningMark, Staleness
from provd.errors import InvalidSettings, ProvdError
from provd.migration.incoming import take_incoming
from provd.pluginhost import aliases
from provd.pluginhost.deployment import Deployment, Upgrade, deploy
from provd.pluginhost.installed import recover_interrupted
from provd.securitylog import SecurityLog
from provd.settings.changes import AT_RUN_TIME
from provd.settings.model import Settings
from provd.store.opening import open_store
from provd.tftp.service import TFTPService

from .authority import authority
from .bus import BusServices
from .doors import Doors, doors
from .ordered import Closing, OrderedServices
from .parts import Parts, assemble, plugins_folder
from .synchronization import Synchronization
from .systemd import matching
from .tenantends import TenantEnds


@dataclass
class Ready:
    """
    What a daemon that has started can say of itself.
    """

    http_port: int
    tftp_port: int
    rest_port: int
    plugins: list[str] = field(default_factory=list)


class Provd(Service):
    """
    The whole daemon.

    :param settings: as read.
    :param upgrade: which plugins follow ``general.local_plugins`` at every start, not only at the very first:
        those that are installed, or all, as a checkout wants it.
    :param on_ready: called with a :class:`Ready` once all ports answer.
    :param on_failure: called with the error if the daemon can't start.
    :param inherited: bound UDP sockets, of which that for TFTP is used instead of binding one.
    """

    name = "accent-provd"
    _log = Logger()

    def __init__(
        self,
        settings: Settings,
        reactor: Any,
        upgrade: Upgrade = None,
        on_ready: Callable[[Ready], None] | None = None,
        on_failure: Callable[[BaseException], None] | None = None,
        inherited: Sequence[socket.socket] = (),
    ) -> None:
        self.settings = settings
        self.parts: Parts | None = None
        self.tenant_ends: TenantEnds | None = None
        self.security = SecurityLog(settings.general.security_log_file, reactor)
        self._reactor = reactor
        self._upgrade = upgrade
        self._on_ready = on_ready
        self._on_failure = on_failure
        self._services = OrderedServices()
        self._mark = RunningMark(settings.general.base_storage_dir / "running")
        self._starting: Deferred[None] | None = None
        where = settings.general.tftp_listen_interface, settings.general.tftp_port
        sockets, self._tftp_hint = matching(inherited, *where)
        self._tftp = TFTPService(
            reactor,
            *where,
            self,
            transfers_per_address=settings.general.tftp_transfers_per_address,
            sockets=sockets,
        )

    # The TFTP port is bound before privileges are dropped, long before anything can be answered.

    def privilegedStartService(self) -> None:
        super().privilegedStartService()
        try:
            self._tftp.privilegedStartService()
        except OSError as error:
            general = self.settings.general
            where = f"{general.tftp_listen_interface} port {general.tftp_port}"
            why = f"can't listen on {where}: {error.strerror}{self._tftp_hint}"
            raise InvalidSettings({"general.tftp_port": why}) from error

    def handle_read_request(self, request: Any, response: Any) -> None:
        assert self.parts is not None
        self.parts.tftp_root.handle_read_request(request, response)

    def startService(self) -> None:
        super().startService()
        self._services.startService()
        self._starting = Deferred.fromCoroutine(self._start())
        self._starting.addErrback(self._failed)

    def _failed(self, failure: Any) -> None:
        if failure.check(CancelledError):
            return
        if not failure.check(ProvdError):
            self._log.failure("the daemon can't start", failure)
        if self._on_failure is not None:
            self._on_failure(failure.value)

    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._starting is not None and not self._starting.called:
            self._starting.cancel()
        await self._services.stopService()
        self.security.close()

    def take(self, settings: Settings) -> None:
        """
        Take up, of settings that were read again, what ``provd.settings.changes`` calls applicable.
        """
        new = settings.general
        taken = {
            key.removeprefix("general."): getattr(new, key.removeprefix("general."))
            for key in AT_RUN_TIME
            if key.startswith("general.")
        }
        general = self.settings.general.model_copy(update=taken)
        self.settings = self.settings.model_copy(update={"general": general, "proxy": settings.proxy})
        self._tftp.transfers_per_address = general.tftp_transfers_per_address
        parts = self.parts
        if parts is not None:
            parts.gateway.trusted_proxies = general.http_proxied_trusted_proxies_count
            parts.gateway.accel_prefix = general.x_accel_redirect
            parts.tftp_root.hide_sensitive = (
                general.http_auth_strategy == "url_key" and not general.tftp_sensitive_files
            )
            parts.urls.advertised = general.advertised_http_url
            parts.parameters.take_settings(settings)

    async def _start(self) -> None:
        general = self.settings.general
        aliases.install()
        data = general.base_storage_dir
        below = read_base_raw_config(general.base_raw_config_file)
        for key, folder in (
            ("base_storage_dir", data),
            ("base_storage_dir", plugins_folder(self.settings)),
            ("cache_dir", general.cache_dir),
        ):
            try:
                folder.mkdir(mode=0o751, parents=True, exist_ok=True)
            except OSError as error:
                problem = f"{folder} can't be made: {error.strerror}"
                raise InvalidSettings({f"general.{key}": problem}) from error
        self.security.reopen()  # fail2ban doesn't start without the file
        if await deferToThread(take_incoming, data):
            self._log.info("took what provd-cli import or restore has brought")
        store = await open_store(
            self.settings.database.type, data, self.settings.database.json_db_dir, self._reactor
        )
        self._add(Closing("store", store.close))
        is_first = is_untouched(store.devices, store.configs)
        # Set before plugins are replaced: whatever happens meanwhile, the mark then puts everything in doubt.
        left = self._mark.set()
        deployed = await self._deploy(is_first)
        stale = set(store.devices.ids() if left is None else left)
        for plugin_id in deployed.upgraded:
            stale.update(store.devices.find("plugin", plugin_id))
        staleness = Staleness(stale)
        self._add(Closing("mark", lambda: self._mark.clear(staleness.left)))
        who = authority(self.settings, self._reactor)
        if is_first and self.settings.auth.type == "local":
            await self._first_configs(store.configs)
        parts = self.parts = assemble(
            self.settings,
            Parameters(data / "app.json", self.settings),
            store,
            below,
            who.master,
            staleness,
            self.security,
            self._reactor,
        )
        parts.calls.start()
        self._add(Closing("plugin calls", parts.calls.stop))
        self._add(Closing("plugins", lambda: Deferred.fromCoroutine(parts.plugins.close_all())))
        self._add(Closing("plugin changes", lambda: Deferred.fromCoroutine(parts.changes.stop())))
        installed = await parts.plugins.load_all(parts.app, sweep=left is None)
        self._add(who.upkeep(parts.tenants))
        synchronization = Synchronization(self.settings, parts, who, self._reactor)
        self._add(synchronization)
        ends = self.tenant_ends = TenantEnds(self.settings, parts, who, self._reactor)
        bus = BusServices(self.settings, ends.endings.take, self._reactor)
        if bus.publishing is not None:
            parts.devices.listener = bus.tell
            self._add(bus.publishing)
        healths = (bus.health, synchronization.health)
        opened = doors(self.settings, parts, who, ends, self._tftp, healths, self._reactor)
        self._add(opened.service)
        for service in (*ends.services(), *bus.listening()):
            self._add(service)
        # What was loaded lives as long as the daemon: the collector needn't look at it again.
        gc.collect()
        gc.freeze()
        self._say_ready(parts, installed, opened)

    def _add(self, service: Service) -> None:
        service.setServiceParent(self._services)

    async def _deploy(self, is_first: bool) -> Deployment:
        local = self.settings.general.local_plugins
        folder = plugins_folder(self.settings)
        for plugin_id, why in (await deferToThread(recover_interrupted, folder)).items():
            self._log.error("{plugin}: {why}", plugin=plugin_id, why=why)
        chosen = self.settings.first_start.plugins if is_first else self._upgrade
        if local is None or chosen is None:
            return Deployment()
        try:
            deployment = await deferToThread(deploy, local, folder, chosen)
        except ValueError as error:
            raise InvalidSettings({"general.local_plugins": f"{local}: {error}"}) from error
        for plugin_id, why in deployment.failed.items():
            self._log.error("{plugin} is not installed: {why}", plugin=plugin_id, why=why)
        return deployment

    async def _first_configs(self, configs: Any) -> None:
        own = first_global_address()
        first = self.settings.first_start
        await write_well_known_configs(
            configs, well_known_configs(first.ntp_server or own, first.sip_server or own, machine_timezone())
        )

    def _say_ready(self, parts: Parts, installed: dict[str, dict[str, Any]], opened: Doors) -> None:
        if self._on_ready is not None:
            loaded = sorted(f"{i} {installed[i]['version']}" for i, _ in parts.manager.items())
            self._on_ready(Ready(opened.http.port, self._tftp.port, opened.rest.port, loaded))
