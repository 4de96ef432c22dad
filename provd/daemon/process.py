"""
The daemon as a process: its log, its signals, its end.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from provd.errors import InvalidSettings
from provd.logs import MainLog
from provd.pluginhost.deployment import Upgrade
from provd.settings.changes import changes
from provd.settings.load import Loaded

from .authority import ADMIN_TOKEN
from .descriptors import raise_descriptor_limit
from .systemd import ServiceManager, first_environment, inherited_datagram_sockets
from .tree import Provd, Ready

log = Logger("provd")


class Process(MultiService):
    """
    Holds the daemon, tells what it does, and reads its settings again on ``SIGHUP``.

    :param read: reads the settings anew; may block.
    :param log: the observer that writes the main log.
    """

    def __init__(
        self,
        loaded: Loaded,
        read: Callable[[], Loaded],
        log: MainLog,
        upgrade: Upgrade,
        reactor: Any,
    ) -> None:
        super().__init__()
        self.log = log
        #: What the process ends with.
        self.exit_status = 0
        self.when_ready: Callable[[Ready], None] | None = None
        self._warnings = loaded.warnings
        self._read = read
        self._reactor = reactor
        self._manager = ServiceManager(os.environ, reactor)
        raise_descriptor_limit()  # the daemon shares out what there is
        self.daemon = Provd(
            loaded.settings,
            reactor,
            upgrade,
            self._ready,
            self._failed,
            inherited_datagram_sockets(first_environment()),
        )
        self.daemon.setServiceParent(self)

    def startService(self) -> None:
        # Files of phones hold passwords.  Who may read a file, as nginx the firmware, must get to it.
        os.umask(0o026)
        self.log.start()
        self._manager.starting()
        self._warn(self._warnings)
        signal.signal(signal.SIGHUP, lambda *_: self._reactor.callFromThread(self.reload))
        super().startService()

    async def _stop_all(self) -> None:
        self._manager.stopping()
        try:
            await super().stopService()
        finally:
            log.info("stopped")
            self._manager.stopped()
            self.log.stop()

    def stopService(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._stop_all())

    def _ready(self, ready: Ready) -> None:
        general, rest = self.daemon.settings.general, self.daemon.settings.rest_api
        say = log.info
        say("phones, HTTP: {ip} port {port}", ip=general.http_proxied_listen_interface, port=ready.http_port)
        say("phones, TFTP: {ip} UDP port {port}", ip=general.tftp_listen_interface, port=ready.tftp_port)
        say("administrators, REST: {ip} port {port}", ip=rest.ip, port=ready.rest_port)
        say("plugins: {plugins}", plugins=", ".join(ready.plugins) or "none")
        token = general.base_storage_dir / ADMIN_TOKEN
        if token.exists():
            say("the administrator's token is in {path}", path=str(token))
        if self.when_ready is not None:
            self.when_ready(ready)
        say("ready")
        self._manager.ready()

    def _failed(self, error: BaseException) -> None:
        log.critical("the daemon can't start: {error}", error=str(error))
        self.exit_status = 1
        self._reactor.callLater(0, self._reactor.stop)

    def _warn(self, warnings: list[str]) -> None:
        for warning in warnings:
            log.warn("{warning}", warning=warning)

    def reload(self) -> None:
        """
        Read the settings again and take up what a running daemon can.
        """
        self._manager.reloading()
        self.log.reopen()
        self.daemon.security.reopen()
        reading = deferToThread(self._read)
        reading.addCallbacks(self._take, self._keep)
        reading.addBoth(lambda _: self._manager.reloaded())

    def _keep(self, failure: Any) -> None:
        if failure.check(InvalidSettings):
            self._warn(failure.value.warnings)
            log.error("settings not reloaded: {error}", error=str(failure.value))
        else:
            log.failure("settings not reloaded", failure)

    def _take(self, loaded: Loaded) -> None:
        self._warn(loaded.warnings)
        if loaded.skipped:  # without them, what they set would fall back to the defaults
            log.error("settings not reloaded: {files} can't be read", files=", ".join(loaded.skipped))
            return
        applicable, restart = changes(self.daemon.settings, loaded.settings)
        self.daemon.take(loaded.settings)
        self.log.verbose = loaded.settings.general.verbose
        if applicable:
            log.info("reloaded: {keys}", keys=", ".join(applicable))
        if restart:
            log.warn("changed, but only read at a restart: {keys}", keys=", ".join(restart))
        if not applicable and not restart:
            log.info("reloaded: nothing changed")
