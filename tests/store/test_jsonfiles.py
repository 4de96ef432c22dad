"""
The folder of JSON files: its layout, and what others may have done to it.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from provd.errors import StoreError
from provd.store.entries import packed
from provd.store.journal import Write
from provd.store.jsonfiles import JSONFolder


@pytest.fixture
def disk(tmp_path: Path) -> JSONFolder:
    disk = JSONFolder(tmp_path)
    disk.load(lambda *document: None)
    return disk


def loaded(folder: Path) -> dict[str, object]:
    documents: dict[str, object] = {}
    JSONFolder(folder).load(
        lambda kind, name, text, *rest: documents.update({f"{kind} {name}": json.loads(text)})
    )
    return documents


def put(name: str, kind: str = "device") -> Write:
    return Write(kind, name, packed(0, f'{{"id":"{name}"}}'))


def test_each_document_is_a_compact_file_named_by_its_id(disk: JSONFolder, tmp_path: Path) -> None:
    assert disk.commit([put("a"), put("base", "config"), put("gone")]) == [None] * 3
    disk.commit([Write("device", "gone", None)])
    files = {
        str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert files == {"devices/a": b'{"id":"a"}', "configs/base": b'{"id":"base"}'}


def test_the_name_of_a_file_overrules_the_id_within(disk: JSONFolder, tmp_path: Path) -> None:
    (tmp_path / "devices/a").write_text('{"id": "b", "n": 1}')
    (tmp_path / "devices/c").write_text('{"n": 2}')
    assert loaded(tmp_path) == {"device a": {"id": "a", "n": 1}, "device c": {"id": "c", "n": 2}}


def test_leftovers_of_a_crash_are_swept(disk: JSONFolder, tmp_path: Path) -> None:
    (tmp_path / "temporary/7").write_text('{"id":"x"')
    assert loaded(tmp_path) == {}
    assert not list((tmp_path / "temporary").iterdir())


def test_hidden_files_and_folders_are_no_documents(disk: JSONFolder, tmp_path: Path) -> None:
    (tmp_path / "devices/.a.swp").write_text("swap")
    (tmp_path / "devices/folder").mkdir()
    assert loaded(tmp_path) == {}
    assert (tmp_path / "devices/.a.swp").exists()


def test_a_name_that_is_not_utf8_is_set_aside(disk: JSONFolder, tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/devices/\xff"))).write_text("{}")
    (damage,) = disk.load(lambda *document: None)
    assert (damage.document_id, damage.where) == ("\\xff", f"{tmp_path}/damaged/devices/\\xff")


def test_a_file_that_can_not_be_read_is_set_aside(disk: JSONFolder, tmp_path: Path) -> None:
    (tmp_path / "devices/loop").symlink_to("loop")
    (damage,) = disk.load(lambda *document: None)
    assert (damage.document_id, damage.reason) == ("loop", "can't be read")
    assert (tmp_path / "damaged/devices/loop").is_symlink()


def test_what_can_not_be_set_aside_stays_and_is_reported(
    disk: JSONFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*paths: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    (tmp_path / "devices/bad").write_text("{")
    (damage,) = disk.load(lambda *document: None)
    assert damage.where == f"{tmp_path}/devices/bad"


def test_a_write_does_not_follow_links(disk: JSONFolder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("{}")
    (tmp_path / "devices/a").symlink_to(outside)
    (tmp_path / "temporary/0").symlink_to(outside)
    disk.commit([put("a")])
    assert outside.read_text() == "{}"
    assert not (tmp_path / "devices/a").is_symlink()


def test_one_bad_write_does_not_take_its_group_along(disk: JSONFolder, tmp_path: Path) -> None:
    (tmp_path / "devices/b").mkdir()
    outcomes = disk.commit([put("a"), put("b"), put("c"), Write("device", "b", None)])
    assert [type(outcome) for outcome in outcomes] == [type(None), StoreError, type(None), StoreError]
    assert str(outcomes[1]) == "device 'b' can't be stored: Is a directory"
    assert sorted(loaded(tmp_path)) == ["device a", "device c"]
    assert not list((tmp_path / "temporary").iterdir())


def test_a_folder_whose_names_can_not_be_synced_refuses_its_writes(disk: JSONFolder, tmp_path: Path) -> None:
    disk.commit([put("base", "config")])
    os.rename(tmp_path / "devices", tmp_path / "moved")
    outcomes = disk.commit([put("a"), Write("device", "b", None), put("c", "config")])
    assert [type(outcome) for outcome in outcomes] == [StoreError, StoreError, type(None)]
    assert not list((tmp_path / "temporary").iterdir())
