"""
The network of a site, and the rules for its phones.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.cli.dhcpcheck import NotInstalled, check
from provd.dhcp.dnsmasq import dnsmasq
from provd.dhcp.isc import isc
from provd.dhcp.kea import kea
from provd.dhcp.rules import Text, rules_of
from provd.dhcp.site import site_of
from provd.model.phoneclass import PhoneClass
from tests.dhcp.network import hooks_folder
from tests.support import missing

URL = "http://192.0.2.5:8667"
GOOD = {"subnet": "192.0.2.0/24", "addresses": "192.0.2.100-192.0.2.199", "router": "192.0.2.1"}


def phones(name: str, **keys: Any) -> PhoneClass:
    options = keys.pop("options", [{"code": 66, "value": "url"}])
    return PhoneClass.model_validate({"name": name, "options": options, **keys})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"subnet": "192.0.2.7/24"}, "--subnet"),
        ({"subnet": "2001:db8::/64"}, "--subnet"),
        ({"subnet": "192.0.2.0/31"}, "has no room for phones"),
        ({"addresses": "192.0.2.100"}, "isn't two addresses"),
        ({"addresses": "192.0.2.100-x"}, "--range: 'x' isn't an IPv4 address"),
        ({"addresses": "192.0.2.199-192.0.2.100"}, "comes after"),
        ({"addresses": "192.0.2.100-192.0.3.1"}, "192.0.3.1 can't be a host"),
        ({"addresses": "192.0.2.0-192.0.2.9"}, "192.0.2.0 can't be a host"),
        ({"addresses": "192.0.2.250-192.0.2.255"}, "192.0.2.255 can't be a host"),
        ({"router": "192.0.2.150"}, "has the router's address"),
        ({"router": "198.51.100.1"}, "198.51.100.1 can't be a host"),
        ({"router": "gateway"}, "--router"),
        ({"dns": ["192.0.2.1", "x"]}, "--dns: 'x'"),
        ({"ntp": ["::1"]}, "--ntp"),
        ({"domain": 'a";b'}, "--domain"),
        ({"interface": "eth0 eth1"}, "--interface"),
        ({"hook": "/bin/sh -c x"}, "--hook"),
        ({"hook": "hook"}, "--hook"),
        ({"lease": 59}, "--lease-time"),
    ],
)
def test_what_makes_no_sense_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError) as raised:
        site_of(**{**GOOD, **changes})
    assert told in str(raised.value)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ValueError) as raised:
        site_of("a", "b-c", "d", dns=["e"], lease=1)
    assert all(
        name in str(raised.value) for name in ("--subnet", "--range", "--router", "--dns", "--lease-time")
    )


def test_option_60_goes_before_an_address_and_the_longer_text_before_the_shorter() -> None:
    rules = rules_of(
        [
            phones("a", mac_prefixes=["00:11:22"]),
            phones("b", option_60=["Ac"], mac_prefixes=["00:11:22:33"]),
            phones("c", option_60=["Acme"]),
        ],
        URL,
    )
    assert [rule.name for rule in rules] == ["c", "b", "b-mac", "a-mac"]


def test_url_that_no_option_has_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match="option 66 of a has room for 255 bytes"):
        rules_of([phones("a", option_60=["Acme"])], f"{URL}/{'k' * 256}")
    suboptions = [{"code": 43, "suboption": number, "value": "url"} for number in (1, 2)]
    with pytest.raises(ValueError, match="option 43 of a"):
        rules_of([phones("a", option_60=["Acme"], options=suboptions)], f"{URL}/{'k' * 200}")


def test_address_is_wanted_where_the_url_has_a_name() -> None:
    acme = phones("a", option_60=["Acme"], options=[{"code": 150, "value": "addresses"}])
    with pytest.raises(ValueError, match=r"option 150 of a is an address, which pbx\.example isn't"):
        rules_of([acme], "http://pbx.example:8667")
    (rule,) = rules_of([phones("a", option_60=["Acme"], options=[{"code": 66, "value": "host"}])], URL)
    assert rule.values == {66: Text("192.0.2.5")}


CHARACTERS = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\')
WORDS = st.text(CHARACTERS, min_size=2, max_size=20)
CODES = st.sampled_from([43, 66, 114, 128, 159, 160, 176, 224, 242, 254])
SITE_SPECIFIC = st.sampled_from([128, 159, 160, 176, 224, 242, 254])
OPTIONS = st.one_of(
    st.builds(lambda code, path: {"code": code, "value": "url", "path": path.lstrip("/")}, CODES, WORDS),
    st.builds(lambda code: {"code": code, "value": "host"}, CODES),
    st.builds(lambda code: {"code": code, "value": "addresses"}, SITE_SPECIFIC),
    st.just({"code": 150, "value": "addresses"}),
    st.builds(lambda code: {"code": 43, "suboption": code, "value": "url"}, st.integers(1, 254)),
)
CLASSES = st.lists(
    st.builds(
        lambda begins, ends, prefixes, options: {
            "option_60": begins, "option_60_ends": ends, "mac_prefixes": prefixes, "options": options,
        },
        st.lists(WORDS, min_size=1, max_size=2),
        st.lists(WORDS, max_size=2),
        st.lists(st.binary(min_size=3, max_size=5).map(lambda octets: octets.hex(":")), max_size=2),
        st.lists(OPTIONS, min_size=1, max_size=3, unique_by=lambda option: option["code"]),
    ),
    max_size=3,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(CLASSES, st.booleans(), st.booleans())
def test_whatever_a_plugin_may_say_makes_a_configuration_that_the_servers_take(
    classes: list[dict[str, Any]], only: bool, hooked: bool
) -> None:
    site = site_of(**GOOD, phones_only=only, hook="/bin/true" if hooked else None)
    named = [phones(f"c{number}", **each) for number, each in enumerate(classes)]
    rules = rules_of(named, f"{URL}/K$e~y-1.")
    try:
        check("isc", isc(site, rules))
        check("kea", kea(site, rules, hooks_folder()))
        check("dnsmasq", dnsmasq(site, rules))
    except NotInstalled as error:
        missing(str(error))
