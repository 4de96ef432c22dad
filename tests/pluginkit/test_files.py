from __future__ import annotations

import os
from pathlib import Path

import pytest

from provd.pluginkit.files import (
    OutsideFolder,
    is_temporary,
    place_below,
    sweep_leftovers,
    temporary_beside,
    write_if_changed,
)


def test_a_new_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "phone.cfg"
    assert write_if_changed(path, b"content")
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["phone.cfg"]


def test_the_mode_does_not_depend_on_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o077)
    try:
        write_if_changed(tmp_path / "phone.cfg", b"")
    finally:
        os.umask(umask)
    assert (tmp_path / "phone.cfg").stat().st_mode & 0o777 == 0o640


def test_a_file_with_that_content_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "phone.cfg"
    path.write_bytes(b"content")
    os.utime(path, ns=(1, 1))
    before = path.stat()
    assert not write_if_changed(str(path), b"content")
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("former", [b"", b"CONTENT", b"content and more"])
def test_another_content_is_replaced_by_renaming(tmp_path: Path, former: bytes) -> None:
    path = tmp_path / "phone.cfg"
    path.write_bytes(former)
    with path.open("rb") as reader:
        assert write_if_changed(path, b"content")
        assert reader.read() == former  # who has it open still reads the whole former one
    assert path.read_bytes() == b"content"


def test_a_link_is_replaced_and_its_target_kept(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"kept")
    (tmp_path / "phone.cfg").symlink_to("target")
    write_if_changed(tmp_path / "phone.cfg", b"content")
    assert not (tmp_path / "phone.cfg").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"kept"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "phone.cfg").mkdir()
    with pytest.raises(OSError):
        write_if_changed(tmp_path / "phone.cfg", b"content")
    assert os.listdir(tmp_path) == ["phone.cfg"]


@pytest.mark.parametrize(
    "name", ["a.cfg", "sub/a.cfg", "sub/../a.cfg", "./a.cfg", "inside/a.cfg", "link.cfg"]
)
def test_what_is_below_a_folder_may_be_put_there(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "inside").symlink_to("sub")
    (folder / "link.cfg").symlink_to("/etc/passwd")  # which is replaced, not followed
    real = {"inside/a.cfg": "sub/a.cfg", "sub/../a.cfg": "a.cfg", "./a.cfg": "a.cfg"}.get(name, name)
    for given in (name, f"{folder}/{name}", folder / name):
        assert place_below(folder, given) == str(folder / real)
    (tmp_path / "linked").symlink_to("folder")
    assert place_below(tmp_path / "linked", tmp_path / "linked" / name) == str(folder / real)


@pytest.mark.parametrize(
    "name",
    [
        "../a.cfg",
        "/etc/a.cfg",
        "sub/../../a.cfg",
        "outside/a.cfg",
        "../folder-2/a.cfg",
        "",
        ".",
        "..",
        "sub/",
    ],
)
def test_what_leads_out_of_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "folder-2").mkdir()
    (folder / "outside").symlink_to(tmp_path)
    with pytest.raises(OutsideFolder, match="leads out of its folder"):
        place_below(folder, name)


@pytest.mark.parametrize("name", ["a\0.cfg", "a\0/b.cfg", "\ud800.cfg"])
def test_a_name_that_no_file_can_have_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        write_if_changed(place_below(tmp_path, name), b"")
    assert not os.listdir(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_if_changed(tmp_path / "nowhere" / "phone.cfg", b"content")


def test_a_name_without_folder_is_in_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert write_if_changed("phone.cfg", b"content")
    assert (tmp_path / "phone.cfg").read_bytes() == b"content"


def test_temporary_names_are_recognized(tmp_path: Path) -> None:
    assert is_temporary(os.path.basename(temporary_beside(tmp_path / "phone.cfg")))


@pytest.mark.parametrize(
    "name", ["a.cfg", ".htaccess", "a.tmp", ".provd-.tmp", ".provd-0123456789abcdef.tmp\n"]
)
def test_other_names_are_not_temporary(name: str) -> None:
    assert not is_temporary(name)


def test_only_leftovers_are_swept(tmp_path: Path) -> None:
    below = tmp_path / "001565"
    below.mkdir()
    for kept in (tmp_path / "phone.cfg", below / ".hidden"):
        kept.touch()
        Path(temporary_beside(kept)).touch()
    assert sweep_leftovers(tmp_path) == 2
    assert [path.name for path in below.iterdir()] == [".hidden"]
    assert sorted(os.listdir(tmp_path)) == ["001565", "phone.cfg"]
