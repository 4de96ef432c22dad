"""
The command's help, which is there at once.
"""

from __future__ import annotations

import subprocess
import sys

import click

from provd.cli.failures import Exit
from provd.cli.main import commands
from tests.cli.running import Cli


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += leaves(command, (*path, name))
    return found


def test_help_needs_no_twisted_and_neither_does_a_wrong_use() -> None:
    program = (
        "import sys; from provd.cli.main import _run\n"
        "for words in '--help', 'devices -h', 'devices list -h', 'devices lst', 'devices list --mac x':\n"
        "    sys.argv[1:] = words.split(); _run()\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'twisted', 'treq', 'rich', 'yaml'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_exit_code_is_documented(stranger: Cli) -> None:
    text = stranger.ok("--help")
    for code in Exit:
        assert f"\n  {int(code):3d}  " in text, code


def test_every_command_tells_what_it_does_in_a_line_of_its_own() -> None:
    untold = []
    for path in leaves(commands):
        command: click.Command = commands
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        if not command.help or command.get_short_help_str(58).endswith("..."):
            untold.append(" ".join(path))
    assert untold == []


def test_a_word_that_is_almost_a_command_is_understood(stranger: Cli) -> None:
    assert "Did you mean 'devices'?" in stranger.fails(2, "device", "list")
    assert stranger("devices").err.startswith("Usage: provd-cli devices ")
