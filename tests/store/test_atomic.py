"""
Files that are replaced whole.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from provd.store.atomic import write_durably


def test_a_file_is_replaced_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "app.json"
    for content in (b"first, and longer", b"second"):
        write_durably(path, content)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["app.json"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_the_mode_holds_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        write_durably(tmp_path / "tokens", b"x", mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(tmp_path / "tokens").st_mode) == mode


def test_a_write_that_fails_leaves_the_former_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app.json"
    write_durably(path, b"former")

    def fail(descriptor: int) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            write_durably(path, b"new")
    assert path.read_bytes() == b"former"
    assert os.listdir(tmp_path) == ["app.json"]


def test_what_a_crash_left_is_no_obstacle(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"kept")
    (tmp_path / ".app.json.new").symlink_to(outside)
    write_durably(tmp_path / "app.json", b"new")
    assert outside.read_bytes() == b"kept"
    assert not (tmp_path / ".app.json.new").exists()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_durably(tmp_path / "none" / "app.json", b"x")
