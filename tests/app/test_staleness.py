from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provd.app.staleness import RunningMark, Staleness

DEVICE = {"id": "d1", "plugin": "acme"}


@pytest.mark.parametrize(
    ("everything", "plugins", "is_stale"),
    [
        (False, (), False),
        (True, (), True),
        (False, ("acme",), True),
        (False, ("other",), False),
        (True, ("other",), True),
    ],
)
def test_what_is_stale_until_it_is_configured(
    everything: bool, plugins: tuple[str, ...], is_stale: bool
) -> None:
    staleness = Staleness(everything, plugins)
    assert staleness.is_stale(DEVICE) is is_stale
    assert staleness.is_stale({"id": "d2"}) is everything
    staleness.configured("d1")
    assert not staleness.is_stale(DEVICE)
    assert staleness.is_stale({"id": "d2"}) is everything


def test_nothing_is_remembered_where_nothing_is_stale() -> None:
    staleness = Staleness(False, ())
    for number in range(1000):
        staleness.configured(str(number))
    assert not staleness._fresh


def test_a_mark_that_is_still_there_tells_of_an_unclean_stop(tmp_path: Path) -> None:
    path = tmp_path / "running"
    mark = RunningMark(path)
    assert mark.set() is False
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert RunningMark(path).set() is True
    mark.clear()
    assert not path.exists()
    assert list(tmp_path.iterdir()) == []
    mark.clear()
    assert RunningMark(path).set() is False


def test_a_mark_that_cannot_be_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        RunningMark(tmp_path / "missing" / "running").set()
