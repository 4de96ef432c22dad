"""
Phones that boot, and who tries addresses of phones one after the other: a real daemon, and a real fail2ban.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

import pytest
from twisted.internet.task import Clock

from provd.app.suspicion import MOST_PHONES
from provd.securitylog import SecurityLog
from tests.daemon.running import Daemon
from tests.fail2ban.phones import BOOTS, boot, get
from tests.fail2ban.server import Fail2Ban, matched
from tests.support import need_program

TRIES = 20  # of the jail
CURL = "curl/8.14.1"
YEALINK = "Yealink SIP-T46S 66.86.0.15"
SITE, VICTIM = "203.0.113.7", "192.0.2.99"
FORGERIES = [
    f"x\n[2026-03-01 07:05:09,042] Probe from {VICTIM}: y",
    f"x\r\nProbe from {VICTIM}: y",
    f"Probe from {VICTIM}: y",
    f": Probe from {VICTIM}: y",
    f"]\x0bProbe\xa0from\xa0{VICTIM}:\xa0y",
    f"x\u2028[2026-03-01 07:05:09,042]\u2028Probe from {VICTIM}: y",
    f"from {VICTIM}",
    f"<HOST> <ADDR> %(__prefix)s from {VICTIM} (x)",
    "\x00\x1b[2J\x7f",
]


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path_factory.mktemp("daemon"))
    daemon.settings(general={"http_proxied_trusted_proxies_count": 1})
    with ExitStack() as ending:
        ending.callback(daemon.kill)
        daemon.start()
        yield daemon


@pytest.fixture(scope="module")
def fail2ban(daemon: Daemon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fail2Ban]:
    fail2ban = Fail2Ban(tmp_path_factory.mktemp("fail2ban"), daemon.data / "security.log")
    with ExitStack() as ending:
        ending.callback(fail2ban.stop)
        fail2ban.wait_until_ready()
        yield fail2ban


def is_banned_before(fail2ban: Fail2Ban, daemon: Daemon, address: str, marker: str) -> bool:
    """
    Tell whether an address is banned by the time that one who certainly is, and came later, is.
    """
    for number in range(TRIES):
        get(daemon.http, marker, f"001565ffff{number:02x}.cfg", CURL)
    fail2ban.wait_for(marker)
    return address in fail2ban.banned


def test_300_phones_that_boot_for_the_first_time_behind_one_address_are_not_banned(
    daemon: Daemon, fail2ban: Fail2Ban
) -> None:
    served = set()
    for number, (name, kind) in enumerate(islice(cycle(BOOTS.items()), 300)):
        if 200 in list(boot(daemon.http, SITE, kind, number + 1)):
            served.add(name)
    assert len(served) >= 11
    assert not is_banned_before(fail2ban, daemon, SITE, "198.51.100.1")


def test_a_phone_that_tries_again_and_again_is_not_banned(daemon: Daemon, fail2ban: Fail2Ban) -> None:
    asked = [
        ("unknown.cfg", "Phone/1"),
        ("SEP002155AA10B4.cnf.xml", None),
        ("0800231a2b3c.cfg", "Mozilla/5.0"),
    ]
    for path, agent in asked * 20:
        assert get(daemon.http, "203.0.113.8", path, agent)[0] == 404
    assert not is_banned_before(fail2ban, daemon, "203.0.113.8", "198.51.100.2")


@pytest.mark.parametrize("client", ["198.51.100.10", "2001:db8::10"])
def test_who_tries_addresses_of_phones_with_a_program_is_banned(
    client: str, daemon: Daemon, fail2ban: Fail2Ban
) -> None:
    for number in range(TRIES):
        get(daemon.http, client, f"0015650a{number:04x}.cfg", CURL)
    fail2ban.wait_for(client)


def test_a_phone_that_asks_for_files_of_others_is_banned(daemon: Daemon, fail2ban: Fail2Ban) -> None:
    for number in range(TRIES):
        get(daemon.http, "198.51.100.11", f"0015650b{number:04x}.cfg", f"{YEALINK} 00:15:65:0b:ff:ff")
    fail2ban.wait_for("198.51.100.11")


def test_who_imitates_more_phones_than_a_site_has_is_banned(daemon: Daemon, fail2ban: Fail2Ban) -> None:
    for number in range(MOST_PHONES + TRIES):
        assert get(daemon.http, "198.51.100.13", f"0015650c{number:04x}.cfg", YEALINK)[0] == 200
        if number == MOST_PHONES - 1:
            assert not is_banned_before(fail2ban, daemon, "198.51.100.13", "198.51.100.3")
    fail2ban.wait_for("198.51.100.13")


def fetch_over_tftp(daemon: Daemon, client: str, names: list[str]) -> None:
    urls = [f"tftp://127.0.0.1:{daemon.tftp}/{name}" for name in names]
    outputs = [word for url in urls for word in ("-o", "/dev/null", url)]
    subprocess.run([need_program("curl"), "-s", "--interface", client, *outputs], check=True, timeout=60)


def test_phones_that_boot_for_the_first_time_over_tftp_are_not_banned(
    daemon: Daemon, fail2ban: Fail2Ban
) -> None:
    fetch_over_tftp(daemon, "127.0.0.6", [f"0015650f{number:04x}.cfg" for number in range(40)])
    assert not is_banned_before(fail2ban, daemon, "127.0.0.6", "198.51.100.4")


def test_who_fetches_files_of_known_phones_over_tftp_is_banned(daemon: Daemon, fail2ban: Fail2Ban) -> None:
    names = [f"0015650d{number:04x}.cfg" for number in range(TRIES)]
    for number, name in enumerate(names):
        get(daemon.http, f"192.0.2.{number + 1}", name, YEALINK)
    fetch_over_tftp(daemon, "127.0.0.5", names)
    fail2ban.wait_for("127.0.0.5")


def test_each_kind_of_line_that_the_daemon_wrote_is_read(daemon: Daemon) -> None:
    log = daemon.data / "security.log"
    for client in ("198.51.100.20", "2001:db8::20"):
        get(daemon.http, client, "wp-login.php", CURL)
        get(daemon.http, client, "0015650e0001.cfg", CURL)
        get(daemon.http, client, "0015650e0002.cfg", f"{YEALINK} 00:15:65:0e:00:03")
    lines = [line for line in log.read_text().splitlines() if ".20" in line or "::20" in line]
    mine = log.with_name("mine.log")
    mine.write_text("".join(f"{line}\n" for line in lines))
    assert matched(mine) == ["198.51.100.20"] * 3 + ["2001:db8::20"] * 3
    assert sum("] Probe from" in line for line in lines) == 6


def test_nothing_that_a_stranger_writes_looks_like_a_line(daemon: Daemon) -> None:
    client = "198.51.100.21"
    log = daemon.data / "security.log"
    before = len(log.read_text().splitlines())
    for name in FORGERIES:
        get(daemon.http, client, quote(name, safe=""), CURL)
    written = log.read_text().splitlines()[before:]
    assert sum("] Probe from" in line for line in written) == len(FORGERIES) - 1  # but for the NUL
    mine = log.with_name("forged.log")
    mine.write_text("\n".join(written) + "\n")
    assert matched(mine) == [client] * (len(FORGERIES) - 1)


def test_nothing_that_a_plugin_or_a_phone_names_looks_like_a_line(tmp_path: Path) -> None:
    log = SecurityLog(tmp_path / "security.log", Clock())
    for number, name in enumerate(FORGERIES):
        log.device_created(f"198.51.100.{number}", name)
        log.sensitive_file(f"198.51.100.{number}", name)
        log.unidentified_request(name, name)
        log.probe(name, name, name)
    log.wrong_provisioning_key("198.51.100.99")
    log.probe("2001:db8::99", "x", "key")
    log.close()
    assert matched(tmp_path / "security.log") == ["2001:db8::99"]
