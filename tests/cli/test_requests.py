"""
``provd-cli requests``: what phones asked, as it comes, and step by step.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess

import pytest

from tests.cli.running import COMMAND, Cli
from tests.daemon.running import AGENT, OWN, Daemon

HOSTILE = "\x9b31mX [red]phone[/red]"


@pytest.fixture(scope="module", autouse=True)
def _asked(daemon: Daemon) -> None:
    for name, agent in ((OWN, AGENT), ("strange", HOSTILE)):
        daemon.get(name, agent)


def test_requests_are_listed_the_last_at_the_end(cli: Cli) -> None:
    lines = cli.ok("requests", "--limit", "2").splitlines()
    assert lines[0].split() == (
        [
            "id",
            "at",
            "protocol",
            "client",
            "request",
            "device",
            "plugin",
            "status",
            "bytes",
            "ms",
            "user_agent",
        ]
    )
    known, strange = lines[1:]
    assert f" http      127.0.0.1  /{OWN} " in known
    assert known.endswith(f"  {AGENT}")
    assert " 00:15:65:aa:bb:01 " in known
    assert " 404 " in strange
    assert strange.endswith("  \\x9b31mX [red]phone[/red]")
    (one,) = cli.json("requests", "--mac", "001565AABB01", "--limit", "1")
    assert (one["request"], one["status"]) == (f"/{OWN}", 200)
    by_device = cli.json("requests", "--device", "001565aabb01", "--ip", "127.0.0.1")
    assert one["id"] in [trace["id"] for trace in by_device]
    assert cli("requests", "--ip", "192.0.2.99").err == "no requests\n"


def test_one_request_is_told_step_by_step(cli: Cli) -> None:
    (one,) = cli.json("requests", "--mac", "001565aabb01", "--limit", "1")
    shown = cli.ok("requests", "show", one["id"])
    assert shown.startswith(f"request: http /{OWN}\n")
    assert "extractors said:\n  yealink: mac 00:15:65:aa:bb:01, vendor Yealink," in shown
    assert f"device: {one['device_id']}\n" in shown
    assert cli.json("requests", "show", one["id"]) == one
    assert cli.fails(3, "requests", "show", "999999") == "no request 999999 among those that are kept"


def test_requests_are_followed_without_a_gap_or_a_repetition(cli: Cli, daemon: Daemon) -> None:
    command = [COMMAND, "requests", "--follow", "--limit", "1", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=cli.environment) as following:
        assert following.stdout is not None
        first = json.loads(following.stdout.readline())
        for number in range(150):  # more than are asked for at once
            daemon.get(f"followed{number}", HOSTILE)
        told = [json.loads(following.stdout.readline()) for _ in range(150)]
        following.send_signal(signal.SIGINT)
        assert following.wait(20) == 130
        assert following.stdout.read() == ""
    assert [trace["request"] for trace in told] == [f"/followed{number}" for number in range(150)]
    assert [trace["id"] - first["id"] for trace in told] == list(range(1, 151))


def test_at_a_terminal_they_come_line_by_line(cli: Cli, daemon: Daemon) -> None:
    shown = cli.terminal(
        *("requests", "-f", "--limit", "1"),
        answers=[("/", lambda: daemon.get("news", HOSTILE)), ("/news", "\x03")],
        columns=200,
    )
    assert shown.code == 130
    assert re.search(r"^\x1b\[1m +id  at ", shown.out)
    (line,) = [line for line in shown.out.splitlines() if "/news" in line]
    assert "\x1b[31m404" in line  # red
    assert line.endswith("\\x9b31mX [red]phone[/red]")
