"""
Patterns of file names.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provd.pluginkit.packages.globbing import expand, matches_any, relative


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    for name in ("a.rom", "b.rom", ".hidden.rom", "d/c.rom", "[x].rom"):
        path = inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "outside").touch()
    (inside / "link").symlink_to("../outside")
    return inside


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.rom", ["[x].rom", "a.rom", "b.rom"]),
        ("*/*.rom", ["d/c.rom"]),
        ("?.rom", ["a.rom", "b.rom"]),
        ("[ab].rom", ["a.rom", "b.rom"]),
        (".hidden*", [".hidden.rom"]),
        ("d", ["d"]),
        ("d/", ["d"]),
        ("./d/../a*", ["a.rom"]),
        ("**/c.rom", ["d/c.rom"]),
        ("[x].rom", ["[x].rom"]),
    ],
)
def test_patterns_match_as_in_a_shell(folder: Path, pattern: str, names: list[str]) -> None:
    assert [str(path.relative_to(folder)) for path in expand(folder, pattern)] == names


@pytest.mark.parametrize(
    "pattern", ["x*", "../outside", "/etc/passwd", "d/../../outside", "link", "\0", "", ".", "d/.."]
)
def test_nothing_outside_matches(folder: Path, pattern: str) -> None:
    with pytest.raises(ValueError):
        expand(folder, pattern)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=st.text(alphabet="./*?[]ad\\link", max_size=12))
def test_no_pattern_leads_out(folder: Path, pattern: str) -> None:
    try:
        found = expand(folder, pattern)
    except ValueError:
        return
    for path in found:
        assert os.path.realpath(path).startswith(str(folder))


def test_a_star_may_stand_for_a_slash_where_whole_paths_are_compared() -> None:
    assert matches_any("a/b.txt", ["*.txt"])
    assert not matches_any("a/b.txt", ["b.txt"])


def test_a_pattern_is_also_a_name() -> None:
    assert matches_any("fw[1].rom", ["fw[1].rom"])


@given(text=st.text(alphabet="./a*", max_size=12))
def test_no_name_leads_out(text: str) -> None:
    try:
        name = relative(text)
    except ValueError:
        return
    assert os.path.join("/root", os.path.normpath(name)).startswith("/root")
    assert ".." not in name.split("/")
    assert name.endswith("/") == text.endswith("/")
