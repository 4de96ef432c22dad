from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.addresses import (
    format_mac,
    from_ip,
    from_mac,
    is_normed_ip,
    is_normed_mac,
    is_normed_uuid,
    macs_in,
    norm_ip,
    norm_mac,
    norm_uuid,
    plain_address,
    to_ip,
    to_mac,
)

SIX_BYTES = st.binary(min_size=6, max_size=6)
IPV4 = st.ip_addresses(v=4).map(str)


# MAC addresses.


@pytest.mark.parametrize(
    "text",
    [
        "00:15:65:aa:0b:1c",
        "00:15:65:AA:0B:1C",
        "00-15-65-AA-0B-1C",
        "0:15:65:aa:b:1c",
        "0-15-65-AA-b-1C",
        "00:15-65:aa-0b:1c",
        "001565aa0b1c",
        "001565AA0B1C",
    ],
)
def test_spellings_of_one_mac(text: str) -> None:
    assert norm_mac(text) == "00:15:65:aa:0b:1c"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00:15:65:aa:0b",
        "00:15:65:aa:0b:1c:2d",
        "00:15:65:aa:0b:",
        "00:15:65:aa:0b:1g",
        "000:15:65:aa:0b:1c",
        "001565aa0b1",
        "001565aa0b1c2",
        "0015.65aa.0b1c",
        "00 15 65 aa 0b 1c",
        " 001565aa0b1c",
        "001565aa0b1c\n",
        "00:15:65:aa:0b:1c\n",
        "\u0660\u0660:15:65:aa:0b:1c",
        "\uff10\uff10:15:65:aa:0b:1c",
    ],
)
def test_what_is_no_mac(text: str) -> None:
    assert not is_normed_mac(text)
    for function in (norm_mac, format_mac, to_mac):
        with pytest.raises(ValueError, match="not a MAC address"):
            function(text)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "00:15:65:aa:0b:1c"),
        ({"separator": ""}, "001565aa0b1c"),
        ({"separator": "-", "uppercase": True}, "00-15-65-AA-0B-1C"),
        ({"uppercase": True}, "00:15:65:AA:0B:1C"),
    ],
)
def test_a_mac_in_another_spelling(arguments: dict[str, Any], expected: str) -> None:
    assert format_mac("0:15:65:AA:B:1C", **arguments) == expected
    assert from_mac("\x00\x15\x65\xaa\x0b\x1c", **arguments) == expected


@given(SIX_BYTES, st.sampled_from(["", ":", "-"]), st.booleans())
def test_every_spelling_leads_back(packed: bytes, separator: str, uppercase: bool) -> None:
    mac = from_mac(packed.decode("latin-1"))
    assert is_normed_mac(mac)
    assert norm_mac(mac) == mac == norm_mac(format_mac(mac, separator, uppercase))
    assert to_mac(mac) == packed.decode("latin-1")


@pytest.mark.parametrize("packed", ["", "12345", "1234567", "12345\u0100"])
def test_what_is_no_packed_mac(packed: str) -> None:
    with pytest.raises(ValueError, match="not a packed MAC address"):
        from_mac(packed)


# IPv4 addresses.


@pytest.mark.parametrize(
    ("text", "normed"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("010.001.000.09", "10.1.0.9"),
    ],
)
def test_ipv4(text: str, normed: str) -> None:
    assert norm_ip(text) == normed
    assert is_normed_ip(normed)
    assert from_ip(to_ip(text)) == normed


