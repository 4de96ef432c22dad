"""
Putting files into the served folder, and taking them out.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import lists, text

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
        kept: list[list[str]] = []
        place(self.result, self.root, self.work, kept.append)
        (placed,) = kept
        return placed

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


def test_what_is_placed_is_for_everybody_whatever_the_umask(folders: Folders) -> None:
    before = os.umask(0o027)
    try:
        folders.bring(d__a="2", d__e="3")
        (folders.result / "d" / "e").chmod(0o750)
        (folders.result / "link").symlink_to("d/a")
        folders.place()
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((folders.root / "d" / name).stat().st_mode) for name in ("a", "e")}
    assert modes == {"a": 0o644, "e": 0o754}
    assert (folders.root / "link").is_symlink()


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


def test_what_can_not_be_recorded_leaves_everything_as_it_was(folders: Folders) -> None:
    (folders.root / "a").write_text("old")
    folders.bring(a="new", d__b="new")

    def refuse(placed: list[str]) -> None:
        assert placed == ["a", "d/", "d/b"]
        assert folders.state() == {"a": "new", "d": "/", "d/b": "new"}
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        place(folders.result, folders.root, folders.work, refuse)
    assert folders.state() == {"a": "old"}


def test_a_file_of_another_user_is_replaced(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def protected(*names: Any, **options: Any) -> None:  # as fs.protected_hardlinks has it
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", protected)
    (folders.root / "a").write_text("of root")
    folders.bring(a="new")
    assert folders.place() == ["a"]
    assert folders.state() == {"a": "new"}


@pytest.mark.parametrize("works", [True, False])
def test_the_served_folder_may_be_on_a_disk_of_its_own(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    replace, link = os.replace, os.link

    def on_one_disk(act: Any) -> Any:
        def checked(source: Any, target: Any, **options: Any) -> None:
            if (folders.root in Path(source).parents) != (folders.root in Path(target).parents):
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            act(source, target, **options)

        return checked

    monkeypatch.setattr(os, "replace", on_one_disk(replace))
    monkeypatch.setattr(os, "link", on_one_disk(link))
    (folders.root / "a").write_text("old")
    folders.bring(a="new", b__c="new")
    (folders.result / "a").chmod(0o755)
    (folders.result / "b" / "link").symlink_to("c")
    if not works:
        (folders.root / "b").write_text("in the way")
        with pytest.raises(OSError, match="exists"):
            folders.place()
        assert folders.state() == {"a": "old", "b": "in the way"}
        return
    folders.place()
    assert folders.state() == {"a": "new", "b": "/", "b/c": "new", "b/link": "new"}
    assert (folders.root / "a").stat().st_mode & 0o777 == 0o755
    assert (folders.root / "b" / "link").is_symlink()


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


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "file/below", "file/", "x" * 300, "x" * 300 + "/y/"])
def test_what_can_not_be_there_is_no_error(folders: Folders, path: str) -> None:
    (folders.root / "file").write_text("1")
    (folders.root / "last").write_text("1")
    take_out([path, "last"], folders.root)
    assert folders.state() == {"file": "1"}


@given(paths=lists(text()))
def test_whatever_a_record_says_only_what_is_below_is_removed(paths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as base:
        root = Path(base, "root")
        root.mkdir()
        Path(base, "outside").write_text("1")
        (root / "up").symlink_to("..")
        spelled = [*paths, *(f"up/{path}" for path in paths), "up/outside", "../outside"]
        take_out(spelled, root)
        assert Path(base, "outside").exists()
