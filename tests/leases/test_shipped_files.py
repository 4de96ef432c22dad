"""
What is shipped for DHCP servers, as they and AppArmor read it.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path

import pytest

from tests.support import need_program

ETC = Path(__file__).parents[2] / "etc"
SNIPPETS = ETC / "dhcp"
RULES = [ETC / "apparmor.d/dhcpd.d/accent-provd", *sorted((SNIPPETS / "apparmor").iterdir())]


def accepts(command: list[str], **environment: str) -> str:
    """
    Run a check, which must succeed; return what it said.
    """
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_isc_dhcpd_takes_it_within_a_class_and_a_pool(tmp_path: Path) -> None:
    dhcpd = need_program("dhcpd", "isc-dhcp-server")
    include = f'include "{SNIPPETS / "isc-dhcpd.conf"}";'
    whole = tmp_path / "dhcpd.conf"
    whole.write_text(
        f'class "phones" {{ {include} }}\n'
        f"subnet 192.0.2.0 netmask 255.255.255.0 {{ pool {{ range 192.0.2.9; {include} }} }}\n"
    )
    accepts([dhcpd, "-t", "-cf", str(whole), "-lf", str(tmp_path / "leases")])


def test_kea_takes_it(tmp_path: Path) -> None:
    kea = need_program("kea-dhcp4", "kea-dhcp4-server")
    own = tmp_path / "hooks.json"
    shipped = (SNIPPETS / "kea-hooks.json").read_text()
    own.write_text(shipped.replace("x86_64", platform.machine()))
    whole = tmp_path / "kea.json"
    whole.write_text(f'{{"Dhcp4": {{"hooks-libraries": <?include "{own}"?>}}}}')
    folder = str(tmp_path)
    accepts([kea, "-t", str(whole)], KEA_LOCKFILE_DIR=folder, KEA_PIDFILE_DIR=folder)
    (entry,) = json.loads("".join(line for line in shipped.splitlines() if not line.startswith("//")))
    assert entry["parameters"] == {"name": "/usr/bin/accent-provd-dhcp-hook", "sync": False}


def test_dnsmasq_takes_it() -> None:
    accepts([need_program("dnsmasq", "dnsmasq-base"), "--test", f"--conf-file={SNIPPETS / 'dnsmasq.conf'}"])


@pytest.mark.parametrize("rules", RULES, ids=lambda path: path.name)
def test_apparmor_lets_the_hook_run(tmp_path: Path, rules: Path) -> None:
    parser = need_program("apparmor_parser", "apparmor")
    profile = tmp_path / "server"
    profile.write_text(f'profile server /usr/sbin/server {{\n  include "{rules}"\n}}\n')
    said = accepts([parser, "--skip-kernel-load", "--skip-cache", "--debug", str(profile)])
    assert "(/usr/bin/accent-provd-dhcp-hook)" in said
