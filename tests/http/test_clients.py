from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.web.http_headers import Headers

from provd.http.clients import UnknownClient, phone_address


def forwarded(*lines: bytes, peer: str | None = "192.0.2.1") -> Any:
    headers = Headers()
    for line in lines:
        headers.addRawHeader(b"X-Forwarded-For", line)
    return SimpleNamespace(requestHeaders=headers, getClientIP=lambda: peer)


def test_without_trusted_proxies_the_peer_counts_and_the_header_does_not() -> None:
    assert phone_address(forwarded(b"198.51.100.1"), 0) == "192.0.2.1"
    assert phone_address(forwarded(peer=None), 0) == "0.0.0.0"  # a UNIX socket


@pytest.mark.parametrize(
    ("lines", "proxies", "address"),
    [
        ([b"203.0.113.9"], 1, "203.0.113.9"),
        ([b" 198.51.100.1 ,203.0.113.9 "], 1, "203.0.113.9"),
        ([b"198.51.100.1, 203.0.113.9"], 2, "198.51.100.1"),
        ([b"198.51.100.1", b"203.0.113.9"], 1, "203.0.113.9"),
        ([b"198.51.100.1", b"203.0.113.9"], 2, "198.51.100.1"),
        ([b"203.0.113.9"], 3, "203.0.113.9"),
        ([b"nonsense, 203.0.113.9"], 1, "203.0.113.9"),
        ([b"2001:DB8::9"], 1, "2001:db8::9"),
        ([b"[2001:db8::9]"], 1, "2001:db8::9"),
        ([b"::ffff:203.0.113.9"], 1, "203.0.113.9"),
        ([b"::FFFF:cb00:7109"], 1, "203.0.113.9"),
        ([b"203.0.113.009"], 1, "203.0.113.9"),
    ],
)
def test_the_entry_that_the_outermost_trusted_proxy_added(
    lines: list[bytes], proxies: int, address: str
) -> None:
    assert phone_address(forwarded(*lines), proxies) == address


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b""],
        [b"unknown"],
        [b"203.0.113.9,"],
        [b"203.0.113.9, _hidden"],
        [b"203.0.113.256"],
        [b"\xff"],
        [b"203.0.113.9\n1.2.3.4"],
        [b"203.0.113.9 1.2.3.4"],
    ],
)
def test_no_usable_address(lines: list[bytes]) -> None:
    with pytest.raises(UnknownClient):
        phone_address(forwarded(*lines), 1)


@given(st.binary(), st.integers(1, 4))
def test_any_header_gives_an_address_or_the_one_error(line: bytes, proxies: int) -> None:
    try:
        address = phone_address(forwarded(line), proxies)
    except UnknownClient:
        return
    assert address == address.strip()
    assert address.isascii()
