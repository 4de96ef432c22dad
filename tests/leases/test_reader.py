"""
Reading a socket that is fuller than it can be.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from provd.identification.requests import DHCPRequest
from provd.leases.reader import NewsReader
from tests.logged import logged

COMMIT = b"commit\n192.0.2.7\n001565aabb01"


class Taken(list[DHCPRequest]):
    def take(self, lease: Any, is_phone: bool = True) -> None:
        assert not is_phone
        self.append(lease)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def test_all_that_is_there_is_taken_at_once(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    taken = Taken()
    reader = NewsReader(ours, taken)
    for _ in range(5):
        theirs.send(COMMIT)
    theirs.send(b"release\n192.0.2.7")
    reader.doRead()
    assert (len(taken), reader.received, reader.refused) == (5, 6, 0)
    reader.doRead()
    assert reader.received == 6


def test_what_is_wrong_is_counted_and_the_rest_taken(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    taken = Taken()
    reader = NewsReader(ours, taken)
    for datagram in (b"", b"x" * 2049, b"commit\nthe log\nis forged\n", COMMIT):
        theirs.send(datagram)
    with logged() as events:
        reader.doRead()
    assert (len(taken), reader.received, reader.refused) == (1, 4, 3)
    assert "forged" not in events.everything()
    # Limited like whatever strangers cause.
    assert [event["stranger"] for event in events] == ["dhcp"] * 3


def test_too_much_is_lost_and_counted(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = ends
    monkeypatch.setattr(NewsReader, "MOST_WAITING", 2)
    taken = Taken()
    reader = NewsReader(ours, taken)
    for _ in range(3):
        theirs.send(COMMIT)
    reader.doRead()
    assert (len(taken), reader.lost) == (2, 1)


def test_a_flood_lets_others_have_their_turn(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = ends
    monkeypatch.setattr(NewsReader, "MOST_IN_A_ROW", 2)
    reader = NewsReader(ours, Taken())
    for _ in range(3):
        theirs.send(COMMIT)
    reader.doRead()
    assert reader.received == 2
    reader.doRead()
    assert reader.received == 3
