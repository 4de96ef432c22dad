"""
What strangers may have had put on record, on the terminal of an administrator.
"""

from __future__ import annotations

import re

from tests.cli.rest import Rest
from tests.cli.running import Cli

EVIL = "a[red]b[/]\x1b]0;title\x07\x1b[31mc\x9bd\u202ee\nf"
COLORS = re.compile(r"\x1b\[[0-9;]*m")


def seen(screen: str) -> str:
    """
    Return what is on a screen, its colors taken away.
    """
    return COLORS.sub("", screen)


def test_nothing_on_record_commands_the_terminal(cli: Cli, rest: Rest) -> None:
    rest.add_device("evil", vendor="Evil", model=EVIL, description=EVIL)
    table = cli.terminal("devices", "list", "--vendor", "Evil", columns=200).out
    assert "a[red]b[/]\\x1b]0;title\\x07\\x1b[31mc\\x9bd\\u202ee\\nf" in seen(table)
    document = cli.terminal("devices", "show", "evil").out
    assert r'model: "a[red]b[/]\e]0;title\a\e[31mc\x9Bd\u202ee\nf"' in document
    as_json = cli.terminal("devices", "show", "evil", "--json").out
    assert r'"model": "a[red]b[/]\u001b]0;title\u0007\u001b[31mc\u009bd\u202ee\nf"' in as_json
    for screen in (table, document, as_json):
        assert all(char.isprintable() or char == "\n" for char in seen(screen)), screen
    asked = cli.terminal("devices", "delete", "evil", answers=[("[y/N]", "n\n")])
    assert seen(asked.out).replace("\n", "").replace("\r", "").isprintable()
    assert rest.device("evil")["model"] == EVIL


def test_a_narrow_terminal_cuts_nothing(cli: Cli) -> None:
    wide = seen(cli.terminal("configs", "list", "--fields", "id,displayname", columns=200).out)
    narrow = seen(cli.terminal("configs", "list", "--fields", "id,displayname", columns=20).out)
    assert "defaultconfigdevice" in wide
    assert "…" not in narrow
    assert sorted("".join(narrow.split())) == sorted("".join(wide.split()))


def test_colors_are_for_terminals_that_want_them(cli: Cli) -> None:
    screen = cli.terminal("status").out
    assert "\x1b[1m" in screen
    assert "\x1b[32mok" in screen
    assert "\x1b" not in cli.ok("status")
    plain = Cli(cli.home, **{**cli.environment, "NO_COLOR": "1"}).terminal("status").out
    assert "\x1b[32m" not in plain
