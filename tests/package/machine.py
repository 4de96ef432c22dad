"""
A machine that runs Debian: systemd in a container, with a network of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.daemon.manager import Manager
from tests.support import missing

AGENT = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01"
OWN = "001565aabb01.cfg"


class Machine:
    """
    A copy of a Debian, booted.
    """

    def __init__(self, base: Path, folder: Path) -> None:
        self.root = folder / "machine"
        subprocess.run(["cp", "-a", "--reflink=auto", base, self.root], check=True)
        (self.root / "usr/sbin/policy-rc.d").unlink()  # here services are to be started
        self._told = Manager(folder)
        self._container = subprocess.Popen(
            [
                "systemd-nspawn",
                "--quiet",
                f"--directory={self.root}",
                "--private-network",
                "--register=no",
                "--keep-unit",
                "--notify-ready=yes",
                "--console=pipe",
                "--boot",
            ],
            # systemd no longer boots with the first version of control groups, which this machine may have.
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "NOTIFY_SOCKET": str(self._told.path),
                "UNIFIED_CGROUP_HIERARCHY": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=(folder / "boot.log").open("w"),
            stderr=subprocess.STDOUT,
        )
        try:
            self._leader = self._told.wait_for("X_NSPAWN_LEADER_PID")["X_NSPAWN_LEADER_PID"]
            self._told.wait_for("READY")
        except TimeoutError:
            self.end()
            missing(f"a container that boots:\n{(folder / 'boot.log').read_text()}")

    def end(self) -> None:
        """
        Switch it off, and remove what it has on its disk.
        """
        self._container.terminate()
        try:
            self._container.wait(30)
        except subprocess.TimeoutExpired:
            self._container.kill()
            self._container.wait()
        self._told.close()
        shutil.rmtree(self.root)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """
        Run a program there; its output can be read.
        """
        entered = ["nsenter", f"--target={self._leader}"]
        entered += ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
        # Nothing of this machine's environment is in that one.
        cleaned = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8"]
        cleaned += ["DEBIAN_FRONTEND=noninteractive"]
        return subprocess.Popen(
            [*entered, *cleaned, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *command: str) -> str:
        """
        Return what a program says that must succeed.
        """
        running = self.start(*command)
        said = running.communicate(timeout=120)[0].decode(errors="replace")
        assert running.returncode == 0, f"{command}: {running.returncode}\n{said}"
        return said

    def fails(self, *command: str) -> str:
        """
        Return what a program says that must fail.
        """
        running = self.start(*command)
        said = running.communicate(timeout=120)[0].decode(errors="replace")
        assert running.returncode != 0, f"{command}\n{said}"
        return said

    def install(self, package: Path) -> str:
        """
        Return what an administrator sees who installs a package.
        """
        shutil.copy(package, self.root / "root" / package.name)
        return self.run("apt-get", "install", "-y", "--no-install-recommends", f"/root/{package.name}")

    def http(self, name: str = OWN, *options: str) -> str:
        """
        Return a file that a phone fetches over HTTP.
        """
        return self.run("curl", "-sSf", "-A", AGENT, *options, f"http://127.0.0.1:8667/{name}")

    def tftp(self, name: str = OWN) -> str:
        """
        Return a file that a phone fetches over TFTP.
        """
        return self.run("curl", "-sSf", f"tftp://127.0.0.1/{name}")

    def cli(self, *command: str) -> Any:
        """
        Return the document that ``provd-cli`` shows.
        """
        return json.loads(self.run("provd-cli", "--json", *command))

    def unit(self, name: str = "accent-provd.service") -> dict[str, str]:
        """
        Return what systemd says of a unit.
        """
        shown = self.run("systemctl", "show", name)
        return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)

    def logged(self, text: str) -> str:
        """
        Return the first line of the log that contains a text, once there is one.
        """
        found = 'grep -m1 -F -- "$0" <(timeout 60 tail -n +1 -f /var/log/accent-provd.log)'
        return self.run("bash", "-c", found, text)

    def path(self, name: str) -> Path:
        """
        Return a file of the machine, by its absolute path there.
        """
        return self.root / name.lstrip("/")
