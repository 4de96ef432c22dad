"""
A site in two network namespaces, its servers in one and its phones in the other, and real DHCP servers.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import missing, need_program

CLIENT = Path(__file__).with_name("client.py")
PYTHON = getattr(sys, "_base_executable", sys.executable)
SERVERS = {
    "isc": ("dhcpd", "isc-dhcp-server"),
    "kea": ("kea-dhcp4", "kea-dhcp4-server"),
    "dnsmasq": ("dnsmasq", "dnsmasq-base"),
}


class Site:
    """
    :ivar server: the address of the servers; ``/22`` is the network.
    :ivar inside: the command that runs another one among the servers; ``outside`` among the phones.
    """

    server = "10.66.0.1"
    interface = "lan"

    def __init__(self, name: str = "dhcp") -> None:
        self._ip = need_program("ip", "iproute2")
        if os.geteuid() != 0:
            missing("root, to make network namespaces")
        self._names = [f"provd-{name}-{os.getpid()}-{end}" for end in ("servers", "phones")]
        self.inside, self.outside = ([self._ip, "netns", "exec", name] for name in self._names)

    def start(self) -> None:
        servers, phones = self._names
        for name in self._names:
            self._run("netns", "add", name)
            self._run("-n", name, "link", "set", "lo", "up")
        ends = ["type", "veth", "peer", "name", "phone", "netns", phones]
        self._run("-n", servers, "link", "add", self.interface, *ends)
        self._run("-n", servers, "addr", "add", f"{self.server}/22", "dev", self.interface)
        self._run("-n", servers, "link", "set", self.interface, "up")
        self._run("-n", phones, "link", "set", "phone", "up")
        # Broadcasts of phones without an address need a way, and so does what is sent to a group.
        for target in ("255.255.255.255/32", "224.0.0.0/4"):
            self._run("-n", phones, "route", "add", target, "dev", "phone")

    def stop(self) -> None:
        for name in self._names:
            subprocess.run([self._ip, "netns", "del", name], capture_output=True, check=False)

    def lease(self, phones: list[dict[str, Any]], patience: float = 20) -> list[dict[str, Any] | None]:
        """
        Have phones ask for addresses; see :mod:`tests.dhcp.client`.
        """
        asked = [*self.outside, PYTHON, str(CLIENT), "phone", str(patience)]
        done = subprocess.run(asked, input=json.dumps(phones), stdout=subprocess.PIPE, text=True, check=True)
        answers: list[dict[str, Any] | None] = json.loads(done.stdout)
        return answers

    def fetch(self, url: str, address: str, agent: str = "") -> tuple[int, bytes]:
        """
        Return the exit code of curl, which fetches a file from a phone's address, and the file.
        """
        with self.phone_at(address):
            curl = [need_program("curl"), "-sf", "-m", "15", "--interface", address, "-A", agent, url]
            done = subprocess.run([*self.outside, *curl], capture_output=True, check=False)
        return done.returncode, done.stdout

    @contextmanager
    def phone_at(self, address: str) -> Iterator[None]:
        """
        Have a phone at an address.
        """
        phones = self._names[1]
        self._run("-n", phones, "addr", "add", f"{address}/22", "dev", "phone")
        try:
            yield
        finally:
            self._run("-n", phones, "addr", "del", f"{address}/22", "dev", "phone")

    def _run(self, *arguments: str) -> None:
        subprocess.run([self._ip, *arguments], check=True, capture_output=True)


class DHCPServer:
    """
    A real DHCP server with a configuration.

    :param kind: ``isc``, ``kea`` or ``dnsmasq``.
    :param folder: for its files.
    """

    def __init__(self, kind: str, text: str, site: Site, folder: Path) -> None:
        self._program = need_program(*SERVERS[kind])
        self._kind, self._site, self._folder = kind, site, folder
        self._config = folder / f"{kind}.conf"
        self._config.write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = getattr(self, f"_{self._kind}")()
        self.log = self._folder / f"{self._kind}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*self._site.inside, *command],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={
                    **os.environ,
                    **dict.fromkeys(("KEA_LOCKFILE_DIR", "KEA_PIDFILE_DIR"), str(self._folder)),
                },
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        """
        Wait until something listens on port 67 there.
        """
        assert self._process is not None
        end = time.monotonic() + 15
        while self._process.poll() is None and time.monotonic() < end:
            with (Path("/proc") / str(self._process.pid) / "net" / "udp").open() as table:
                if any(line.split()[1].endswith(":0043") for line in table if ":" in line):
                    return
            time.sleep(0.05)
        raise AssertionError(f"{self._kind} doesn't serve: {self.log.read_text()}")

    def stop(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(15)
            self._process = None

    def _isc(self) -> list[str]:
        leases = self._folder / "dhcpd.leases"
        leases.touch()
        options = ["-4", "-f", "-d", "-cf", self._config, "-lf", leases, "-pf", self._folder / "dhcpd.pid"]
        return [self._program, *map(str, options), self._site.interface]

    def _kea(self) -> list[str]:
        # Its leases can be nowhere else; "ip netns exec" has given it mounts of its own.
        own = "mkdir -p /var/lib/kea && mount -t tmpfs none /var/lib/kea"
        return ["sh", "-c", f"{own} && exec {self._program} -c {self._config}"]

    def _dnsmasq(self) -> list[str]:
        leases = self._folder / "dnsmasq.leases"
        own = ["-k", "-C", self._config, f"--dhcp-leasefile={leases}", "--pid-file=", "--user=root"]
        return [self._program, *map(str, own), "--log-facility=-"]


def hooks_folder() -> str:
    return f"/usr/lib/{platform.machine()}-linux-gnu/kea/hooks"


def text_of(answer: dict[str, Any], code: int) -> str | None:
    """
    Return an option of an answer as text.
    """
    value = answer["options"].get(str(code))
    return None if value is None else bytes.fromhex(value).decode("latin-1").rstrip("\0")


def addresses_of(answer: dict[str, Any], code: int) -> list[str]:
    octets = bytes.fromhex(answer["options"].get(str(code), ""))
    return [socket.inet_ntoa(octets[start : start + 4]) for start in range(0, len(octets), 4)]
