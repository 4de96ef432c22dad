from __future__ import annotations

from typing import Any

import pytest

from provd.pluginkit.family.lines import Server, SIPLine, address, outbound_servers, set_by, sip_lines
from provd.pluginkit.family.reports import Report


def line_one(line: dict[str, Any], **parameters: Any) -> SIPLine:
    return sip_lines({"sip_lines": {"1": line}, **parameters}, 1, Report())[1]


@pytest.mark.parametrize(
    ("line", "parameters", "registrar", "proxy"),
    [
        ({}, {"sip_proxy_ip": "p"}, ("p", None), ("p", None)),
        ({}, {"sip_proxy_ip": "p", "sip_proxy_port": "5070"}, ("p", 5070), ("p", 5070)),
        ({}, {"sip_proxy_ip": "p", "sip_registrar_ip": "r"}, ("r", None), ("p", None)),
        ({"proxy_ip": "q"}, {"sip_proxy_ip": "p", "sip_registrar_ip": "r"}, ("q", None), ("q", None)),
        ({"proxy_ip": "q", "registrar_ip": "q", "proxy_port": 5070}, {}, ("q", 5070), ("q", 5070)),
        ({"proxy_ip": "q"}, {"sip_proxy_ip": "p", "sip_proxy_port": 5070}, ("q", None), ("q", None)),
        ({"proxy_port": 5071}, {"sip_proxy_ip": "p", "sip_proxy_port": 5070}, ("p", 5071), ("p", 5071)),
        ({}, {}, None, None),
    ],
)  # fmt: skip
def test_servers_of_a_line(
    line: dict[str, Any], parameters: dict[str, Any], registrar: Server | None, proxy: Server | None
) -> None:
    got = line_one(line, **parameters)
    assert (got.registrar, got.proxy) == (registrar, proxy)


def test_backup_proxy_is_a_registrar_only_where_the_proxy_is() -> None:
    both = line_one({"proxy_ip": "p", "backup_proxy_ip": "b"})
    assert both.backup_registrar == Server("b", None)
    apart = line_one({"proxy_ip": "p", "registrar_ip": "r", "backup_proxy_ip": "b"})
    assert apart.backup_registrar is None


def test_what_a_line_leaves_open_comes_from_all_lines() -> None:
    everywhere = {
        "sip_transport": "tls",
        "sip_dtmf_mode": "SIP-INFO",
        "sip_srtp_mode": "required",
        "exten_voicemail": "*98",
        "sip_outbound_proxy_ip": "o",
    }
    got = line_one({"username": "u"}, **everywhere)
    assert (got.auth_username, got.transport, got.dtmf_mode, got.srtp_mode) == (
        "u",
        "tls",
        "SIP-INFO",
        "required",
    )
    assert (got.voicemail, got.outbound_proxy) == ("*98", Server("o", None))
    own = line_one({"dtmf_mode": "RTP-in-band", "voicemail": "*97"}, **everywhere)
    assert (own.dtmf_mode, own.voicemail) == ("RTP-in-band", "*97")


@pytest.mark.parametrize(
    ("server", "text"),
    [
        (None, ""),
        (Server("pbx.example.org", None), "pbx.example.org"),
        (Server("192.0.2.10", 5070), "192.0.2.10:5070"),
        (Server("2001:db8::1", None), "[2001:db8::1]"),
        (Server("2001:db8::1", 5070), "[2001:db8::1]:5070"),
    ],
)
def test_servers_are_written_with_their_port(server: Server | None, text: str) -> None:
    assert address(server) == text


def test_lines_beyond_the_accounts_are_reported() -> None:
    report = Report()
    raw_config = {"sip_proxy_ip": "p", "sip_lines": {"2": {}, "10": {}, "1": {}, "x": {}, "0": {}}}
    assert list(sip_lines(raw_config, 2, report)) == [1, 2]
    assert [line.partition(":")[0] for line in report.lines] == ["sip_lines.10", "sip_lines.x", "sip_lines.0"]


@pytest.mark.parametrize(
    ("line", "outbound", "backup", "reported"),
    [
        ({"proxy_ip": "p", "backup_proxy_ip": "b"}, None, None, False),
        ({"proxy_ip": "p", "registrar_ip": "p", "registrar_port": 5060}, None, None, False),
        ({"proxy_ip": "p", "registrar_ip": "r", "backup_proxy_ip": "b"}, ("p", None), ("b", None), False),
        ({"proxy_ip": "p", "proxy_port": 1, "registrar_ip": "p", "registrar_port": 2}, ("p", 1), None, False),
        ({"proxy_ip": "p", "outbound_proxy_ip": "o", "backup_proxy_ip": "b"}, ("o", None), None, False),
        ({"proxy_ip": "p", "registrar_ip": "r", "outbound_proxy_ip": "o"}, ("o", None), None, True),
        ({"proxy_ip": "p", "backup_proxy_ip": "b", "backup_registrar_ip": "c"}, None, None, True),
        ({}, None, None, False),
    ],
)  # fmt: skip
def test_proxy_apart_from_the_registrar_is_an_outbound_proxy(
    line: dict[str, Any], outbound: Server | None, backup: Server | None, reported: bool
) -> None:
    report = Report()
    assert outbound_servers(line_one(line), report) == (outbound, backup)
    assert bool(report.lines) is reported


def test_what_no_phone_of_the_kind_can_have_is_reported() -> None:
    report = Report()
    lines = {"2": {"username": "b"}, "1": {"proxy_ip": "p"}}
    assert list(sip_lines({"protocol": "SCCP", "sip_lines": lines}, 2, report)) == [1, 2]
    assert report.lines == [
        "protocol: the phone speaks SIP alone",
        "sip_lines.2: has neither a registrar nor a proxy",
    ]


def test_parameter_that_a_line_has_its_mode_from() -> None:
    raw_config = {"sip_lines": {"1": {"srtp_mode": "required"}}, "sip_dtmf_mode": "SIP-INFO"}
    line = sip_lines(raw_config, 1, Report())[1]
    assert set_by(raw_config, line, "srtp_mode") == "sip_lines.1.srtp_mode"
    assert set_by(raw_config, line, "dtmf_mode") == "sip_dtmf_mode"
