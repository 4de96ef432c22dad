"""
Real DHCP servers with the configuration that ``provd-cli dhcp config`` prints, and phones that ask them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.dhcp.network import SERVERS, DHCPServer, Site, addresses_of, text_of
from tests.dhcp.office import Office

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
def office(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """
    A daemon whose URLs carry a key.
    """
    office = Office(site, tmp_path_factory.mktemp("office"))
    office.daemon.http, office.daemon.tftp = 8667, 69
    try:
        office.start(
            KEY, general={"advertised_http_url": URL.rpartition("/")[0], "tftp_sensitive_files": True}
        )
        yield office
    finally:
        office.stop()


def lease(site: Site, askers: tuple[Asker, ...], patience: float = 20) -> list[dict[str, Any] | None]:
    return site.lease([{"mac": asker.mac, "option_60": asker.option_60} for asker in askers], patience)


@pytest.mark.parametrize("server", SERVERS)
def test_each_phone_gets_the_option_that_it_reads_and_nobody_else_gets_one(
    server: str, site: Site, office: Office, tmp_path: Path
) -> None:
    own = ["--no-hook", "--dns", "192.0.2.53", "--ntp", site.server, "--ntp", "192.0.2.123"]
    text = office.dhcp_config(server, *own, "--lease-time", "1234", "--domain", "phones.example")
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
    server: str, site: Site, office: Office, tmp_path: Path
) -> None:
    text = office.dhcp_config(server, "--no-hook", "--answer", "phones")
    running = DHCPServer(server, text, site, tmp_path)
    try:
        running.start()
        phones = tuple(asker for asker in ASKERS if asker.gets)
        assert all(lease(site, phones))
        assert not any(lease(site, tuple(asker for asker in ASKERS if not asker.gets), patience=3))
    finally:
        running.stop()


@contextmanager
def serving(server: str, office: Office, folder: Path, *arguments: str) -> Iterator[None]:
    """
    Have a server give addresses, and tell the daemon.
    """
    folder.mkdir(exist_ok=True)
    text = office.dhcp_config(server, "--hook", office.hook(folder), *arguments)
    running = DHCPServer(server, text, office.site, folder)
    try:
        running.start()
        yield
    finally:
        running.stop()


class Booting(NamedTuple):
    """
    A phone that asks for an address and then for a file.

    :ivar code: the option that it reads.
    :ivar file: behind the URL of that option; of a host, over TFTP.
    :ivar holds: what is in the file.
    """

    mac: str
    option_60: str
    vendor: str
    code: int
    agent: str
    file: str
    holds: bytes


POLYCOM = "FileTransport PolycomVVX-VVX_400-UA/5.9.0.9373 (SN:{digits}) Type/Application"
YEALINK = "Yealink SIP-T46S 66.86.0.15 {mac}"
BOOTING = (
    Booting("00:15:65:{}:00:01", "yealink", "Yealink", 66, YEALINK, "{digits}.cfg", b"account.1"),
    Booting("00:04:f2:{}:00:01", "Polycom-VVX400", "Polycom", 160, POLYCOM, "{digits}.cfg", b"<APPLICATION"),
    Booting("00:0e:08:{}:00:01", "LINKSYS SPA-942", "Cisco", 66, "", "/spa942.cfg", b"<flat-profile>"),
)


@pytest.mark.parametrize("server", SERVERS)
def test_phone_gets_from_its_lease_to_its_file(
    server: str, site: Site, office: Office, tmp_path: Path
) -> None:
    number = f"a{list(SERVERS).index(server)}"
    phones = [phone._replace(mac=phone.mac.format(number)) for phone in BOOTING]
    computer = f"52:54:00:{number}:00:01"
    with serving(server, office, tmp_path):
        asked = [{"mac": phone.mac, "option_60": phone.option_60} for phone in phones]
        *answers, other = site.lease([*asked, {"mac": computer, "option_60": "MSFT 5.0"}])
        for phone, answer in zip(phones, answers, strict=True):
            assert answer is not None
            # Kea tells its hook no option: what it is then comes with the first request.
            if server != "kea" or phone.vendor != "Cisco":
                device = office.device(phone.mac, vendor=phone.vendor)
                assert device["ip"] == answer["address"]
            url = text_of(answer, phone.code)
            assert url is not None
            base = url if "://" in url else f"tftp://{url}"
            digits = phone.mac.replace(":", "")
            agent = phone.agent.format(mac=phone.mac, digits=digits)
            code, body = site.fetch(base + phone.file.format(digits=digits), answer["address"], agent)
            assert (code, phone.holds in body) == (0, True), phone
            assert office.device(phone.mac, vendor=phone.vendor)["ip"] == answer["address"]
    assert other is not None
    assert not [code for code in LEADING if text_of(other, code)]
    assert computer not in {device.get("mac") for device in office.devices()}


@pytest.mark.parametrize("server", SERVERS)
def test_renewal_with_another_address_moves_the_device(
    server: str, site: Site, office: Office, tmp_path: Path
) -> None:
    phone = {"mac": f"00:15:65:b{list(SERVERS).index(server)}:00:01", "option_60": "yealink"}
    addresses = []
    # A server that begins anew gives addresses of another range.
    for name, given in (("one", "10.66.1.0-10.66.1.50"), ("two", "10.66.2.0-10.66.2.50")):
        with serving(server, office, tmp_path / name, "--range", given):
            (answer,) = site.lease([phone])
            assert answer is not None
            addresses.append(answer["address"])
            office.device(phone["mac"], ip=answer["address"])
            with site.phone_at(answer["address"]):
                (again,) = site.lease([{**phone, "address": answer["address"]}])
            assert again is not None
            assert again["address"] == answer["address"]
    assert addresses[0] != addresses[1]


@pytest.mark.parametrize("server", SERVERS)
def test_five_hundred_phones_that_boot_at_once_are_all_on_record(
    server: str, site: Site, office: Office, tmp_path: Path
) -> None:
    prefix = f"00:15:65:c{list(SERVERS).index(server)}"
    phones = [f"{prefix}:{number // 256:02x}:{number % 256:02x}" for number in range(500)]
    with serving(server, office, tmp_path):
        answers = site.lease([{"mac": mac, "option_60": "yealink"} for mac in phones], 60)
        leased = {mac: answer["address"] for mac, answer in zip(phones, answers, strict=True) if answer}
        assert len(leased) == 500
        end = time.monotonic() + 60
        known: dict[str, str] = {}
        while known != leased and time.monotonic() < end:
            known = {each["mac"]: each["ip"] for each in office.devices() if each["mac"].startswith(prefix)}
    assert known == leased
