"""
Records of installed packages, those of other servers and of nobody's making among them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from twisted.logger import LogLevel

from provd.pluginkit.packages.records import Records
from tests.logged import logged

GOOD = {"version": "1", "description": "Firmware", "files": ["a.rom"]}


def test_a_record_of_another_server_is_read_as_it_is(tmp_path: Path) -> None:
    record = {**GOOD, "id": "fw", "description_fr": "Micrologiciel", "depends": [], "explicit_install": False}
    (tmp_path / "fw").write_text(json.dumps({**record, "more": 1}))
    assert Records(tmp_path).all() == {"fw": {**record, "more": 1}}


def test_a_record_counts_by_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "fw").write_text(json.dumps({**GOOD, "id": "../other"}))
    records = Records(tmp_path)
    assert records.all()["fw"]["id"] == "fw"
    records.remove("fw")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps({**GOOD, "version": 1}).encode(),
        json.dumps({**GOOD, "description": None}).encode(),
        json.dumps({**GOOD, "files": "a.rom"}).encode(),
        json.dumps({"version": "1"}).encode(),
    ],
)
def test_a_broken_record_is_passed_over_with_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken").write_bytes(content)
    (tmp_path / "fw").write_text(json.dumps(GOOD))
    with logged() as events:
        records = Records(tmp_path)
    assert list(records.all()) == ["fw"]
    (line,) = events.texts(LogLevel.warn)
    assert line.startswith(f"{tmp_path}/broken is passed over: ")


def test_only_names_of_files_count_as_such(tmp_path: Path) -> None:
    (tmp_path / "fw").write_text(json.dumps({**GOOD, "files": ["a.rom", 1, None, {"b": 2}]}))
    records = Records(tmp_path)
    assert records.files("fw") == ["a.rom"]
    assert records.files("other") == []


def test_hidden_files_and_folders_are_no_records(tmp_path: Path) -> None:
    (tmp_path / ".fw.new").write_text(json.dumps(GOOD))
    (tmp_path / "folder").mkdir()
    with logged() as events:
        assert Records(tmp_path).all() == {}
    assert events.texts(LogLevel.warn) == []
