"""
sipp plays phones fresh from the box, in a network of their own with the daemon.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dhcp.network import Site
from tests.dhcp.office import Office
from tests.support import need_program

SCENARIO = Path(__file__).with_name("subscribes.xml")
KEY = "a1b2c3d4"
PHONE = "10.66.1.7"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site("pnp")
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def office(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(site, tmp_path_factory.mktemp("office"))
    try:
        office.start(KEY, pnp=True)
        yield office
    finally:
        office.stop()


def subscribe(site: Site, folder: Path, seconds: int = 8, **told: str) -> tuple[int, str]:
    """
    Return the exit code of sipp, and what the phone was told.
    """
    log = folder / "told.log"
    keys = [part for name, value in told.items() for part in ("-key", name, value)]
    own = ["-sf", str(SCENARIO), "-i", PHONE, "-p", "5060"]
    options = [*own, "-m", "1", "-nostdin", "-timeout", f"{seconds}s", *keys]
    command = [need_program("sipp", "sip-tester"), "224.0.1.75:5060", *options]
    with site.phone_at(PHONE):
        done = subprocess.run(
            [*site.outside, *command, "-trace_logs", "-log_file", str(log)],
            capture_output=True,
            cwd=folder,
            check=False,
        )
    return done.returncode, log.read_text() if log.exists() else ""


@pytest.mark.parametrize(
    ("mac", "vendor", "model", "version", "named", "path"),
    [
        ("00:15:65:aa:0b:01", "Yealink", "SIP-T46S", "66.86.0.15", ("Yealink", "T46S"), "/"),
        ("00:04:13:aa:0b:02", "snom", "snom710", "8.9.3.60", ("Snom", "710"), "/"),
        ("00:0b:82:aa:0b:03", "Grandstream", "GXP2160", "1.0.11.10", ("Grandstream", "GXP2160"), "/"),
        ("0c:38:3e:aa:0b:04", "Fanvil", "X4", "2.10.2.6887", ("Fanvil", "X4"), "/$mac.cfg"),
    ],
)
def test_phone_is_put_on_record_and_told_its_url(
    mac: str, vendor: str, model: str, version: str, named: tuple[str, str], path: str,
    site: Site, office: Office, tmp_path: Path,
) -> None:  # fmt: skip
    digits = mac.replace(":", "")
    code, log = subscribe(site, tmp_path, mac=digits, vendor=vendor, model=model, version=version)
    url = f"http://{site.server}:{office.daemon.http}/{KEY}"
    assert code == 0, log
    assert log.splitlines() == ["200 0", f"NOTIFY application/url terminated;reason=timeout {url}{path}"]
    shown = office.device(mac)
    assert (shown["vendor"], shown["model"], shown["version"]) == (*named, version)
    assert (shown["ip"], shown["configured"]) == (PHONE, True)


def test_phone_finds_its_file_at_the_url(site: Site, office: Office, tmp_path: Path) -> None:
    told = {"vendor": "Yealink", "model": "T46S", "version": "66.86.0.15"}
    _, log = subscribe(site, tmp_path, mac="001565aa0b09", **told)
    url = log.splitlines()[-1].rpartition(" ")[2]
    code, body = site.fetch(f"{url}001565aa0b09.cfg", PHONE, "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:0b:09")
    assert code == 0
    assert b"account.1" in body
    traces = office.asked("--json", "requests", "--mac", "00:15:65:aa:0b:09")
    assert [trace["protocol"] for trace in json.loads(traces)] == ["pnp", "http"]
    assert KEY not in traces
    assert KEY not in "".join(office.daemon.said)


def test_phone_that_no_plugin_knows_is_left_to_others(site: Site, office: Office, tmp_path: Path) -> None:
    told = {"vendor": "Acme", "model": "A1", "version": "2.0"}
    code, log = subscribe(site, tmp_path, 2, mac="001fc1aa0b01", **told)
    assert code != 0
    assert log == ""


def test_health_tells_where_phones_may_ask(site: Site, office: Office) -> None:
    status = json.loads(office.asked("--json", "status"))["pnp"]
    assert (status["status"], status["interfaces"]) == ("ok", [site.interface])