@pytest.mark.parametrize(
    "text",
    ["", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.-1", "192.0.2.1 ", "192.0.2.1\n", "0xc0.0.2.1"]
    + ["192.0.2.", "192..2.1", "3221225985", "192.0.2.0001", "192.0.2.\u0661", "::1", "provd"],
)
def test_what_is_no_ipv4(text: str) -> None:
    assert not is_normed_ip(text)
    for function in (norm_ip, to_ip, *([plain_address] if ":" not in text else [])):
        with pytest.raises(ValueError, match="not an IPv4 address"):
            function(text)


@pytest.mark.parametrize("packed", [b"", b"123", b"12345"])
def test_what_is_no_packed_ipv4(packed: bytes) -> None:
    with pytest.raises(ValueError, match="not a packed IPv4 address"):
        from_ip(packed)


@given(IPV4)
def test_every_ipv4_is_left_as_it_is(address: str) -> None:
    assert norm_ip(address) == from_ip(to_ip(address)) == plain_address(address) == address
    assert is_normed_ip(address)


# UUIDs.


@given(st.uuids())
def test_uuids(value: uuid.UUID) -> None:
    assert norm_uuid(str(value)) == norm_uuid(str(value).upper()) == str(value)
    assert is_normed_uuid(str(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11111111222233334444555555555555",
        "{11111111-2222-3333-4444-555555555555}",
        "urn:uuid:11111111-2222-3333-4444-555555555555",
        "11111111-2222-3333-4444-55555555555g",
        "11111111-2222-3333-4444-555555555555\n",
        "11111111-2222-3333-44445-55555555555",
    ],
)
def test_what_is_no_uuid(text: str) -> None:
    assert not is_normed_uuid(text)
    with pytest.raises(ValueError, match="not a UUID"):
        norm_uuid(text)


# Peers.


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
        ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::1", "::1"),
        ("::", "::"),
    ],
)
def test_a_peer_as_it_is_compared(text: str, plain: str) -> None:
    assert plain_address(text) == plain


@pytest.mark.parametrize(
    "text", ["", ":", "provd", "::ffff:192.0.2", "::ffff:1.2.3.4.5", "1::2::3", "[::1]", "12345::"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError):
        plain_address(text)


@given(st.ip_addresses())
def test_every_address_has_one_plain_spelling(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    plain = plain_address(str(address))
    assert plain == plain_address(address.exploded) == plain_address(plain)


@given(st.text() | st.text(alphabet="0123456789abcdefABCDEF:.-%", max_size=45))
@pytest.mark.parametrize(
    ("norm", "is_normed"),
    [
        (norm_mac, is_normed_mac),
        (norm_ip, is_normed_ip),
        (norm_uuid, is_normed_uuid),
        (plain_address, lambda text: ipaddress.ip_address(text) is not None),
    ],
)
def test_any_text_gives_the_normed_form_or_the_one_error(
    norm: Callable[[str], str], is_normed: Callable[[str], bool], text: str
) -> None:
    try:
        normed = norm(text)
    except ValueError:
        return
    assert is_normed(normed)
    assert norm(normed) == normed


@pytest.mark.parametrize(
    ("text", "macs"),
    [
        ("Yealink SIP-T46S 66.86.0.15 00:15:65:AA:bb:01", ["00:15:65:aa:bb:01"]),
        ("Fanvil X4 2.12.1 0c383e1fd9d1", ["0c:38:3e:1f:d9:d1"]),
        ("PolycomVVX-VVX_411-UA/5.9.2.3446_0004f2aabbcc", ["00:04:f2:aa:bb:cc"]),
        ("sip:0004f2aabbcc@10.0.0.9;mac=00-04-F2-AA-BB-CD", ["00:04:f2:aa:bb:cc", "00:04:f2:aa:bb:cd"]),
        ("Linksys/SPA942-6.1.5(a) 0004f2aabbcc1", []),
        ("00:15:65:aa-bb:01 0:15:65:aa:bb:1 00156-5aabb01", []),
        ("", []),
    ],
)
def test_mac_addresses_within_a_text(text: str, macs: list[str]) -> None:
    assert macs_in(text) == macs


@given(st.text(), st.binary(min_size=6, max_size=6), st.text(), st.sampled_from(["", ":", "-"]))
def test_any_text_with_a_mac_address_in_it(before: str, packed: bytes, after: str, separator: str) -> None:
    mac = format_mac(packed.hex(), separator)
    assert norm_mac(mac) in macs_in(f"{before} {mac} {after}")
