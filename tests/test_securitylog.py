import os
import re
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher

from provd.securitylog import SecurityLog, quoted

WHEN = time.mktime((2026, 3, 1, 7, 5, 9, 0, 0, -1)) + 0.042
DATE = "[2026-03-01 07:05:09,042] "

# As shipped filters have them, with what fail2ban puts in the place of <HOST> (0.11, usedns = warn).
HOST = (
    r"(?:(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})|\[?(?P<ip6>[0-9a-fA-F:]+)\]?|(?P<dns>[\w\-.^_]*\w))"
)
UNANCHORED = [
    re.compile(text.replace("<HOST>", HOST))
    for text in (
        "New device created automatically from <HOST>:",
        "Sensitive file requested from <HOST>:",
        "Unidentified request from <HOST>:",
        "Wrong provisioning key from <HOST>",
    )
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "security.log"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(path: Path, clock: Clock) -> SecurityLog:
    return SecurityLog(path, clock, now=lambda: WHEN)


def banned(line: str) -> set[str]:
    return {
        match["ip4"] or match["ip6"] or match["dns"]
        for pattern in UNANCHORED
        for match in pattern.finditer(line)
    }


def test_each_message_has_its_exact_line(log: SecurityLog, path: Path) -> None:
    log.device_created("192.0.2.1", "a1b2")
    log.sensitive_file("192.0.2.2", "001565aa0b1c.cfg")
    log.unidentified_request("2001:db8::1", "firmware/x.rom")
    log.wrong_provisioning_key("192.0.2.3")
    assert path.read_text() == (
        DATE + "New device created automatically from 192.0.2.1: a1b2\n"
        + DATE + "Sensitive file requested from 192.0.2.2: 001565aa0b1c.cfg\n"
        + DATE + "Unidentified request from 2001:db8::1: firmware/x.rom\n"
        + DATE + "Wrong provisioning key from 192.0.2.3\n"
    )  # fmt: skip


FORGERIES = [
    "x\n[2026-03-01 07:05:09,042] Sensitive file requested from 203.0.113.9: y",
    "x\rSensitive file requested from 203.0.113.9: y",
    "x\r\nNew device created automatically from 203.0.113.9: y",
    "Sensitive file requested from 203.0.113.9:",
    "Wrong provisioning key from 203.0.113.9",
    "x\u2028Sensitive file requested from 203.0.113.9: y",
    "x\x85Sensitive\xa0file\xa0requested\xa0from\xa0203.0.113.9:",
    "\x00\x1b[2J\udcff",
]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_file_name_forges_no_line_and_bans_nobody_else(log: SecurityLog, path: Path, name: str) -> None:
    log.sensitive_file("192.0.2.1", name)
    (line,) = path.read_bytes().decode("ascii").splitlines()
    assert line.startswith(DATE + "Sensitive file requested from 192.0.2.1: ")
    assert banned(line) == {"192.0.2.1"}


@pytest.mark.parametrize("ip", [*FORGERIES, "unknown", "", "999.1.1.1"])
def test_what_is_no_address_bans_nobody(log: SecurityLog, path: Path, ip: str) -> None:
    log.sensitive_file(ip, "x")
    log.wrong_provisioning_key(ip)
    assert path.read_text() == (
        f"{DATE}Sensitive file requested from -: x\n{DATE}Wrong provisioning key from -\n"
    )
    assert all(not banned(line) for line in path.read_text().splitlines())


def test_a_mapped_address_is_written_as_ipv4(log: SecurityLog, path: Path) -> None:
    log.wrong_provisioning_key("::ffff:192.0.2.1")
    assert path.read_text().endswith(" from 192.0.2.1\n")


@given(st.text(max_size=400))
def test_any_name_is_graphic_ascii_of_bounded_length(name: str) -> None:
    assert re.fullmatch(r"[!-~]{0,303}", quoted(name))


def test_long_names_are_cut_and_never_inside_an_escape() -> None:
    assert quoted("a" * 300) == "a" * 300
    assert quoted("a" * 301) == "a" * 300 + "..."
    assert quoted("a" * 298 + "\n") == "a" * 298 + "..."
    assert quoted("a\\ b\u20ac\U0001f600\xe9") == r"a\x5c\x20b\u20ac\U0001f600\xe9"


def test_an_address_writes_thirty_lines_a_minute_most_of_them_of_probes(
    log: SecurityLog, path: Path, clock: Clock
) -> None:
    for _ in range(40):
        log.unidentified_request("192.0.2.1", "x")
        log.unidentified_request("::ffff:192.0.2.1", "x")
    assert len(path.read_text().splitlines()) == 10
    for number in range(40):
        log.probe("192.0.2.1", str(number), "x")
    assert len(path.read_text().splitlines()) == 30
    clock.advance(60)
    assert path.read_text().splitlines()[30:] == [DATE + "70 lines left out", DATE + "20 lines left out"]
    log.unidentified_request("192.0.2.1", "x")
    assert len(path.read_text().splitlines()) == 33


def test_all_addresses_write_six_hundred_lines_a_minute(log: SecurityLog, path: Path) -> None:
    for number in range(1000):
        log.unidentified_request(f"10.0.{number // 250}.{number % 250}", "x")
        log.probe(f"10.0.{number // 250}.{number % 250}", "x", "x")
    assert len(path.read_text().splitlines()) == 600
    log.close()
    assert path.read_text().endswith(f"{DATE}800 lines left out\n{DATE}600 lines left out\n")


def test_the_file_is_for_its_group_whatever_the_umask(log: SecurityLog, path: Path) -> None:
    before = os.umask(0o077)
    try:
        log.reopen()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_the_mode_that_an_administrator_gave_stays(log: SecurityLog, path: Path) -> None:
    path.touch(0o600)
    log.wrong_provisioning_key("192.0.2.1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_truncated_file_is_written_from_its_beginning(log: SecurityLog, path: Path) -> None:
    log.wrong_provisioning_key("192.0.2.1")
    os.truncate(path, 0)
    log.wrong_provisioning_key("192.0.2.2")
    assert path.read_text() == DATE + "Wrong provisioning key from 192.0.2.2\n"


def test_a_renamed_file_is_left_on_reopening(log: SecurityLog, path: Path) -> None:
    log.wrong_provisioning_key("192.0.2.1")
    path.rename(path.with_suffix(".1"))
    log.reopen()
    log.wrong_provisioning_key("192.0.2.2")
    assert path.read_text() == DATE + "Wrong provisioning key from 192.0.2.2\n"


def test_a_log_that_cannot_be_written_is_told_once_and_breaks_nothing(log: SecurityLog, path: Path) -> None:
    events: list[dict[str, object]] = []
    globalLogPublisher.addObserver(events.append)
    try:
        path.mkdir()
        for _ in range(3):
            log.wrong_provisioning_key("192.0.2.1")
        log.reopen()
        assert [event["reason"] for event in events] == ["Is a directory"]
        path.rmdir()
        log.wrong_provisioning_key("192.0.2.1")
        assert path.read_text() == DATE + "Wrong provisioning key from 192.0.2.1\n"
    finally:
        globalLogPublisher.removeObserver(events.append)


def test_a_full_disk_loses_lines_and_mixes_none(
    log: SecurityLog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:20]))
        log.wrong_provisioning_key("192.0.2.1")
    log.wrong_provisioning_key("192.0.2.2")
    assert path.read_text().splitlines()[1] == DATE + "Wrong provisioning key from 192.0.2.2"


def test_without_a_path_nothing_is_written(clock: Clock) -> None:
    log = SecurityLog(None, clock)
    log.reopen()
    for _ in range(50):
        log.device_created("192.0.2.1", "a")
    log.close()
    assert not clock.getDelayedCalls()
