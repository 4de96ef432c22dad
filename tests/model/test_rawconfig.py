from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.model.rawconfig import check_complete, fill_defaults, prepare
from tests.model.mistakes import mistakes_of
from tests.model.test_parametertypes import json_values

BASE = {"ip": "192.0.2.1", "http_port": 8667, "tftp_port": 69, "http_base_url": "http://192.0.2.1:8667"}
DEFAULTS = {
    "sip_srtp_mode": "disabled",
    "sip_transport": "udp",
    "sip_lines": {},
    "sccp_call_managers": {},
    "funckeys": {},
}
MAY_BE_EMPTY = ("locale", "timezone", "protocol", "sip_dtmf_mode", "sip_proxy_port", "vlan_id") + (
    "vlan_priority",
    "vlan_pc_port_id",
)


def prepared(**raw: Any) -> tuple[dict[str, Any], list[str]]:
    warnings = prepare(raw)
    return raw, warnings


@pytest.mark.parametrize(
    ("raw", "filled"),
    [
        ({}, {}),
        ({"syslog_enabled": True}, {"syslog_port": 514, "syslog_level": "warning"}),
        ({"syslog_enabled": True, "syslog_port": "515", "syslog_level": "debug"}, {}),
        ({"syslog_enabled": True, "syslog_port": None, "syslog_level": None},
         {"syslog_port": 514, "syslog_level": "warning"}),
        ({"syslog_enabled": False}, {}),
        ({"sip_proxy_ip": "p"}, {"sip_registrar_ip": "p"}),
        ({"sip_proxy_ip": "p", "sip_registrar_ip": "r"}, {}),
        ({"sip_proxy_ip": "p", "sip_registrar_ip": None}, {"sip_registrar_ip": "p"}),
        ({"sip_srtp_mode": "required", "sip_transport": "tls"}, {}),
        ({"sip_srtp_mode": None, "sip_lines": None}, {"sip_srtp_mode": "disabled", "sip_lines": {}}),
        ({"sip_lines": {"1": {"proxy_ip": "p", "username": "u"}}},
         {"sip_lines": {"1": {"proxy_ip": "p", "username": "u", "registrar_ip": "p", "auth_username": "u"}}}),
        ({"sip_lines": {"1": {"proxy_ip": "p", "registrar_ip": "r"}}}, {}),
        ({"sip_lines": {"1": {"username": "u", "auth_username": "a"}}}, {}),
        ({"sip_lines": {"1": {"username": "u", "auth_username": None}}},
         {"sip_lines": {"1": {"username": "u", "auth_username": "u"}}}),
        ({"sip_lines": {"1": {}}}, {}),
    ],
)  # fmt: skip
def test_defaults_are_filled_in_where_there_is_no_value(raw: dict[str, Any], filled: dict[str, Any]) -> None:
    expected = {**DEFAULTS, **deepcopy(raw), **filled}
    fill_defaults(raw)
    assert raw == expected


def test_defaults_do_not_follow_the_proxy_into_lines() -> None:
    raw: dict[str, Any] = {"sip_proxy_ip": "p", "sip_lines": {"1": {"username": "u"}}}
    fill_defaults(raw)
    assert raw["sip_lines"]["1"] == {"username": "u", "auth_username": "u"}


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ({"exten_park": None, "X_foo": None, "ntp_ip": None}, {}),
        ({"exten_park": "", "X_foo": "", "display": ""}, {"exten_park": "", "X_foo": "", "display": ""}),
        (dict.fromkeys(MAY_BE_EMPTY, ""), {}),
        ({"X_some_port": "", "line": "", "port": ""}, {"X_some_port": "", "line": "", "port": ""}),
        ({"sip_lines": {"1": {"display_name": "", "proxy_port": "", "dtmf_mode": "", "number": None}}},
         {"sip_lines": {"1": {"display_name": ""}}}),
        ({"sccp_call_managers": {"1": {"ip": "a", "port": ""}, "2": {"ip": "b", "port": None}}},
         {"sccp_call_managers": {"1": {"ip": "a"}, "2": {"ip": "b"}}}),
        ({"funckeys": {"1": {"type": "park", "line": "", "label": None, "value": ""}}},
         {"funckeys": {"1": {"type": "park", "value": ""}}}),
        ({"sip_lines": {"1": None}, "funckeys": {"1": None}, "sccp_call_managers": {"1": None}}, {}),
        ({"vlan_id": 0, "vlan_priority": "0"}, {"vlan_id": 0, "vlan_priority": "0"}),
    ],
)  # fmt: skip
def test_null_and_what_a_form_left_empty_is_absent(raw: dict[str, Any], left: dict[str, Any]) -> None:
    result, warnings = prepared(**raw)
    assert (result, warnings) == ({**DEFAULTS, **left}, [])


