"""
A customer's network behind NAT, made of network namespaces: one for each phone, and a router that masks them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from tests.support import missing, need_program

_NUMBER = os.getpid() % 250


class CustomerNetwork:
    """
    :ivar server: the address of this machine that the phones reach.
    :ivar public: the one that they all seem to have.
    """

    def __init__(self, phones: int) -> None:
        self._ip, self._nft = need_program("ip", "iproute2"), need_program("nft", "nftables")
        if os.geteuid() != 0:
            missing("root, to make network namespaces")
        # Of the addresses for benchmarks (RFC 2544): nobody's; the process id keeps two runs apart.
        self.server, self.public = f"198.18.{_NUMBER}.1", f"198.18.{_NUMBER}.2"
        self._router = f"provd-nat-{os.getpid()}"
        self._outside = f"pv{os.getpid()}"
        self._inside = [f"{self._router}-{number}" for number in range(1, phones + 1)]

    def netns(self, number: int) -> str:
        """
        Return the name of the namespace of a phone, from 1.
        """
        return self._inside[number - 1]

    def address(self, number: int) -> str:
        """
        Return the address that a phone knows as its own.
        """
        return f"192.168.{_NUMBER}.{10 + number}"

    def start(self) -> None:
        outside = self._outside
        self._run("netns", "add", self._router)
        self._run("link", "add", outside, "type", "veth", "peer", "name", "wan", "netns", self._router)
        self._run("addr", "add", f"{self.server}/24", "dev", outside)
        self._run("link", "set", outside, "up")
        self._in(self._router, "addr", "add", f"{self.public}/24", "dev", "wan")
        self._in(self._router, "link", "set", "wan", "up")
        self._in(self._router, "link", "add", "lan", "type", "bridge")
        self._in(self._router, "addr", "add", f"192.168.{_NUMBER}.1/24", "dev", "lan")
        self._in(self._router, "link", "set", "lan", "up")
        for number, name in enumerate(self._inside, 1):
            self._run("netns", "add", name)
            self._in(
                self._router,
                "link",
                "add",
                f"p{number}",
                "type",
                "veth",
                "peer",
                "name",
                "eth",
                "netns",
                name,
            )
            self._in(self._router, "link", "set", f"p{number}", "master", "lan", "up")
            self._in(name, "addr", "add", f"{self.address(number)}/24", "dev", "eth")
            self._in(name, "link", "set", "eth", "up")
            self._in(name, "link", "set", "lo", "up")
            self._in(name, "route", "add", "default", "via", f"192.168.{_NUMBER}.1")
        rules = "add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; }; "
        rules += 'add rule ip nat out oifname "wan" masquerade'
        self._enter(self._router, [need_program("sysctl", "procps"), "-qw", "net.ipv4.ip_forward=1"])
        self._enter(self._router, [self._nft, rules])

    def stop(self) -> None:
        # At once, while what is in a namespace goes some time after it.
        subprocess.run([self._ip, "link", "del", self._outside], capture_output=True, check=False)
        for name in [*self._inside, self._router]:
            subprocess.run([self._ip, "netns", "del", name], capture_output=True, check=False)

    def _run(self, *arguments: str) -> None:
        subprocess.run([self._ip, *arguments], check=True, capture_output=True)

    def _in(self, name: str, *arguments: str) -> None:
        self._run("-n", name, *arguments)

    def _enter(self, name: str, command: Sequence[str]) -> None:
        self._run("netns", "exec", name, *command)
