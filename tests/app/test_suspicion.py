"""
What counts against an address, and what doesn't.
"""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.task import Clock

from provd.app.suspicion import MOST_PHONES, Suspicion, is_of_another, says_phone
from provd.identification.trace import Trace

MAC = "00:15:65:aa:0b:1c"
FILE = "001565aa0b1c.cfg"
PHONE = "Yealink SIP-T46S 66.86.0.15"
HERE = "192.0.2.7"


class Watch:
    """
    A suspicion, and what it told.
    """

    def __init__(self, nat: int = 0) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.clock = Clock()
        self.suspicion = Suspicion(lambda *what: self.told.append(what), self.clock.seconds, lambda: nat == 1)

    def http(
        self,
        agent: str | None = PHONE,
        name: str = FILE,
        mac: str = MAC,
        device: dict[str, Any] | None = None,
        is_sensitive: bool = True,
        **traced: Any,
    ) -> list[str]:
        before = len(self.told)
        trace = a_trace(mac, user_agent=agent, **traced)
        self.suspicion.http(HERE, name, device, trace, is_sensitive)
        return [tried.partition(" ")[0] for _, tried, _ in self.told[before:]]


def a_trace(mac: str, **fields: Any) -> Trace:
    trace = Trace(1, 0.0, "http", HERE, "/", None)
    trace.device_info = {"ip": HERE, "mac": mac, "vendor": "Yealink"}
    for name, value in fields.items():
        setattr(trace, name, value)
    return trace


def known(**fields: Any) -> dict[str, Any]:
    return {"id": "a", "mac": MAC, "ip": HERE, **fields}


@pytest.mark.parametrize("agent", ["curl/8.14.1", "Mozilla/5.0 (X11; Linux x86_64)", "python-requests/2"])
def test_a_program_that_asks_for_a_phone_s_file_counts(agent: str) -> None:
    assert Watch().http(agent) == ["program"]
    assert Watch().http(agent, device=known(), retriever="add", changes=("ip",)) == ["program"]


@pytest.mark.parametrize(
    "agent", [None, "", PHONE, "Dalvik/2.1.0 (Linux; U; Android 9)", "Mozilla/5.0 (Yealink)"]
)
def test_what_may_be_a_phone_does_not_count_by_its_name(agent: str | None) -> None:
    assert Watch().http(agent, device=known(), retriever="add", changes=("ip",)) == []


def test_a_browser_beside_a_known_phone_does_not_count() -> None:
    assert Watch().http("Mozilla/5.0", device=known(), retriever="mac") == []


def test_the_file_of_another_phone_counts_even_from_a_known_one() -> None:
    watch = Watch()
    assert watch.http(device=known(), name="001565aa0b1d.cfg", retriever="mac") == ["another's"]
    assert watch.http(device=known(), name="001565aa0b1d.cfg", is_sensitive=False, retriever="mac") == []


def test_the_same_again_is_the_same_try() -> None:
    watch = Watch()
    for name in (FILE, FILE, "other.cfg"):
        watch.http("curl/8", name=name)
    tried = [what for _, what, _ in watch.told]
    assert tried[0] == tried[1] != tried[2]


def test_a_phone_that_tells_nothing_of_itself_and_comes_from_elsewhere_counts_but_not_behind_nat() -> None:
    moved = {"device": known(), "retriever": "mac", "changes": ("ip",), "moved": True}
    assert Watch().http(None, **moved) == ["elsewhere"]
    assert Watch().http(PHONE, **moved) == []
    assert Watch(nat=1).http(None, **moved) == []


def test_a_phone_whose_address_another_took_does_not_count() -> None:
    assert Watch().http(None, device=known(), retriever="mac", changes=("ip",)) == []


def test_more_phones_than_a_site_has_count_until_the_hour_is_over() -> None:
    watch = Watch()
    macs = [f"00:15:65:00:{number // 256:02x}:{number % 256:02x}" for number in range(MOST_PHONES + 2)]
    for mac in macs[:MOST_PHONES] * 2:
        assert watch.http(mac=mac, name=mac) == []
    assert watch.http(mac=macs[-2], name="x") == ["crowd"]
    watch.clock.advance(3600)
    assert watch.http(mac=macs[-1], name="y") == []


def test_over_tftp_known_phones_of_other_addresses_count() -> None:
    watch = Watch()
    moved = a_trace(MAC, retriever="mac", changes=("ip",), moved=True)
    watch.suspicion.tftp(HERE, FILE, known(), moved)
    watch.suspicion.tftp(HERE, FILE, known(), a_trace(MAC, retriever="mac"))
    assert watch.told == [(HERE, f"elsewhere {MAC}", FILE)]


@pytest.mark.parametrize(
    ("name", "mac", "is_another"),
    [
        (FILE, MAC, False),
        ("snom320-001565AA0B1C.htm", MAC, False),
        ("001565aa0b1d.cfg", MAC, True),
        ("cfg001565AA0B1D.xml", MAC, True),
        ("ATA1565AA0B1C01.cnf.xml", MAC, False),
        ("000000000000.cfg", MAC, False),
        ("y000000000066.cfg", MAC, False),
        ("0f8fad5bd9cb469fa16570867728950e.cfg", MAC, False),
        ("001565aa0b1d.cfg", None, False),
        ("aastra.cfg", MAC, False),
    ],
)
def test_whose_file_it_is(name: str, mac: str | None, is_another: bool) -> None:
    assert is_of_another(name, mac) is is_another


def test_a_user_agent_names_its_phone() -> None:
    told = {"vendor": "Cisco", "model": "SPA942", "mac": "00:0e:08:aa:0b:1c"}
    assert says_phone("Linksys/SPA-942-6.1.5(a) (88019FA42805)", told)
    assert says_phone("Allegro (000e08-AA0B1C)", told)
    assert not says_phone("curl/8", told)
    assert not says_phone("curl/8", {})
    assert not says_phone(None, told)
