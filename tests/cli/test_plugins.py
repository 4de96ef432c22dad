"""
``provd-cli plugins``: installed, upgraded, equipped with firmware, set up and removed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.acme import FIRMWARE, publish
from tests.cli.running import INTERRUPT, Cli
from tests.cli.servers import Web
from tests.daemon.running import Daemon


@pytest.fixture(scope="module", autouse=True)
def _installed(cli: Cli, daemon: Daemon) -> None:
    updated = cli("plugins", "update")
    assert (updated.code, updated.out) == (0, "the index is up to date\n")
    assert re.search(r"^update of the index: update: done \(\d+ bytes\)$", updated.err, re.MULTILINE)
    done = cli("plugins", "install", "acme")
    assert (done.code, done.out) == (0, "acme is installed\n")
    assert "installation of acme: install: done\n" in done.err


def test_plugins_are_listed(cli: Cli) -> None:
    listed = {row["id"]: row for row in cli.json("plugins", "list")}
    assert listed["acme"] == {
        "id": "acme",
        "version": "1.0",
        "loaded": True,
        "upgrade": None,
        "description": "Acme's phones",
    }
    assert {"acme", "yealink"} <= set(cli.json("plugins", "installed"))
    assert re.search(
        r"^acme +1\.0 +[\d.]+ kB +Acme's phones$", cli.ok("plugins", "installable"), re.MULTILINE
    )
    assert cli.ok("plugins", "info", "acme").startswith("version: '1.0'\n")
    assert cli.fails(3, "plugins", "info", "nosuch") == "no plugin 'nosuch'"


def test_what_the_daemon_refuses_is_told(cli: Cli) -> None:
    assert cli.fails(1, "plugins", "install", "acme") == "plugin acme is installed already"
    assert "nosuch" in cli.fails(1, "plugins", "upgrade", "nosuch")


def test_an_operation_that_fails_ends_the_command_with_1(cli: Cli, web: Web) -> None:
    web.answer("/files/plugins/plugins.db", b"no index")
    failed = cli("plugins", "update")
    del web.canned["/files/plugins/plugins.db"]
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.endswith("provd-cli: update of the index failed: the daemon's log says why\n")


def test_outdated_plugins_are_upgraded(cli: Cli, web: Web, daemon: Daemon) -> None:
    assert cli.ok("plugins", "upgrade", "--all") == "all plugins are up to date\n"
    publish(daemon.data.parent, web, "1.1")
    cli.ok("plugins", "update")
    (listed,) = [row for row in cli.json("plugins", "list") if row["id"] == "acme"]
    assert (listed["version"], listed["upgrade"]) == ("1.0", "1.1")
    assert cli.json("plugins", "upgrade", "--all")["status"].startswith("install|success")
    assert cli.json("plugins", "installed")["acme"]["version"] == "1.1"
    assert cli.ok("plugins", "reload", "acme") == "acme is loaded again\n"


def test_firmware_is_fetched_before_the_eyes_of_the_administrator(cli: Cli, web: Web, daemon: Daemon) -> None:
    listed = cli.json("plugins", "packages", "list", "acme")
    assert listed == [
        {
            "id": "fw",
            "installed": None,
            "version": "1.2",
            "dsize": len(FIRMWARE),
            "description": "Firmware of the A1",
        }
    ]
    assert "160.0 kB" in cli.ok("plugins", "packages", "list", "acme")
    web.released.clear()
    shown = cli.terminal(
        *("plugins", "packages", "install", "acme", "fw"),
        answers=[("80.0 kB of 160.0 kB", lambda: web.released.set())],
    )
    assert shown.code == 0, shown
    bars = [line for line in shown.out.replace("\x1b[2K", "\n").splitlines() if "━" in line]
    assert any("installation of fw: install_pkg" in bar for bar in bars)
    assert any(re.search(r"  download .*━", bar) for bar in bars)
    assert shown.out.endswith("fw is installed\n")
    assert (daemon.data / "plugins/acme/var/tftpboot/fw.bin").read_bytes() == FIRMWARE
    assert cli.json("plugins", "packages", "list", "acme")[0]["installed"] == "1.2"


def test_an_interruption_ends_the_watching_and_not_the_operation(cli: Cli, web: Web, daemon: Daemon) -> None:
    (daemon.data / "plugins/acme/var/cache/fw.bin").unlink(missing_ok=True)
    web.released.clear()
    shown = cli.terminal(
        *("plugins", "packages", "upgrade", "acme", "fw"), answers=[("80.0 kB of 160.0 kB", INTERRUPT)]
    )
    assert shown.code == 130
    told = re.search(
        r"provd-cli: no longer followed; upgrade of fw goes on: provd-cli follow (\S+)\n", shown.out
    )
    assert told, shown.out
    assert shown.out.count("\x1b[?25l") == shown.out.count("\x1b[?25h")  # the cursor is there again
    web.released.set()
    assert cli.ok("follow", told[1]) == "done\n"
    assert cli.fails(3, "follow", told[1]) == "no operation '1'"
    assert (
        cli.fails(1, "follow", "/elsewhere") == "the daemon doesn't say where its operation can be followed"
    )


def test_an_operation_may_be_left_alone(cli: Cli) -> None:
    location = cli.ok("plugins", "packages", "install", "acme", "fw", "--no-wait").strip()
    assert location.startswith("/0.2/pg_mgr/plugins/acme/install/install/")
    assert cli.json("follow", location)["status"].startswith("install_pkg|success")
    assert cli.ok("plugins", "packages", "uninstall", "acme", "fw") == "fw is removed\n"
    assert cli.fails(1, "plugins", "packages", "install", "acme", "nosuch")


def test_parameters_of_a_plugin(cli: Cli) -> None:
    assert cli.ok("plugins", "params", "set", "acme", "account", "me") == "account is set\n"
    cli.ok("plugins", "params", "set", "acme", "password", "-", given="s3cret\n")
    shown = cli.ok("plugins", "params", "list", "acme")
    assert re.search(r"^account +me +The account$", shown, re.MULTILINE)
    assert "s3cret" not in shown
    assert "s3cret" in cli.ok("plugins", "params", "list", "acme", "--show-secrets")
    assert cli.ok("plugins", "params", "get", "acme", "password") == "s3cret\n"
    cli.ok("plugins", "params", "set", "acme", "account", "-", given="two\nlines\x1b\n")
    assert cli.ok("plugins", "params", "get", "acme", "account") == "two\nlines\x1b\n"
    assert cli.terminal("plugins", "params", "get", "acme", "account").out == "two\\nlines\\x1b\n"
    cli.ok("plugins", "params", "unset", "acme", "account")
    assert cli.ok("plugins", "params", "get", "acme", "account") == ""
    assert cli.fails(3, "plugins", "params", "get", "acme", "nosuch") == "no parameter 'nosuch'"


def test_a_plugin_is_removed_by_who_means_it(cli: Cli, daemon: Daemon) -> None:
    asked = cli.terminal("plugins", "uninstall", "acme", answers=[("[y/N]", "n\n")])
    assert (asked.code, asked.out.splitlines()[-1]) == (1, "provd-cli: nothing is done")
    assert cli.fails(2, "plugins", "uninstall", "acme") == (
        "nobody can be asked whether this is meant: say --yes"
    )
    assert cli.ok("plugins", "uninstall", "acme", "--yes") == "acme is removed\n"
    assert not Path(daemon.data / "plugins/acme").exists()
