"""
``provd-cli devices``: listed, shown, made, changed and deleted.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.rest import Rest
from tests.cli.running import INTERRUPT, Cli


@pytest.fixture(scope="module", autouse=True)
def _fleet(rest: Rest) -> None:
    for number, model in enumerate(("A1", "A1", "A2"), 1):
        keys = {"vendor": "Acme", "model": model, "version": "1.0", "options": {"switchboard": True}}
        rest.add_device(f"fleet{number}", mac=f"02:00:00:00:00:0{number}", ip=f"192.0.2.{number}", **keys)


def test_devices_are_listed_with_what_matters(cli: Cli) -> None:
    lines = cli.ok("devices", "list", "--vendor", "Acme").splitlines()
    titles = ["device", "ip", "vendor", "model", "version", "plugin", "configured", "sync", "id"]
    assert lines[0].split() == titles
    first = ["02:00:00:00:00:01", "192.0.2.1", "Acme", "A1", "1.0", "-", "no", "-", "fleet1"]
    assert lines[1].split() == first
    assert len(lines) == 4
    assert len({line.index("Acme") for line in lines[1:]}) == 1


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--mac", "2:0:0:0:0:2", "--mac", "02-00-00-00-00-03"], [2, 3]),
        (["--ip", "192.0.2.1", "--unconfigured"], [1]),
        (["-q", '{"model": {"$in": ["A2"]}}', "--vendor", "Acme"], [3]),
        (["--vendor", "Acme", "--sort", "mac", "--desc", "--limit", "2", "--skip", "1"], [2, 1]),
        (["--vendor", "Acme", "--limit", "0"], []),
    ],
)
def test_devices_are_chosen(cli: Cli, options: list[str], found: list[int]) -> None:
    listed = cli.json("devices", "list", "--fields", "id,options.switchboard", *options)
    assert listed == [{"id": f"fleet{number}", "options": {"switchboard": True}} for number in found]


def test_none_is_no_failure(cli: Cli) -> None:
    none = cli("devices", "list", "--vendor", "nobody")
    assert (none.code, none.out, none.err) == (0, "", "no devices\n")


def test_a_device_is_known_by_its_id_and_by_its_mac_address_however_it_is_spelled(cli: Cli) -> None:
    for name in ("fleet1", "2-0-0-0-0-1"):
        document = cli.json("devices", "show", name)
        assert (document["id"], document["options"]) == ("fleet1", {"switchboard": True})


def test_a_device_is_shown_for_people(cli: Cli) -> None:
    shown = cli.ok("devices", "show", "fleet1")
    assert shown.startswith("id: fleet1\nmac: 02:00:00:00:00:01\nip: 192.0.2.1\n")
    assert "options:\n  switchboard: true\n" in shown
    assert cli.fails(3, "devices", "show", "020000000009") == "no device '020000000009'"
    assert cli.fails(3, "devices", "show", "..") == "nothing is named '..'"


def test_a_mac_address_of_several_names_none(cli: Cli, rest: Rest) -> None:
    for device_id in ("twin1", "twin2"):
        rest.add_device(device_id, mac="02:00:00:00:00:77")
    assert cli.fails(6, "devices", "show", "020000000077") == (
        "2 devices have the MAC address 02:00:00:00:00:77: twin1, twin2"
    )


def test_a_device_is_made(cli: Cli, rest: Rest) -> None:
    made = cli.ok(
        *("devices", "create", "--mac", "02-00-00-00-00-55", "--ip", "192.0.2.007", "--description", "é"),
        *("--option", "switchboard=false", "--set", "X_rack.row=7", "--set-text", "X_number=7"),
    )
    document = rest.device(made.strip())
    assert {key: document[key] for key in ("mac", "ip", "description", "options", "X_rack", "X_number")} == {
        "mac": "02:00:00:00:00:55",
        "ip": "192.0.2.7",
        "description": "é",
        "options": {"switchboard": False},
        "X_rack": {"row": 7},
        "X_number": "7",
    }
    assert cli.fails(6, "devices", "create", "--id", "fleet1") == "device 'fleet1' already exists"


def test_a_change_leaves_all_else_as_it_was(cli: Cli, rest: Rest) -> None:
    rest.add_device("changed", vendor="Acme2", description="in the hall", X_rack={"row": 7})
    before = rest.device("changed")
    done = cli.ok(
        *("devices", "update", "changed", "--model", "A7", "--unset", "description"),
        *("--set", "X_tags=[1, true]", "--set-text", "X_rack.place=12"),
    )
    assert done == "changed is updated\n"
    del before["description"]
    assert rest.device("changed") == {
        **before,
        "model": "A7",
        "X_rack": {"row": 7, "place": "12"},
        "X_tags": [1, True],
    }
    cli.ok("devices", "update", "changed", "--file", "-", given="X_rack: {row: 8}\nsn: 0123\n")
    merged = rest.device("changed")
    assert (merged["X_rack"], merged["sn"], merged["model"]) == ({"row": 8, "place": "12"}, "0123", "A7")
    whole = json.dumps({"device": {"vendor": "Other"}})
    cli.ok("devices", "update", "changed", "--replace", "--file", "-", given=whole)
    computed = {key: before[key] for key in ("id", "configured", "is_new", "tenant_uuid")}
    assert rest.device("changed") == {"vendor": "Other", **computed}


def test_what_was_printed_can_be_given_back(cli: Cli, rest: Rest, tmp_path: Path) -> None:
    rest.add_device("printed", description="no: 10:15", X_list=[1, {}], X_text="7")
    document = rest.device("printed")
    (tmp_path / "device.yml").write_text(cli.ok("devices", "show", "printed"))
    cli.ok("devices", "update", "printed", "--replace", "--file", tmp_path / "device.yml")
    assert rest.device("printed") == document


def test_all_mistakes_of_a_document_are_told_at_once(cli: Cli) -> None:
    told = cli.fails(1, "devices", "create", "--set", "mac=7", "--set", "vendor=[]", "--set-text", "ip=x")
    assert told == "invalid device: mac isn't a MAC address; vendor isn't text; ip isn't an IP address"


def test_a_device_whose_files_cannot_be_written_is_told_of(cli: Cli) -> None:
    made = cli("devices", "create", "--id", "fileless", "--plugin", "nosuch", "--config", "autoprov")
    assert (made.code, made.out) == (0, "fileless\n")
    assert made.err == "fileless isn't configured: the daemon's log says why\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["list", "--mac", "x"], "Invalid value for '--mac': 'x' isn't a MAC address."),
        (["list", "-q", "[]"], "isn't a JSON object"),
        (["list", "--mac", "020000000001", "-q", '{"mac": 1}'], "--mac and --query speak of the same key."),
        (["update", "fleet1"], "Nothing to change is given."),
        (["update", "fleet1", "--replace"], "--replace needs the whole document, see --file."),
        (["update", "fleet1", "--set", "hunter2"], "isn't of the form PATH=VALUE."),
        (["update", "fleet1", "--set", "mac.x=1"], "nothing can be set below mac: it isn't an object"),
        (["update", "fleet1", "--file", "/nowhere"], "/nowhere can't be read: No such file or directory."),
        (["lst"], "No such command 'lst'."),
    ],
)
def test_a_wrong_use_is_told(cli: Cli, arguments: list[str], told: str) -> None:
    line = cli.fails(2, "devices", *arguments)
    assert told in line
    assert "hunter2" not in line


def test_devices_are_deleted_by_who_means_it(cli: Cli, rest: Rest) -> None:
    rest.add_device("gone1", vendor="Acme", model="G1", mac="02:00:00:00:00:99")
    rest.add_device("gone2")
    both = ("devices", "delete", "gone1", "gone2")
    assert "say --yes" in cli.fails(2, *both)
    assert cli.fails(3, *both, "gone3", "--yes") == "no device 'gone3'"
    for answer, code in (("n\n", 1), (INTERRUPT, 130)):
        asked = cli.terminal(*both, answers=[("[y/N]: ", answer)])
        assert asked.out.startswith("Delete 02:00:00:00:00:99 Acme G1, gone2? [y/N]: ")
        assert (asked.code, asked.out.splitlines()[-1]) == (code, "provd-cli: nothing is done")
    asked = cli.terminal(*both, answers=[("[y/N]: ", "y\n")])
    assert (asked.code, asked.out.splitlines()[-2:]) == (
        0,
        ["02:00:00:00:00:99 is deleted", "gone2 is deleted"],
    )
    remaining = {device["id"] for device in rest.call("GET", "/dev_mgr/devices")["devices"]}
    assert not remaining & {"gone1", "gone2"}
