"""
``provd-cli plugin check``, run as an author of plugins does.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugincheck.acme import GOOD, changed, write

ROOT = Path(__file__).parents[2]
PLUGINS = [*sorted((ROOT / "plugins").glob("*/")), *sorted((ROOT / "tests/plugins/thirdparty").glob("*-*/"))]


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("provd-cli")), "plugin", "check", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_plugins_of_the_repository_are_right(folder: Path) -> None:
    before = sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    checked = check(folder)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert checked.stdout.startswith(f"{folder.name}: nothing wrong (templates: ")
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts) == before


def test_what_was_tried_is_told(tmp_path: Path) -> None:
    checked = check(write(tmp_path / "acme", GOOD))
    assert (
        checked.stdout
        == "acme: nothing wrong (templates: 1, packages: 0, phone classes: 0, requests: 1, devices: 1)\n"
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "mistake"),
    [
        ("plugin-info", '"version": "1", ', "", "plugin-info: version is missing"),
        ("entry.py", "import os", "import os, sys; sys.exit()", "entry.py: SystemExit: at entry.py, line 2"),
        ("entry.py", "return 500", "return 200",
         "associator: Acme, A1, *: the associator gives 200, less than 'probably supported' (300)"),
        ("entry.py", ".split()[1]", "",
         "samples/requests.yml: sample 1 tells {'vendor': 'Acme', 'model': 'Acme A1'}"
         " instead of {'vendor': 'Acme', 'model': 'A1'}"),
        ("templates/base.tpl", "sip_lines", "sip_line",
         "templates: templates/base.tpl, line 1: 'sip_line' is undefined"),
    ],
)  # fmt: skip
def test_mistake_is_told_on_a_line(tmp_path: Path, name: str, old: str, new: str, mistake: str) -> None:
    checked = check(write(tmp_path / "acme", changed(name, old, new)))
    assert (checked.returncode, checked.stdout, checked.stderr) == (1, f"acme: {mistake}\n", "")


def test_extractor_may_wait_for_the_reactor(tmp_path: Path) -> None:
    files = changed("entry.py", "            return {", "            from twisted.internet import reactor\n"
                    "            from twisted.internet.task import deferLater\n"
                    "            return deferLater(reactor, 0, lambda: {")  # fmt: skip
    files["entry.py"] = files["entry.py"].replace(".split()[1]}", ".split()[1]})")
    checked = check(write(tmp_path / "acme", files))
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout


def test_what_the_plugin_prints_is_not_among_the_mistakes(tmp_path: Path) -> None:
    checked = check(write(tmp_path / "acme", changed("entry.py", "import os", "import os; print('hello')")))
    assert checked.stdout.startswith("acme: nothing wrong (")
    assert checked.stderr == "hello\n"


def test_what_is_no_folder_is_a_wrong_use(tmp_path: Path) -> None:
    assert check(tmp_path / "nowhere").returncode == 2
