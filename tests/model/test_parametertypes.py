from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.errors import InvalidDocument
from provd.model.parametertypes import (
    STANDARD_PARAMETERS,
    check_structure,
    is_number_key,
    type_mistakes,
    unknown_parameters,
)
from tests.model.mistakes import mistakes_of

PORTS = [name for name in STANDARD_PARAMETERS if name.endswith("_port")]
GOOD_PORTS = (1, 65535, "1", "5060", "", None)
BAD_PORTS = (0, 65536, "65536", "x", " 1", "1.0", True, 1.0, [])
TEXTS = [
    "ip",
    "ntp_ip",
    "admin_password",
    "timezone",
    "locale",
    "sip_proxy_ip",
    "exten_park",
    "sip_local_key",
]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        *((port, GOOD_PORTS, BAD_PORTS) for port in PORTS),
        *((text, ("x", "", None), (1, True, [], {})) for text in TEXTS),
        ("vlan_id", (0, 4094, "0", "", None), (-1, 4095, "-1", False)),
        ("vlan_pc_port_id", (0, 4094, "", None), (4095,)),
        ("vlan_priority", (0, 7, "7", "", None), (8, -1)),
        ("config_version", (0, 1, None), ("1", True, 1.0)),
        ("ntp_enabled", (True, False, None), ("true", 1, 0, "")),
        ("sip_subscribe_mwi", (True, False, None), ("x",)),
        ("syslog_level", ("critical", "debug", None), ("", "loud", 3)),
        ("protocol", ("SIP", "SCCP", "", None), ("sip", 1, ["SIP"])),
        ("sip_dtmf_mode", ("RTP-in-band", "RTP-out-of-band", "SIP-INFO", "", None), ("inband",)),
        ("sip_srtp_mode", ("disabled", "preferred", "required", None), ("", "on")),
        ("sip_transport", ("udp", "tcp", "tls", None), ("", "UDP")),
        ("sip_servers_root_and_intermediate_certificates", (["a", "b"], [], None), ("a", [1], [None])),
        ("sip_lines", ({}, None, {"1": {}}, {"1": None}), ([], "x", {"1": []}, {"1": "x"})),
        ("funckeys", ({}, None, {"1": {"line": 1}}, {"1": {"line": "2"}}, {"1": {"type": "x"}}), ({"1": 1},)),
        ("sccp_call_managers", ({}, None, {"1": {"ip": "a", "port": ""}}), ({"1": {"port": "x"}}, [])),
    ],
)  # fmt: skip
def test_each_parameter_has_its_type(name: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    for value in good:
        assert type_mistakes({name: value}) == {}, value
    for value in bad:
        (where,) = type_mistakes({name: value})
        assert where.split(".")[0] == name, value


@pytest.mark.parametrize(
    ("raw", "mistakes"),
    [
        ({"http_port": 0}, {"http_port": "isn't a port (1 to 65535)"}),
        ({"http_port": "x"}, {"http_port": "isn't a port"}),
        ({"sip_lines": {"1": {"proxy_port": [], "username": 5}}},
         {"sip_lines.1.proxy_port": "isn't a port", "sip_lines.1.username": "isn't text"}),
        ({"sip_lines": {"1": {"dtmf_mode": "x"}}},
         {"sip_lines.1.dtmf_mode": "isn't one of RTP-in-band, RTP-out-of-band, SIP-INFO"}),
        ({"funckeys": {"3": {"line": "x"}}}, {"funckeys.3.line": "isn't a line number"}),
        ({"tftp_port": "9" * 5000}, {"tftp_port": "isn't a port"}),
        ({"config_version": "1", "ntp_enabled": 1}, {"config_version": "isn't a number",
                                                     "ntp_enabled": "isn't true or false"}),
        ({"sip_lines": []}, {"sip_lines": "isn't an object"}),
    ],
)  # fmt: skip
def test_mistakes_name_the_parameter_and_say_what_it_should_be(
    raw: dict[str, Any], mistakes: dict[str, str]
) -> None:
    assert type_mistakes(raw) == mistakes


def test_values_are_never_told() -> None:
    secret = "s3cret-password"
    raw = {
        "admin_password": [secret],
        "protocol": secret,
        "http_port": secret,
        "vlan_id": secret,
        "sip_lines": {"1": {"password": {"x": secret}, "dtmf_mode": secret}, "2": secret},
        "sip_servers_root_and_intermediate_certificates": secret,
    }
    assert len(type_mistakes(raw)) == 8
    with pytest.raises(InvalidDocument) as raised:
        check_structure(raw)
    assert secret not in str(raised.value)
    assert secret not in repr(raised.value.mistakes)


def test_unknown_parameters_and_extensions_have_any_type_at_every_level() -> None:
    raw = {
        "config_encryption_enabled": "yes",
        "X_foo": [1, {"a": None}],
        "sip_lines": {"1": {"X_foo": 1, "anything": {}}},
        "funckeys": {"1": {"supervision": True}},
    }
    check_structure(raw)
    assert unknown_parameters(raw) == ["config_encryption_enabled"]
    assert unknown_parameters({"X_a": 1, "XX_a": 1, "_comment": 1, "ip": 1, "b": 1, "a": 1}) == ["a", "b"]


def test_names_of_plugins_cannot_be_stored() -> None:
    raw = {"XX_options": {}, "X_options": {}, "http_port": "x"}
    assert mistakes_of(check_structure, raw) == {
        "XX_options": "belongs to plugins and can't be stored",
        "http_port": "isn't a port",
    }


@pytest.mark.parametrize("name", ["funckeys", "sccp_call_managers"])
@pytest.mark.parametrize("key", ["", "a", "1a", "-1", "1.5", " 1", "\u0661", "1" * 10])
def test_positions_and_priorities_are_numbers(name: str, key: str) -> None:
    raw = {name: {"1": {"ip": "a"}, key: {"ip": "a"}}}
    assert mistakes_of(check_structure, raw) == {f"{name}.{key}": "isn't under a number"}
    check_structure({"sip_lines": {key: {}}})  # only dropped on the way to a plugin


def test_number_keys() -> None:
    assert is_number_key("1")
    assert is_number_key("012")
    assert not is_number_key("\u00b2")


def test_nulls_that_take_an_entry_away_may_be_stored() -> None:
    check_structure({"sip_lines": {"2": None}, "funckeys": {"1": None}, "sccp_call_managers": {"1": None}})


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.one_of(st.sampled_from(sorted(STANDARD_PARAMETERS)), st.text()), json_values))
def test_any_json_is_right_or_refused_by_name_and_never_changed(raw: dict[str, Any]) -> None:
    before = repr(raw)
    mistakes = mistakes_of(check_structure, raw)
    assert all(name.split(".")[0] in raw or name in raw for name in mistakes)
    assert repr(raw) == before
