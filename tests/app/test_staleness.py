from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provd.app.staleness import RunningMark, Staleness


def test_a_file_is_in_doubt_until_its_device_is_configured() -> None:
    staleness = Staleness(["d1", "d2"])
    assert [staleness.is_stale({"id": name}) for name in ("d1", "d2", "d3")] == [True, True, False]
    staleness.configured("d1")
    staleness.configured("d3")
    assert [staleness.is_stale({"id": name}) for name in ("d1", "d2", "d3")] == [False, True, False]
    assert staleness.left == ["d2"]


def test_a_mark_that_is_still_there_tells_of_an_unclean_stop(tmp_path: Path) -> None:
    path = tmp_path / "running"
    mark = RunningMark(path)
    assert mark.set() == ()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert RunningMark(path).set() is None
    mark.clear([])
    assert list(tmp_path.iterdir()) == []
    assert RunningMark(path).set() == ()


def test_what_is_left_in_doubt_outlives_a_clean_stop(tmp_path: Path) -> None:
    mark = RunningMark(tmp_path / "running")
    mark.set()
    mark.clear(["d1", "d2"])
    assert mark.set() == ["d1", "d2"]
    assert mark.set() is None  # and a crash puts all in doubt


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"[1]", b"null", b"\xff"])
def test_a_damaged_mark_puts_everything_in_doubt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "running"
    path.write_bytes(content)
    assert RunningMark(path).set() is None


def test_a_mark_that_cannot_be_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        RunningMark(tmp_path / "missing" / "running").set()
