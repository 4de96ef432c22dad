"""
What datagrams say.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provd.addresses import is_normed_ip, is_normed_mac
from provd.errors import InvalidDocument
from provd.leases.hook import LARGEST, news
from provd.leases.news import lease_of, lease_of_datagram

COMMIT = b"commit\n192.0.2.7\n0:15:65:aa:b:1"


def test_a_commit_is_a_lease() -> None:
    lease = {"ip": "192.0.2.7", "mac": "00:15:65:aa:0b:01", "options": {}}
    assert lease_of_datagram(COMMIT) == lease
    assert lease_of_datagram(COMMIT + b"\n06079.65.0.ff\n012") == {
        **lease,
        "options": {60: "ye\0\xff", 12: ""},
    }


def test_empty_lines_are_dropped_as_agents_of_existing_servers_do() -> None:
    assert lease_of_datagram(b"\n" + COMMIT.replace(b"\n", b"\n\n") + b"\n\n") == lease_of_datagram(COMMIT)


@pytest.mark.parametrize("operation", [b"release", b"expiry"])
def test_an_end_is_none(operation: bytes) -> None:
    assert lease_of_datagram(operation + b"\n192.0.2.7\n") is None


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "op"),
        (b"commit", "ip"),
        (b"commit\n192.0.2.7", "mac"),
        (b"commit\n192.0.2.256\n001565aabb01", "ip"),
        (b"commit\n192.0.2.7\n001565aabb0", "mac"),
        (b"renew\n192.0.2.7\n001565aabb01", "op"),
        (b"release\nphone", "ip"),
        (b"release\n192.0.2.7\n001565aabb01", "behind"),
        (b"commit\n192.0.2.7\n\xff", "UTF-8"),
        (COMMIT + b"\n60", "options"),
        (COMMIT + b"\n256", "options"),
        (COMMIT + b"\n0607965", "options"),
        (COMMIT + b"\r", "mac"),
        (COMMIT + b"\n" * LARGEST, "2048"),
    ],
)
def test_what_is_wrong_is_told_without_the_values(datagram: bytes, why: str) -> None:
    with pytest.raises(InvalidDocument, match=why) as told:
        lease_of_datagram(datagram)
    assert not [word for word in ("256\n", "phone", "renew", "001565") if word in str(told.value)]


LINES = st.sampled_from(
    [
        "commit",
        "release",
        "expiry",
        "192.0.2.7",
        "10.1.2",
        "001565aabb01",
        "0:1:2:3:4:5",
        "06079.65",
        "2569",
        "",
        "é",
    ]
)


@given(
    st.binary(max_size=2100) | st.lists(LINES | st.text(), max_size=9).map(lambda x: "\n".join(x).encode())
)
@example(COMMIT + b"\n" * (LARGEST - len(COMMIT)))
def test_any_datagram_is_a_lease_or_an_end_or_refused(datagram: bytes) -> None:
    try:
        lease = lease_of_datagram(datagram)
    except InvalidDocument:
        return
    assert len(datagram) <= LARGEST
    if lease is None:
        assert datagram.split()[0] in (b"release", b"expiry")
        return
    assert is_normed_ip(lease["ip"])
    assert is_normed_mac(lease["mac"])
    assert all(0 <= code <= 255 for code in lease["options"])
    assert all(ord(char) <= 255 for value in lease["options"].values() for char in value)


@given(st.dictionaries(st.integers(0, 255), st.binary(min_size=1, max_size=60), max_size=8))
def test_what_the_hook_sends_is_what_is_read(options: dict[int, bytes]) -> None:
    told = [f"{code:03}:{value.hex(':')}" for code, value in options.items()]
    (datagram,) = news(["isc", "commit", "192.0.2.7", "0:15:65:aa:b:1", *told], {})
    texts = {code: value.decode("latin-1") for code, value in options.items()}
    assert lease_of_datagram(datagram) == {"ip": "192.0.2.7", "mac": "00:15:65:aa:0b:01", "options": texts}


def test_rest_and_the_socket_say_the_same() -> None:
    info = {"op": "commit", "ip": "192.0.2.7", "mac": "0:15:65:aa:b:1", "options": ["06079.65"]}
    assert lease_of(info) == lease_of_datagram(COMMIT + b"\n06079.65")
