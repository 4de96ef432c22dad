"""
A daemon among the servers of a site, and ``provd-cli`` beside it.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.cli.running import COMMAND
from tests.daemon.running import BIN, Daemon
from tests.dhcp.network import Site
from tests.leases.test_hook import PROGRAM

__all__ = ["Office"]


class Office:
    """
    :param folder: an empty one, for the daemon.
    """

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.daemon = Daemon(folder)

    def start(self, key: str | None = None, pnp: bool = False, **general: object) -> None:
        """
        Start the daemon, perhaps with a provisioning key in its URLs, or for phones that ask by multicast.
        """
        strategy = {"http_auth_strategy": "url_key"} if key else {}
        self.daemon.settings(general={**strategy, **general}, pnp={"enabled": pnp})
        self.daemon.start([*self.site.inside, str(BIN / "accent-provd")])
        if key:
            self.asked("params", "set", "provisioning_key", key)

    def stop(self) -> None:
        self.daemon.kill()

    def asked(self, *arguments: str) -> str:
        """
        Return what ``provd-cli`` prints beside the daemon.
        """
        url = f"http://127.0.0.1:{self.daemon.rest}"
        own = ["--url", url, "--token-file", str(self.daemon.data / "admin-token")]
        command = [*self.site.inside, COMMAND, *own, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def dhcp_config(self, server: str, *arguments: str) -> str:
        """
        Return what a DHCP server of the site needs.
        """
        network = [
            "--subnet",
            "10.66.0.0/22",
            "--range",
            "10.66.1.0-10.66.3.250",
            "--router",
            self.site.server,
        ]
        own = ["--server", server, *network, "--interface", self.site.interface, "--check"]
        return self.asked("dhcp", "config", *own, *arguments)

    def hook(self, folder: Path) -> str:
        """
        Return a program that calls the hook, as Kea's configuration alone can't tell it where the socket is.
        """
        program = folder / "hook"
        socket = self.daemon.data / "dhcp.sock"
        program.write_text(f'#!/bin/sh\nPROVD_DHCP_SOCKET={socket} exec {PROGRAM} "$@"\n')
        program.chmod(0o755)
        return str(program)

    def device(self, mac: str, **known: str) -> dict[str, Any]:
        """
        Return a device once it is on record, and as far as is wanted.
        """
        end = time.monotonic() + 20
        while time.monotonic() < end:
            found: list[dict[str, Any]] = json.loads(self.asked("--json", "devices", "list", "--mac", mac))
            if found and known.items() <= found[0].items():
                return found[0]
        raise AssertionError(f"no {mac} with {known} in 20 s")

    def devices(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.asked("--json", "devices", "list"))
        return found
