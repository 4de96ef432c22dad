"""
Real DHCP servers with the configuration that ``provd-cli dhcp config`` prints, and phones that ask them.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.running import COMMAND
from tests.daemon.running import BIN, Daemon
from tests.dhcp.network import SERVERS, DHCPServer, Site, addresses_of, text_of
from tests.leases.test_hook import PROGRAM

KEY = "a1b2c3d4$e"
URL = f"http://{Site.server}:8667/{KEY}"


class Asker(NamedTuple):
    """
    A device that asks for an address, and the options that must come with it, by code.
    """

    mac: str
    option_60: str | None
    gets: dict[int, str]


ASKERS = (
    Asker("00:15:65:aa:0b:01", "yealink", {66: f"{URL}/"}),
    Asker("00:15:65:aa:0b:02", None, {66: f"{URL}/"}),
    Asker("00:15:65:aa:0b:03", "MSFT 5.0", {66: f"{URL}/"}),
    Asker("52:54:00:aa:0b:01", "snomD717", {66: f"{URL}/"}),
    Asker("00:04:13:e2:0b:01", "snomD717", {66: f"{URL}/"}),
    Asker("00:04:13:e2:0b:02", None, {66: f"{URL}/", 114: f"{URL}/"}),
    Asker("00:04:13:aa:0b:01", None, {}),
    Asker("7c:2f:80:aa:0b:01", None, {114: f"{URL}/%MACD.xml"}),
    Asker("52:54:00:aa:0b:02", "Gigaset_N720_DM_PRO", {114: f"{URL}/%MACD.xml"}),
    Asker("00:04:f2:aa:0b:01", "\0\0\x36\x3d\x0bPolycom-VVX", {66: f"{URL}/", 160: f"{URL}/"}),
    Asker("00:0b:82:aa:0b:01", "Grandstream GXP2160 dslforum.org", {66: f"{URL}/", 160: f"{URL}/"}),
    Asker("0c:38:3e:aa:0b:01", None, {43: f"{URL}/$mac.cfg", 66: f"{URL}/$mac.cfg"}),
    Asker("52:54:00:aa:0b:03", "LINKSYS SPA-942", {66: Site.server}),
    Asker("52:54:00:aa:0b:04", "Cisco Systems, Inc. IP Phone SPA504G", {66: f"{URL}/"}),
    Asker("52:54:00:aa:0b:05", "Cisco Systems, Inc. IP Phone CP-8841-3PCC\0", {66: f"{URL}/$MA.xml"}),
    Asker("52:54:00:aa:0b:06", "CP-8841-3PCC", {66: f"{URL}/$MA.xml"}),
    Asker("52:54:00:aa:0b:07", "Cisco Systems, Inc. IP Phone CP-8841\0", {}),
    Asker(
        "52:54:00:aa:0b:08", "AastraIPPhone6867i", {43: f"\x02{chr(len(URL) + 1)}{URL}/", 66: f"{URL}/"}
    ),
    Asker("52:54:00:aa:0b:09", "MSFT 5.0", {}),
    Asker("52:54:00:aa:0b:0a", None, {}),
    Asker("52:54:00:aa:0b:0b", "\";reboot $(id) \\000\xff", {}),
    Asker("52:54:00:aa:0b:0c", "", {}),
)  # fmt: skip
LEADING = (43, 66, 114, 159, 160)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def daemon(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """
    A daemon among the servers, whose URLs carry a key.
    """
    daemon = Daemon(tmp_path_factory.mktemp("daemon"))
    daemon.http, daemon.tftp = 8667, 69
    daemon.settings(general={"http_auth_strategy": "url_key", "advertised_http_url": URL.rpartition("/")[0]})
    try:
        daemon.start([*site.inside, str(BIN / "accent-provd")])
        asked(site, daemon, "params", "set", "provisioning_key", KEY)
        yield daemon
    finally:
        daemon.kill()


def asked(site: Site, daemon: Daemon, *arguments: str) -> str:
    """
    Return what ``provd-cli`` prints beside the daemon.
    """
    own = ["--url", f"http://127.0.0.1:{daemon.rest}", "--token-file", str(daemon.data / "admin-token")]
    command = [*site.inside, COMMAND, *own, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def printed(site: Site, daemon: Daemon, server: str, *arguments: str) -> str:
    network = ["--subnet", "10.66.0.0/22", "--range", "10.66.1.0-10.66.3.250", "--router", site.server]
    own = ["--server", server, *network, "--interface", site.interface, "--check"]
    return asked(site, daemon, "dhcp", "config", *own, *arguments)


def lease(site: Site, askers: tuple[Asker, ...], patience: float = 20) -> list[dict[str, Any] | None]:
    return site.lease([{"mac": asker.mac, "option_60": asker.option_60} for asker in askers], patience)


@pytest.mark.parametrize("server", SERVERS)
def test_each_phone_gets_the_option_that_it_reads_and_nobody_else_gets_one(
    server: str, site: Site, daemon: Daemon, tmp_path: Path
) -> None:
    own = ["--no-hook", "--dns", "192.0.2.53", "--ntp", site.server, "--ntp", "192.0.2.123"]
    text = printed(site, daemon, server, *own, "--lease-time", "1234", "--domain", "phones.example")
    running = DHCPServer(server, text, site, tmp_path)
    try:
        running.start()
        answers = lease(site, ASKERS)
    finally:
        running.stop()
    for asker, answer in zip(ASKERS, answers, strict=True):
        assert answer is not None, asker
        got = {code: text for code in LEADING if (text := text_of(answer, code)) is not None}
        assert got == asker.gets, asker
        assert addresses_of(answer, 3) == [site.server]
        assert addresses_of(answer, 6) == ["192.0.2.53"]
        assert addresses_of(answer, 42) == [site.server, "192.0.2.123"]
        assert text_of(answer, 15) == "phones.example"
        assert int(answer["options"]["51"], 16) == 1234


@pytest.mark.parametrize("server", SERVERS)
def test_phones_alone_get_an_address_where_that_is_wanted(
    server: str, site: Site, daemon: Daemon, tmp_path: Path
) -> None:
    text = printed(site, daemon, server, "--no-hook", "--answer", "phones")
    running = DHCPServer(server, text, site, tmp_path)
    try:
        running.start()
        phones = tuple(asker for asker in ASKERS if asker.gets)
        assert all(lease(site, phones))
        assert not any(lease(site, tuple(asker for asker in ASKERS if not asker.gets), patience=3))
    finally:
        running.stop()


def hook(daemon: Daemon, folder: Path) -> str:
    """
    Return a program that calls the hook, as Kea's configuration alone can't tell it where the socket is.
    """
    program = folder / "hook"
    program.write_text(f'#!/bin/sh\nPROVD_DHCP_SOCKET={daemon.data}/dhcp.sock exec {PROGRAM} "$@"\n')
    program.chmod(0o755)
    return str(program)


def told(site: Site, daemon: Daemon, mac: str) -> dict[str, Any]:
    """
    Return a device once the daemon was told of it.
    """
    end = time.monotonic() + 20
    while time.monotonic() < end:
        devices: list[dict[str, Any]] = json.loads(
            asked(site, daemon, "--json", "devices", "list", "--mac", mac)
        )
        if devices:
            return devices[0]
    raise AssertionError(f"nothing of {mac} in 20 s")


@pytest.mark.parametrize("server", SERVERS)
def test_the_hook_puts_a_phone_on_record_before_it_asks(
    server: str, site: Site, daemon: Daemon, tmp_path: Path
) -> None:
    asker = Asker(f"00:15:65:0a:00:0{list(SERVERS).index(server)}", "yealink", {})
    text = printed(site, daemon, server, "--hook", hook(daemon, tmp_path))
    running = DHCPServer(server, text, site, tmp_path)
    try:
        running.start()
        (answer,) = lease(site, (asker,))
        device = told(site, daemon, asker.mac)  # Kea doesn't wait for the hook
    finally:
        running.stop()
    assert answer is not None
    # To Kea's hook, which is told no option, its MAC address says so.
    assert (device["ip"], device["vendor"]) == (answer["address"], "Yealink")
