"""
Having a DHCP server itself look at its configuration.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["NotInstalled", "Refused", "check"]

_FOLDERS = "/usr/sbin:/sbin:/usr/local/sbin"
_SECONDS = 30
_COMMANDS = {
    "isc": ("dhcpd", "isc-dhcp-server", ["-4", "-t", "-cf"]),
    "kea": ("kea-dhcp4", "kea-dhcp4-server", ["-t"]),
    "dnsmasq": ("dnsmasq", "dnsmasq-base", ["--test", "-C"]),
}


class NotInstalled(Exception):
    """
    The server isn't on this machine.
    """


class Refused(Exception):
    """
    The server doesn't take the configuration; what it said.
    """


def check(server: str, text: str) -> None:
    """
    Have a server check its configuration.  Blocks.

    :raises NotInstalled: if there is no such server.
    :raises Refused: if it finds a mistake.
    """
    name, package, options = _COMMANDS[server]
    program = shutil.which(name) or shutil.which(name, path=_FOLDERS)
    if program is None:
        raise NotInstalled(f"{name} (Debian package {package})")
    with tempfile.TemporaryDirectory(prefix="provd-dhcp-") as folder:  # 0700, as the URL may hold a key
        file = Path(folder, "config")
        file.write_text(text, encoding="ascii")
        try:
            done = subprocess.run(
                [program, *options, str(file)],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"{name} can't be run: {type(error).__name__}") from error
    if done.returncode:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        # dhcpd and Kea name the file where they name the mistake, and then say much more.
        telling = [line for line in said if f"{file}" in line and len(line) > len(f"Config file: {file}")]
        raise Refused(" / ".join(telling or said[-6:]).replace(str(file), "the configuration"))