@pytest.mark.parametrize(
    ("raw", "left", "warning"),
    [
        ({"sip_lines": {"x": {}, "1": {}}}, {"sip_lines": {"1": {}}},
         "sip_lines.'x': dropped, isn't under a number"),
        ({"funckeys": {"x": {"type": "park"}}}, {}, "funckeys.'x': dropped, isn't under a number"),
        ({"funckeys": {"1": {"type": "other", "value": "1"}}}, {}, "funckeys.'1': dropped, unknown type"),
        ({"funckeys": {"1": {"value": "1"}}}, {}, "funckeys.'1': dropped, unknown type"),
        ({"funckeys": {"1": {"type": "blf", "value": ""}}}, {}, "funckeys.'1': dropped, no value"),
        ({"funckeys": {"1": {"type": "speeddial"}}}, {}, "funckeys.'1': dropped, no value"),
        ({"funckeys": {"1": {"type": "blf", "value": 123}}}, {}, "funckeys.'1': dropped, isn't text"),
        ({"funckeys": {"1": {"type": "park", "line": "x"}}}, {},
         "funckeys.'1': dropped, isn't a line number"),
        ({"funckeys": {"1": "x"}}, {}, "funckeys.'1': dropped, isn't an object"),
        ({"funckeys": {"1": {"type": ["park"]}}}, {}, "funckeys.'1': dropped, unknown type"),
        ({"sccp_call_managers": {"1": {"port": 2000}}}, {}, "sccp_call_managers.'1': dropped, no ip"),
        ({"sccp_call_managers": {"1": {"ip": ""}}}, {}, "sccp_call_managers.'1': dropped, no ip"),
        ({"sccp_call_managers": {"1": 5}}, {}, "sccp_call_managers.'1': dropped, isn't an object"),
        ({"locale": "fr_FR.UTF-8"}, {"locale": "fr_FR"}, "locale: read as fr_FR"),
        ({"XX_options": {}}, {}, "'XX_options': dropped, as such names belong to plugins"),
    ],
)  # fmt: skip
def test_what_no_phone_could_use_is_dropped_with_a_warning_and_the_rest_kept(
    raw: dict[str, Any], left: dict[str, Any], warning: str
) -> None:
    result, warnings = prepared(**raw)
    assert (result, warnings) == ({**DEFAULTS, **left}, [warning])


def test_warnings_tell_no_values() -> None:
    secret = "s3cret-password"
    _, warnings = prepared(
        funckeys={"1": {"type": secret}, "2": secret, "3": {"type": "blf", "line": secret, "value": secret}},
        sccp_call_managers={"1": {"x": secret}},
        sip_lines={"a": {"password": secret}},
        locale=secret,
        XX_secret=secret,
    )
    assert len(warnings) == 6
    assert secret not in " ".join(warnings)


