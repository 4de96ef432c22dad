"""
``provd-cli devices synchronize`` and ``reconfigure``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.rest import Rest
from tests.cli.running import Cli

WHY = "acme failed; the log tells more"


@pytest.fixture(scope="module", autouse=True)
def _phones(cli: Cli, rest: Rest) -> Iterator[None]:
    cli.ok("plugins", "update")
    cli.ok("plugins", "install", "acme")
    rest.call("POST", "/cfg_mgr/configs", {"config": {"id": "bulk", "parent_ids": [], "raw_config": {}}})
    for number in range(3):
        keys = {"plugin": "acme", "config": "bulk", "vendor": "Bulk"}
        rest.add_device(f"bulk{number}", mac=f"02:00:00:00:01:0{number}", **keys)
    rest.add_device("bare", vendor="Bare")
    yield
    rest.call("POST", "/pg_mgr/install/uninstall", {"id": "acme"})


def test_one_phone_is_asked(cli: Cli) -> None:
    done = cli("devices", "synchronize", "02-00-00-00-01-00")
    assert done == (0, "02:00:00:00:01:00: synchronized\n", "")
    assert cli.json("devices", "synchronize", "bulk0", "--no-wait") == [{"id": "bulk0", "state": "success"}]


def test_many_phones_are_asked_and_a_failure_stops_none(cli: Cli, rest: Rest) -> None:
    assert cli.ok("devices", "synchronize", "--using-plugin", "acme") == "3 devices: synchronized\n"
    rest.call("PUT", "/dev_mgr/devices/bulk1", {"device": {**rest.device("bulk1"), "description": "broken"}})
    failed = cli("devices", "synchronize", "bulk0", "bulk1", "bulk2", "bulk0", "--json")
    assert failed.code == 1
    assert failed.json == [
        {"id": "bulk0", "state": "success"},
        {"id": "bulk1", "state": "fail", "message": f"the phone can't be asked: {WHY}"},
        {"id": "bulk2", "state": "success"},
    ]
    assert failed.err.splitlines() == [
        f"02:00:00:00:01:01: the phone can't be asked: {WHY}",
        "provd-cli: 1 of 3 devices failed",
    ]
    listed = cli.ok("devices", "list", "--vendor", "Bulk", "--sort", "id").splitlines()
    assert [line.split()[-2] for line in listed] == ["sync", "notified", "failed", "notified"]
    assert "\nsync:\n  state: failed\n" in cli.ok("devices", "show", "bulk1")
    told = f"02:00:00:00:01:01: the phone can't be asked: {WHY}"
    assert cli.fails(1, "devices", "synchronize", "bulk1") == told


def test_a_terminal_shows_how_far_it_is(cli: Cli) -> None:
    shown = cli.terminal("devices", "reconfigure", "--vendor", "Bulk")
    assert shown.code == 0
    assert "reconfigure" in shown.out
    assert "0 of 3" in shown.out
    assert "3 of 3" in shown.out
    assert shown.out.endswith("3 devices: reconfigured\n")


def test_files_that_cannot_be_written_are_a_failure(cli: Cli) -> None:
    assert cli.fails(1, "devices", "reconfigure", "bare") == "bare: has no plugin"


def test_all_must_be_asked_for_and_a_name_that_is_wrong_stops_it(cli: Cli, rest: Rest) -> None:
    choose = "Name devices, or choose them by filters, or say --all: one of the three."
    for arguments in ([], ["bulk0", "--all"], ["--all", "--vendor", "Bulk"]):
        assert choose in cli.fails(2, "devices", "reconfigure", *arguments)
    assert cli.fails(3, "devices", "reconfigure", "bulk0", "nosuch") == "no device 'nosuch'"
    assert cli.fails(3, "devices", "reconfigure", "--vendor", "nobody") == "no device fits"
    many = len(rest.call("GET", "/dev_mgr/devices")["devices"])
    assert cli.fails(1, "devices", "synchronize", "--all").endswith(f" of {many} devices failed")
