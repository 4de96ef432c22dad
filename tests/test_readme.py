"""
What the README promises is there, and what is there the README names.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

from provd.cli.main import commands
from provd.settings.load import environment_overrides
from tests.test_public_names import NAMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.rst").read_text()


@pytest.mark.parametrize("module", sorted(NAMES))
def test_every_public_name_is_listed(module: str) -> None:
    listed = re.search(rf"^\* ``{re.escape(module)}``: (.*?)(?=^\* |^\n)", README, re.DOTALL | re.MULTILINE)
    assert listed is not None
    names = set(re.findall(r"``(\w+)``", listed[1]))
    assert names == set(importlib.import_module(f"provd.{module}").__all__)


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?:^    |``)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test", "lint", "bench", "lock", "venv"} <= targets
    assert not [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


def test_every_environment_variable_it_names_is_read() -> None:
    named = set(re.findall(r"PROVD_\w+", README)) - {"PROVD_CONF_DIR"}
    for name in named:
        assert environment_overrides({name: "7000"}), name
    assert len(named) == 5


def test_every_file_it_links_to_exists() -> None:
    links = re.findall(r"<([^>]+)>`_", README)
    assert links
    assert not [link for link in links if not (ROOT / link).is_file()]


@pytest.mark.parametrize("file", ["README.rst", "plugins/README.rst"])
def test_every_command_it_names_exists(file: str) -> None:
    named = re.findall(r"provd-cli((?: [a-z][a-z-]*)+)", (ROOT / file).read_text())
    assert named
    for words in named:
        command: click.Command = commands
        for word in words.split():
            if not isinstance(command, click.Group):
                break  # an argument
            found = command.get_command(click.Context(command), word)
            assert found is not None, words
            command = found
        assert not isinstance(command, click.Group) or command.invoke_without_command, words
