"""
What is known of a device that was asked to fetch its files again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.task import Clock

from provd.app.fetches import Fetches
from provd.app.servedfile import MOST, Sent, ServedFile
from provd.app.syncstates import TIMEOUT, Synchronization, SyncStates

AT_START, AFTER_9 = "1970-01-01T00:00:00.000+00:00", "1970-01-01T00:00:09.000+00:00"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked(clock: Clock) -> Synchronization:
    return SyncStates(clock.seconds).begun("d1")


def test_a_phone_that_does_what_it_is_asked(asked: Synchronization, clock: Clock) -> None:
    assert asked.shown() == {"state": "pending", "at": AT_START}
    clock.advance(1)
    asked.ended(None)
    assert asked.shown() == {"state": "notified", "at": "1970-01-01T00:00:01.000+00:00"}
    clock.advance(8)
    asked.fetched()
    assert asked.shown() == {"state": "fetched", "at": AFTER_9}
    clock.advance(TIMEOUT)
    asked.complete(lambda: True)
    assert asked.shown() == {"state": "applied", "at": AFTER_9}


def test_what_it_has_is_current_until_it_changes(asked: Synchronization) -> None:
    current = [True]
    asked.ended(None)
    asked.fetched()
    asked.complete(lambda: current[0])
    states = []
    for is_current in (True, False, True):
        current[0] = is_current
        states.append(asked.shown()["state"])
    assert states == ["applied", "fetched", "applied"]


def test_a_phone_may_be_quicker_than_the_answer_that_it_was_notified(
    asked: Synchronization, clock: Clock
) -> None:
    clock.advance(9)
    asked.fetched()
    asked.complete(lambda: True)
    assert asked.shown()["state"] == "pending"
    clock.advance(1)
    asked.ended(None)
    assert asked.shown() == {"state": "applied", "at": AFTER_9}


@pytest.mark.parametrize("fetches", [False, True])
def test_who_was_not_notified_has_failed_whatever_the_phone_does(
    asked: Synchronization, clock: Clock, fetches: bool
) -> None:
    clock.advance(9)
    asked.ended("no way")
    if fetches:
        asked.fetched()
        asked.complete(lambda: True)
    assert asked.shown() == {"state": "failed", "at": AFTER_9, "why": "no way"}


def test_a_phone_that_fetches_nothing_has_failed_until_it_does(asked: Synchronization, clock: Clock) -> None:
    asked.ended(None)
    clock.advance(TIMEOUT - 0.1)
    assert asked.shown()["state"] == "notified"
    clock.advance(3600)
    failed = {
        "state": "failed",
        "at": "1970-01-01T00:05:00.000+00:00",
        "why": "nothing was fetched within 5 minutes",
    }
    assert asked.shown() == failed
    asked.fetched()
    assert asked.shown()["state"] == "fetched"


def test_where_no_fetch_can_be_seen_the_phone_stays_notified(asked: Synchronization, clock: Clock) -> None:
    asked.ended(None, is_followed=False)
    clock.advance(TIMEOUT)
    assert asked.shown() == {"state": "notified", "at": AT_START}


def test_a_download_that_broke_leaves_what_the_phone_had_got_before(asked: Synchronization) -> None:
    asked.ended(None)
    asked.fetched()
    asked.complete(lambda: True)
    asked.fetched()
    assert asked.shown()["state"] == "applied"


def test_each_asking_begins_anew_and_the_former_one_is_heard_no_more() -> None:
    states = SyncStates(lambda: 0.0)
    former = states.begun("d1")
    now = states.begun("d1")
    former.ended("no way")
    assert states.of("d1") is now
    assert now.shown()["state"] == "pending"


def test_a_device_that_is_gone_is_forgotten() -> None:
    states = SyncStates(lambda: 0.0)
    states.begun("d1").ended(None)
    for device_id in ("d1", "other"):
        states.forget(device_id)
    assert states.of("d1") is None


def test_the_oldest_go_first() -> None:
    states = SyncStates(lambda: 0.0)
    for number in range(states.MOST):
        states.begun(str(number))
    states.begun("0")
    states.begun("new")
    assert states.of("1") is None
    assert all(states.of(name) for name in ("0", "2", "new"))


def test_only_the_file_that_counts_of_a_device_that_was_asked_is_followed() -> None:
    asked: list[Any] = []

    def is_trigger(device: dict[str, Any], name: str) -> bool:
        asked.append(device["id"])
        return name == "own.cfg"

    states = SyncStates(lambda: 0.0)
    states.begun("d1")
    fetches = Fetches(states, is_trigger)
    assert fetches.begun(None, "own.cfg") is None
    assert fetches.begun({"id": "d2"}, "own.cfg") is None
    assert asked == []  # a phone that nobody asked costs nothing
    assert fetches.begun({"id": "d1"}, "common.cfg") is None
    assert fetches.begun({"id": "d1"}, "own.cfg") is not None


def sent(*pieces: bytes) -> bytes | None:
    taken = Sent()
    for piece in pieces:
        taken.take(piece)
    return taken.digest()


def test_a_file_is_what_was_sent_until_it_holds_something_else(tmp_path: Path) -> None:
    path = tmp_path / "own.cfg"
    path.write_bytes(b"content")
    file = ServedFile(str(path), sent(b"con", b"tent"))
    assert file.is_current()
    for content, is_current in (
        (b"changed", False),
        (b"content", True),
        (b"longer content", False),
        (b"", False),
    ):
        path.unlink()
        assert not file.is_current()
        path.write_bytes(content)
        assert [file.is_current(), file.is_current()] == [is_current] * 2


def test_a_file_that_did_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.cfg"
    path.write_bytes(b"content")
    file = ServedFile(str(path), sent(b"content"))
    assert file.is_current()
    monkeypatch.delattr("os.open")
    assert file.is_current()


def test_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "own.cfg"
    path.write_bytes(b"content")
    file = ServedFile(str(path))
    assert file.is_current()
    path.write_bytes(b"changed")
    assert not file.is_current()
    assert not ServedFile(str(tmp_path / "missing")).is_current()
    assert not ServedFile(str(tmp_path)).is_current()


def test_large_files_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * MOST)
    assert ServedFile(str(path), sent(b"x" * MOST)).is_current()
    path.write_bytes(b"x" * (MOST + 1))
    assert sent(b"x" * MOST, b"x") is None
    assert not ServedFile(str(path)).is_current()
