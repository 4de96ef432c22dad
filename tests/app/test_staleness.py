from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provd.app.staleness import RunningMark, Stale, Staleness
from provd.store.memory import MemoryStore

DEVICE = {"id": "d1", "plugin": "acme"}
DEVICES = MemoryStore([DEVICE, {"id": "d2"}, {"id": "d3", "plugin": "other"}]).devices


def stale(everything: bool = False, *plugins: str) -> Stale:
    return Stale(everything, frozenset(plugins))


@pytest.mark.parametrize(
    ("in_doubt", "is_stale"),
    [
        (stale(False), False),
        (stale(True), True),
        (stale(False, "acme"), True),
        (stale(False, "other"), False),
        (stale(True, "other"), True),
    ],
)
def test_what_is_stale_until_it_is_configured(in_doubt: Stale, is_stale: bool) -> None:
    staleness = Staleness(in_doubt)
    assert staleness.is_stale(DEVICE) is is_stale
    assert staleness.is_stale({"id": "d2"}) is in_doubt.everything
    staleness.configured("d1")
    assert not staleness.is_stale(DEVICE)
    assert staleness.is_stale({"id": "d2"}) is in_doubt.everything


def test_nothing_is_remembered_where_nothing_is_stale() -> None:
    staleness = Staleness(stale())
    for number in range(1000):
        staleness.configured(str(number))
    assert not staleness._fresh


@pytest.mark.parametrize(
    ("in_doubt", "configured", "left"),
    [
        (stale(), "", stale()),
        (stale(True), "d1 d2", stale(True)),
        (stale(True), "d1 d2 d3 deleted", stale()),
        (stale(False, "acme", "other", "gone"), "d1", stale(False, "other")),
        (stale(True, "acme"), "d1 d2 d3", stale()),
    ],
)
def test_what_phones_did_not_ask_for_is_still_in_doubt(in_doubt: Stale, configured: str, left: Stale) -> None:
    staleness = Staleness(in_doubt)
    for device_id in configured.split():
        staleness.configured(device_id)
    assert staleness.left(DEVICES) == left


def test_a_mark_that_is_still_there_tells_of_an_unclean_stop(tmp_path: Path) -> None:
    path = tmp_path / "running"
    mark = RunningMark(path)
    assert mark.set() == stale()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert RunningMark(path).set() == stale(True)
    mark.clear(stale())
    assert list(tmp_path.iterdir()) == []
    assert RunningMark(path).set() == stale()


def test_what_is_left_in_doubt_outlives_a_clean_stop_and_then_a_crash(tmp_path: Path) -> None:
    mark = RunningMark(tmp_path / "running")
    assert mark.set(["acme"]) == stale(False, "acme")
    mark.clear(stale(False, "acme"))
    assert mark.set(["other"]) == stale(False, "acme", "other")
    assert mark.set() == stale(True)
    mark.clear(stale(True))
    assert mark.set() == stale(True)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"everything": false}', b"null", b"\xff"])
def test_a_damaged_mark_puts_everything_in_doubt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "running"
    path.write_bytes(content)
    assert RunningMark(path).set() == stale(True)


def test_a_mark_that_cannot_be_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        RunningMark(tmp_path / "missing" / "running").set()