@pytest.mark.parametrize(
    ("raw", "mistakes"),
    [
        ({}, {}),
        ({"ip": None}, {"ip": "is missing"}),
        ({"http_base_url": "", "http_port": 0, "tftp_port": "69"},
         {"http_base_url": "is missing", "http_port": "isn't a port (1 to 65535)"}),
        ({"dns_enabled": True}, {"dns_ip": "is needed as dns_enabled is on"}),
        ({"ntp_enabled": True, "ntp_ip": ""}, {"ntp_ip": "is needed as ntp_enabled is on"}),
        ({"syslog_enabled": True, "syslog_ip": "a"}, {}),
        ({"vlan_enabled": True}, {"vlan_id": "is needed as vlan_enabled is on"}),
        ({"vlan_enabled": True, "vlan_id": 0}, {}),
        ({"vlan_enabled": True, "vlan_id": "0"}, {}),
        ({"vlan_enabled": True, "vlan_id": 5000}, {"vlan_id": "isn't a VLAN id (0 to 4094)"}),
        ({"vlan_enabled": False, "ntp_enabled": False, "dns_enabled": False, "syslog_enabled": False}, {}),
        ({"locale": "fr_FR"}, {}),
        ({"locale": "fr"}, {"locale": "isn't like fr_FR"}),
        ({"locale": "FR_fr"}, {"locale": "isn't like fr_FR"}),
        ({"locale": 5}, {"locale": "isn't text"}),
        ({"timezone": "Mars/Olympus"}, {}),
        ({"protocol": "H323"}, {"protocol": "isn't one of SIP, SCCP"}),
        ({"sip_lines": {"1": {"number": 1001}}}, {"sip_lines.1.number": "isn't text"}),
        ({"sip_lines": ["x"]}, {"sip_lines": "isn't an object"}),
        ({"sip_lines": {"1": ["x"]}}, {"sip_lines.1": "isn't an object"}),
        ({"config_encryption_enabled": 5, "X_foo": [], "XX_foo": {}}, {}),
    ],
)  # fmt: skip
def test_a_prepared_raw_config_is_complete_or_refused_by_name(
    raw: dict[str, Any], mistakes: dict[str, str]
) -> None:
    whole = {**BASE, **raw}
    prepare(whole)
    assert mistakes_of(check_complete, whole) == mistakes


def test_digit_strings_and_unknown_values_arrive_as_they_were_written() -> None:
    raw = {
        **BASE,
        "http_port": "8667",
        "vlan_id": "5",
        "config_version": 1,
        "funckeys": {
            "1": {"type": "blf", "value": "1", "line": "2"},
            "2": {"type": "blf", "value": "2", "line": 2},
        },
        "sip_lines": {"1": {"username": "u", "auth_username": "u", "proxy_port": "5060", "X_a": 5}},
        "X_foo": {"a": [1, "1", 1.5, None, {"b": None}]},
    }
    before = deepcopy(raw)
    prepare(raw)
    check_complete(raw)
    assert {**DEFAULTS, **before} == raw
    assert isinstance(raw["config_version"], int)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "sip_lines",
                "funckeys",
                "sccp_call_managers",
                "locale",
                "vlan_id",
                "XX_a",
                "X_a",
                "http_port",
                "a",
            ]
        ),
        st.one_of(
            json_values,
            st.dictionaries(
                st.sampled_from(["1", "2", "x", ""]),
                st.one_of(
                    json_values,
                    st.dictionaries(
                        st.sampled_from(["type", "value", "line", "ip", "port", "username", "proxy_ip"]),
                        st.one_of(json_values, st.sampled_from(["blf", "park", "5", ""])),
                    ),
                ),
            ),
        ),
    )
)
def test_any_flattened_raw_config_is_made_usable_or_refused(raw: dict[str, Any]) -> None:
    whole = {**BASE, **deepcopy(raw)}
    prepare(whole)
    assert not any(value is None or name.startswith("XX_") for name, value in whole.items())
    again = deepcopy(whole)
    assert prepare(again) == []
    assert again == whole
    if mistakes_of(check_complete, whole):
        return
    for name in ("sip_lines", "funckeys", "sccp_call_managers"):
        assert all(key.isdigit() and isinstance(entry, dict) for key, entry in whole[name].items())
    assert all(key["type"] in ("speeddial", "blf", "park") for key in whole["funckeys"].values())
