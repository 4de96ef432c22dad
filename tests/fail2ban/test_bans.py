"""
A real fail2ban reads what a real daemon wrote, with the shipped filters and jails.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.running import Daemon
from tests.fail2ban.server import Fail2Ban, matched

OFFICE, OFFICE_6 = "203.0.113.5", "2001:db8::5"
LOST, SCANNER, SCANNER_6, GUESSER = "203.0.113.6", "203.0.113.66", "2001:db8::66", "203.0.113.67"
POLYCOM = "FileTransport PolycomVVX-VVX_400-UA/5.9.0.9373 (SN:{digits}) Type/Application"
SNOM = "Mozilla/4.0 (compatible; snom710-SIP 8.9.3.80 {digits})"
GRANDSTREAM = "Grandstream Model HW GXP2160 SW 1.0.11.79 DevId {digits}"
FAMILIES = (
    ("Yealink SIP-T46S 66.86.0.15 {mac}", "00:15:65", ("y000000000065.cfg", "{digits}.cfg")),
    (SNOM, "00:04:13", ("snom710.htm", "snom710-{upper}.htm")),
    (
        POLYCOM,
        "00:04:f2",
        ("000000000000.cfg", "{digits}.cfg", "{digits}-phone.cfg", "{digits}-directory.xml"),
    ),
    (GRANDSTREAM, "00:0b:82", ("cfg{digits}.xml", "cfg{digits}")),
)
UNKNOWN = ("/acme/001122334455.ini", "/acme/common.ini", "/acme-1.0.3.rom", "/001122334455.ini")
FILES = ("index", "config", "login", "test", "info", "db", "old", "sql")
TRIED = tuple(f"{word}.{kind}" for word in FILES for kind in ("php", "asp", "zip"))


class Phones:
    """
    Whoever asks the daemon, each from an address behind one trusted proxy.
    """

    def __init__(self, daemon: Daemon) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", daemon.http, timeout=30)

    def ask(self, address: str, path: str, agent: str = "") -> int:
        headers = {"User-Agent": agent, "X-Forwarded-For": address}
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def boot(self, address: str, number: int, key: str = "") -> None:
        agent, prefix, files = FAMILIES[number % len(FAMILIES)]
        mac = f"{prefix}:0a:{number // 256:02x}:{number % 256:02x}"
        digits = mac.replace(":", "")
        names = {"mac": mac, "digits": digits, "upper": digits.upper()}
        for file in files:
            self.ask(address, f"{key}/{file.format(**names)}", agent.format(**names))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """
    The security log after two offices have booted, a lost phone has asked for long and strangers have tried.
    """
    daemon = Daemon(tmp_path_factory.mktemp("daemon"))
    proxied = {"http_proxied_trusted_proxies_count": 1}
    daemon.settings(general=proxied)
    try:
        daemon.start()
        phones = Phones(daemon)
        for number in range(300):
            phones.boot(OFFICE if number % 2 else OFFICE_6, number)
        for _ in range(60):
            for file in UNKNOWN:
                phones.ask(LOST, file, "Acme/1.0")
        for number in range(300):  # of a make that no plugin knows
            phones.ask(OFFICE, f"/acme-0011223{number:05x}.ini", "Acme/1.0")
        for address in (SCANNER, SCANNER_6):
            for name in TRIED:
                phones.ask(address, f"/{name}", "curl/7")
        for name in ("x\n[2026-11-26 10:00:00,000] Probe from 198.51.100.1: y", "a from 198.51.100.1: b"):
            phones.ask(SCANNER, "/" + name.replace("\n", "%0a").replace(" ", "%20"), "x")
        daemon.settings(general={**proxied, "http_auth_strategy": "url_key"})
        daemon.kill()
        daemon.start()
        phones = Phones(daemon)
        for number in range(25):
            phones.boot(OFFICE, number, "/0ldKey12")
            phones.boot(OFFICE, number)
            phones.ask(GUESSER, f"/guess{number}aB/001565000001.cfg", "x")
        yield daemon.data / "security.log"
    finally:
        daemon.kill()


def test_strangers_are_banned_and_no_office_is(log: Path, tmp_path: Path) -> None:
    fail2ban = Fail2Ban(tmp_path, log)
    try:
        fail2ban.wait_for(SCANNER, SCANNER_6, GUESSER)
        assert fail2ban.banned == {SCANNER, SCANNER_6, GUESSER}
    finally:
        fail2ban.stop()


@pytest.mark.parametrize("name", ["accent-provd", "accent-provd-strict"])
def test_filters_find_the_lines_that_were_written_and_no_forged_one(name: str, log: Path) -> None:
    found = set(matched(log, name))
    if name == "accent-provd":
        assert found >= {SCANNER, SCANNER_6, GUESSER, LOST}
    else:
        assert found >= {OFFICE, OFFICE_6, GUESSER}
    assert not [address for address in found if address.startswith("198.51.100")]


def test_no_key_is_in_the_log(log: Path) -> None:
    text = log.read_text()
    assert "guess1aB" not in text
    assert "0ldKey12" not in text
