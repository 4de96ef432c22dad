from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.app import local_addresses
from provd.app.local_addresses import first_global_address, is_local

TABLE = """Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 10.1.0.0/16 2 0 2
           |-- 10.1.0.0
              /16 link UNICAST
           |-- 10.1.2.3
              /32 host LOCAL
        |-- 10.1.255.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
     +-- 169.254.0.0/16 2 0 2
           |-- 169.254.7.7
              /32 host LOCAL
"""


class Probe:
    """
    A socket of a machine whose default route, if it has one, begins at an address.
    """

    def __init__(self, source: str | None) -> None:
        self._source = source

    def __call__(self, family: int, kind: int) -> Probe:
        return self

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def connect(self, address: tuple[str, int]) -> None:
        if self._source is None:
            raise OSError(101, "Network is unreachable")

    def getsockname(self) -> tuple[str | None, int]:
        return self._source, 40000


@pytest.mark.parametrize(
    ("source", "table", "address"),
    [
        ("192.0.2.9", TABLE, "192.0.2.9"),
        (None, TABLE, "10.1.2.3"),
        ("127.0.0.1", TABLE, "10.1.2.3"),
        ("169.254.7.7", TABLE, "10.1.2.3"),
        ("0.0.0.0", TABLE, "10.1.2.3"),
        (None, TABLE.replace("10.1.2.3", "127.0.0.9"), "127.0.0.1"),
        (None, "", "127.0.0.1"),
        (None, None, "127.0.0.1"),
    ],
)
def test_the_address_of_the_default_route_else_the_first_global_one(
    source: str | None, table: str | None, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if table is not None:
        (tmp_path / "fib_trie").write_text(table)
    monkeypatch.setattr(local_addresses, "_FIB_TRIE", tmp_path / "fib_trie")
    monkeypatch.setattr(socket, "socket", Probe(source))
    assert first_global_address() == address


def test_this_machine_has_an_address_of_its_own() -> None:
    address = first_global_address()
    assert is_local(address)
    assert not ip_address(address).is_unspecified


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
def test_loopback_addresses_are_local(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "::",
        "192.0.2.251",
        "2001:db8::ffff",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "provd",
        "localhost",
        "127.1",
        "",
        "1.2.3.4.5",
    ],
)
def test_what_is_somewhere_else_or_no_address_is_not(address: str) -> None:
    assert not is_local(address)


@given(st.text())
def test_any_text_is_an_address_of_this_machine_or_not(text: str) -> None:
    assert is_local(text) in (True, False)
