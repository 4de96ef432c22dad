from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from provd.plugincheck.writes import watched
from tests.plugincheck.acme import changed, wrong

CONFIGURE = "        template ="


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "there").touch()
    return tmp_path / "home"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "new").touch(),
        lambda folder: (folder / "new").mkdir(),
        lambda folder: os.close(os.open(folder / "new", os.O_CREAT)),
        lambda folder: (folder / "home" / ".." / "new").touch(),
        lambda folder: (folder / "there").rename(folder / "new"),
        lambda folder: os.link(folder / "there", folder / "new"),
        lambda folder: (folder / "new").symlink_to(folder / "there"),
    ],
)
def test_new_name_outside_is_seen(home: Path, change: Callable[[Path], object]) -> None:
    with watched(home) as outside:
        change(home.parent)
    assert str(home.parent / "new") in outside


@pytest.mark.parametrize(
    "change",
    [lambda path: path.chmod(0o600), lambda path: os.truncate(path, 0), lambda path: path.open("ab").close()],
)
def test_change_outside_is_seen(home: Path, change: Callable[[Path], object]) -> None:
    with watched(home) as outside:
        change(home.parent / "there")
    assert outside == {str(home.parent / "there")}


def test_what_a_link_leads_to_is_seen(home: Path) -> None:
    (home / "link").symlink_to(home.parent / "there")
    with watched(home) as outside:
        (home / "link").write_text("x")
    assert outside == {str(home.parent / "there")}


def test_reading_and_what_is_inside_is_right(home: Path) -> None:
    with watched(home) as outside:
        (home.parent / "there").read_bytes()
        (home / "new").write_text("x")
        (home / "new").rename(home / "newer")
        Path(os.devnull).write_text("x")
    assert outside == set()


def test_temporary_file_that_is_gone_is_right(home: Path) -> None:
    with watched(home) as outside:
        (home.parent / "new").write_text("x")
        (home.parent / "new").unlink()
    assert outside == set()


def test_nothing_is_seen_afterwards(home: Path) -> None:
    before = sys.dont_write_bytecode
    with watched(home) as outside:
        assert sys.dont_write_bytecode
    (home.parent / "new").touch()
    assert outside == set()
    assert sys.dont_write_bytecode == before


def test_plugin_that_writes_elsewhere(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    files = changed("entry.py", CONFIGURE, f"        open({str(target)!r}, 'w').close()\n{CONFIGURE}")
    assert wrong(tmp_path, files) == [f"files: {target} was changed, outside of the plugin's folder"]


def test_plugin_that_writes_beside_its_folder(tmp_path: Path) -> None:
    files = changed("entry.py", CONFIGURE, f"        os.mkdir(self._plugin_dir + '-2')\n{CONFIGURE}")
    files["samples/devices.yml"] = "A1: {config: full}\n"
    assert wrong(tmp_path, files) == ["files: ../acme-2 was changed, outside of the plugin's folder"]
