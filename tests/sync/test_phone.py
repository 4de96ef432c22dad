"""
Where a phone is registered, by its configuration.
"""

from __future__ import annotations

from typing import Any

import pytest

from provd.logs import Secret
from provd.sync.phone import Line, has_line, line_of

RAW: dict[str, Any] = {
    "sip_registrar_ip": "192.0.2.1",
    "sip_registrar_port": "5070",
    "sip_lines": {
        "1": {"username": "u1", "auth_username": "a1", "password": "p1"},
        "2": {
            "username": "u2",
            "password": "p2",
            "registrar_ip": "sip.example",
            "outbound_proxy_ip": "192.0.2.9",
            "outbound_proxy_port": 5090,
        },
    },
}


def test_what_a_line_lacks_is_that_of_all_lines() -> None:
    assert line_of(RAW, "u1") == Line("u1", "a1", Secret("p1"), "192.0.2.1", 5070)
    assert line_of(RAW, "u2") == Line("u2", "u2", Secret("p2"), "sip.example", 5070, ("192.0.2.9", 5090))


def test_a_user_of_a_former_configuration_has_no_password() -> None:
    assert line_of(RAW, "u9") == Line("u9", "u9", None, "192.0.2.1", 5070)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"sip_lines": None},
        {"sip_lines": {}},
        {"sip_lines": {"1": None}},
        {"sip_lines": {"1": {"username": "u1"}}},
    ],
)
def test_without_a_registrar_there_is_no_line(raw: dict[str, Any]) -> None:
    assert line_of(raw, "u1") is None


def test_a_proxy_is_taken_for_the_registrar() -> None:
    line = line_of({"sip_proxy_ip": "192.0.2.7", "sip_registrar_port": "x"}, "u1")
    assert line is not None
    assert (line.registrar, line.port) == ("192.0.2.7", None)


@pytest.mark.parametrize("raw", [None, [], {}, {"sip_lines": None}, {"sip_lines": [{"username": "u1"}]}])
def test_what_holds_no_lines_has_none_of_a_user(raw: Any) -> None:
    assert not has_line(raw, "u1")


def test_a_line_of_a_user() -> None:
    assert has_line(RAW, "u2")
    assert not has_line(RAW, "u3")
    assert not has_line({"sip_lines": None}, "u2")
    assert not has_line({"sip_lines": {"1": 5}}, "u2")


def test_no_password_is_shown() -> None:
    assert "p1" not in repr(line_of(RAW, "u1"))
