from __future__ import annotations

from typing import Any

import pytest

from provd.pluginkit.family.network import dns_server, ntp_server, syslog, vlan
from provd.pluginkit.family.reports import Report

FACTS: dict[str, Any] = {"lacks": []}
TAGGED = {"vlan_enabled": True, "vlan_id": 100, "vlan_priority": 5, "vlan_pc_port_id": 200}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (100, 5, 200)),
        ({"vlan_id": "100", "vlan_priority": "5", "vlan_pc_port_id": "200"}, (100, 5, 200)),
        ({"vlan_priority": None, "vlan_pc_port_id": None}, (100, 0, None)),
        ({"vlan_enabled": False}, None),
    ],
)
def test_vlan(changes: dict[str, Any], expected: Any) -> None:
    report = Report()
    assert vlan({**TAGGED, **changes}, FACTS, report) == expected
    assert report.lines == []


@pytest.mark.parametrize("number", [None, "", 0, 4095, -1])
def test_vlan_that_the_phone_cannot_have_is_reported(number: Any) -> None:
    report = Report()
    assert vlan({**TAGGED, "vlan_id": number}, FACTS, report) is None
    assert report.lines == ["vlan_id: the phone takes 1 to 4094: it doesn't tag"]


def test_vlan_of_some_phones_is_priority_alone_and_none_for_the_pc() -> None:
    facts = {"lacks": ["vlan_pc_port_id"]}
    assert vlan({**TAGGED, "vlan_id": 0}, facts, Report(), lowest=0) == (0, 5, None)


def test_servers_count_only_if_they_are_enabled() -> None:
    addresses = {"ntp_ip": "ntp.example.org", "dns_ip": "192.0.2.53"}
    enabled = {**addresses, "ntp_enabled": True, "dns_enabled": True}
    assert (ntp_server(enabled), dns_server(enabled)) == ("ntp.example.org", "192.0.2.53")
    assert (ntp_server(addresses), dns_server(addresses)) == (None, None)
    assert ntp_server({"ntp_enabled": True}) is None


def test_syslog() -> None:
    assert syslog({"syslog_enabled": True, "syslog_ip": "192.0.2.7"}) == ("192.0.2.7", 514, "warning")
    whole = {"syslog_enabled": True, "syslog_ip": "h", "syslog_port": "1514", "syslog_level": "debug"}
    assert syslog(whole) == ("h", 1514, "debug")
    assert syslog({**whole, "syslog_enabled": False}) is None
    found, usual = syslog(whole), syslog({**whole, "syslog_port": 514})
    assert found is not None
    assert usual is not None
    assert (found.address, usual.address) == ("h:1514", "h")
    assert syslog({"syslog_enabled": True}) is None
