"""
Putting files into the served folder, and taking them out.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from provd.pluginkit.packages.placing import place, take_out


class Folders:
    def __init__(self, base: Path) -> None:
        self.result, self.root, self.work = (base / name for name in ("result", "root", "work"))
        for folder in (self.result, self.root, self.work):
            folder.mkdir()

    def bring(self, **files: str) -> None:
        for name, content in files.items():
            path = self.result / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def place(self) -> list[str]:
        return place(self.result, self.root, self.work)

    def state(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.root)): "/" if path.is_dir() else path.read_text()
            for path in sorted(self.root.rglob("*"))
        }


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_what_is_placed_is_told_and_taken_out_again(folders: Folders) -> None:
    (folders.root / "d").mkdir()
    (folders.root / "d" / "own").write_text("site")
    folders.bring(top="1", d__a="2", d__e__f="3")
    placed = folders.place()
    assert placed == ["d/", "d/a", "d/e/", "d/e/f", "top"]
    assert folders.state()["d/e/f"] == "3"
    take_out(placed, folders.root)
    take_out(placed, folders.root)
    assert folders.state() == {"d": "/", "d/own": "site"}


def test_a_failure_leaves_everything_as_it_was(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders.root / "a").write_text("old")
    before = folders.state()
    folders.bring(a="new", b="new", d__c="new", z="new")
    replace = os.replace

    def full(source: Any, target: Any) -> None:
        if Path(target).name == "z":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        folders.place()
    monkeypatch.undo()
    assert folders.state() == before


def test_nothing_is_written_through_a_link_that_leads_out(folders: Folders, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folders.root / "d").symlink_to(outside)
    folders.bring(a="1", d__f="2")
    with pytest.raises(OSError, match="leads out"):
        folders.place()
    assert not list(outside.iterdir())
    assert not (folders.root / "a").exists()


def test_a_file_in_the_way_of_a_folder_is_an_error(folders: Folders) -> None:
    (folders.root / "d").write_text("file")
    folders.bring(d__f="2")
    with pytest.raises(OSError, match="d"):
        folders.place()
    assert folders.state() == {"d": "file"}


@pytest.mark.parametrize("path", ["../outside", "/etc/x", "d/../../outside", "", "/", "./", "link/outside"])
def test_a_forged_record_removes_nothing_outside(folders: Folders, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").write_text("1")
    (folders.root / "d").mkdir()
    (folders.root / "link").symlink_to(tmp_path)
    take_out([path], folders.root)
    assert (tmp_path / "outside").exists()
    assert folders.root.exists()
