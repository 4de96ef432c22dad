"""
A whole daemon inside the test's own process, on real ports, over a data folder of its own.
"""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import TestCase

from provd.daemon.parts import Parts
from provd.daemon.tree import Provd
from provd.identification.pipeline import Visit
from provd.identification.requests import RequestType
from provd.pluginhost.repository import build_repository
from provd.settings.check import settings_from
from provd.settings.model import Settings
from tests.support import free_port, need_program

PLUGINS = Path(__file__).parents[2] / "plugins"
SHIPPED = sorted(path.parent.name for path in PLUGINS.glob("*/plugin-info"))


@cache
def repository() -> Path:
    """
    Return a folder with packages of the plugins in the checkout.
    """
    folder = Path(tempfile.mkdtemp(prefix="provd-packages-"))
    build_repository([PLUGINS], folder)
    return folder


class Site:
    """
    A daemon with the plugins of the checkout, and phones around it.

    :param general: settings of ``general`` beside those that keep it in its folder.
    """

    def __init__(self, folder: Path, general: dict[str, Any] | None = None, **sections: Any) -> None:
        self.data = folder / "data"
        self.folder = folder
        self._sections = {"general": general or {}, **sections}
        self.daemon: Provd | None = None

    @property
    def parts(self) -> Parts:
        assert self.daemon is not None
        assert self.daemon.parts is not None
        return self.daemon.parts

    @cached_property
    def settings(self) -> Settings:
        """
        The settings, with ports that a restart keeps.
        """
        return settings_from(
            {
                "dhcp": {"socket": str(self.folder / "dhcp.sock")},
                **self._sections,
                "rest_api": {"port": free_port()},
                "general": {
                    "base_storage_dir": str(self.data),
                    "cache_dir": str(self.data / "cache"),
                    "security_log_file": str(self.data / "security.log"),
                    "log_file": None,
                    "base_raw_config_file": str(self.folder / "base_raw_config.json"),
                    "local_plugins": str(repository()),
                    "http_proxied_listen_port": free_port(),
                    "http_proxied_listen_interface": "127.0.0.1",
                    "tftp_port": free_port(socket.SOCK_DGRAM),
                    **self._sections["general"],
                },
            }
        )

    async def start(self) -> None:
        ready: Deferred[Any] = Deferred()
        self.daemon = Provd(self.settings, reactor, on_ready=ready.callback, on_failure=ready.errback)
        self.daemon.privilegedStartService()
        self.daemon.startService()
        await ready

    async def stop(self) -> None:
        if self.daemon is not None:
            await self.daemon.stopService()
            self.daemon = None

    async def curl(self, *arguments: str) -> tuple[int, bytes]:
        """
        Return the status that curl was given (for TFTP its exit status), and the body.
        """
        body = self.folder / "body"
        body.unlink(missing_ok=True)
        shown, _errors, code = await getProcessOutputAndValue(
            need_program("curl"),
            ["-s", "-m", "15", "-o", str(body), "-w", "%{http_code}", *arguments],
        )
        content = body.read_bytes() if body.exists() else b""
        return (int(shown) if int(shown) else code), content

    async def get(
        self, path: str, agent: str | None = None, address: str = "127.0.0.1", *more: str
    ) -> tuple[int, bytes]:
        """
        Fetch a file as a phone at one of the loopback addresses does.

        :param more: arguments of curl.
        """
        port = self.settings.general.http_proxied_listen_port
        headers = ["-A", agent] if agent is not None else ["-H", "User-Agent:"]
        host = "[::1]" if ":" in address else "127.0.0.1"
        return await self.curl("--interface", address, *headers, *more, f"http://{host}:{port}/{path}")

    async def tftp(self, name: str, address: str = "127.0.0.1") -> tuple[int, bytes]:
        """
        Fetch a file over TFTP; the status is curl's: 0 is success, 68 "file not found".
        """
        port = self.settings.general.tftp_port
        return await self.curl("--interface", address, f"tftp://127.0.0.1:{port}/{name}")

    async def lease(self, ip: str, mac: str, options: dict[int, str] | None = None) -> None:
        """
        Have a DHCP server tell of a lease.
        """
        request = {"ip": ip, "mac": mac, "options": options or {}}
        trace = self.parts.traces.begin(0.0, "dhcp", ip, "", None)
        await self.parts.pipeline.process(request, RequestType.DHCP, trace, Visit())

    def devices(self) -> list[dict[str, Any]]:
        store = self.parts.store.devices
        return [store.get(device_id) for device_id in store.ids()]

    def device(self) -> dict[str, Any]:
        """
        Return the only device there is.
        """
        (device,) = self.devices()
        return device

    def configs(self) -> set[str]:
        return set(self.parts.store.configs.ids())

    def autoprov_user(self) -> str:
        config = self.parts.store.configs.get("autoprov")
        return str(config["raw_config"]["sip_lines"]["1"]["username"])

    def served(self, plugin: str = "yealink") -> Path:
        return self.data / "plugins" / plugin / "var" / "tftpboot"

    def security_log(self) -> list[str]:
        """
        Return the messages of the security log, without their times.
        """
        lines = (self.data / "security.log").read_text().splitlines()
        return [line.partition("] ")[2] for line in lines]


class RunningSite(TestCase):
    """
    Tests of which each has a fresh daemon that runs, ``self.site``.
    """

    timeout = 30
    plugins: tuple[str, ...] = ()
    """Those that the daemon has; all where none is named."""

    def setUp(self) -> Deferred[None]:
        return Deferred.fromCoroutine(self._set_up())

    async def _set_up(self) -> None:
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        sections = {"first_start": {"plugins": list(self.plugins)}} if self.plugins else {}
        self.site = Site(folder, **sections)
        await self.site.start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))


def install_plugin(
    folder: Path, plugin_id: str, entry: str, capabilities: dict[str, Any] | None = None
) -> None:
    """
    Put a third-party plugin of one file into a data folder.
    """
    target = folder / "data" / "plugins" / plugin_id
    for name in ("templates", "tftpboot", "cache", "installed"):
        (target / "var" / name).mkdir(parents=True)
    (target / "plugin-info").write_text(
        json.dumps({"version": "1.0", "description": "A test", "capabilities": capabilities or {}})
    )
    (target / "entry.py").write_text(entry)
