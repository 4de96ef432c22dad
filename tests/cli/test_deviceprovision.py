"""
``provd-cli devices provision``.
"""

from __future__ import annotations

from tests.cli.rest import Rest
from tests.cli.running import Cli

MAC, OTHER = "00:15:65:cd:00:01", "00:15:65:cd:00:02"


def test_a_code_gives_a_phone_its_config_and_autoprov_takes_it_back(cli: Cli, rest: Rest) -> None:
    rest.add_device("p1", mac=MAC, ip="198.51.100.81")
    rest.add_device("p2", mac=OTHER, ip="198.51.100.82")
    config = {"id": "pc", "parent_ids": [], "raw_config": {}, "X_provisioning_code": "550071"}
    rest.call("POST", "/cfg_mgr/configs", {"config": config})

    result = cli("devices", "provision", "550071", "--device", MAC.upper())
    assert result.out.startswith(f"{MAC} has the config pc, tenant ")
    assert f"{MAC} isn't configured" in result.err
    moved = cli.ok("devices", "provision", "-", "--ip", "198.51.100.82", given="550071\n")
    assert moved.splitlines()[1] == f"{MAC} had it, and is back in the pool"
    assert rest.device("p2")["config"] == "pc"
    back = cli.json("devices", "provision", "autoprov", "--device", "p2")
    assert back["device_id"] == "p2"
    assert rest.device("p2")["config"] == back["config_id"]


def test_why_a_phone_was_not_asked_is_told(cli: Cli, rest: Rest) -> None:
    cli.ok("plugins", "update")
    cli.ok("plugins", "install", "acme")
    try:
        config = {"id": "asked", "parent_ids": [], "raw_config": {}, "X_provisioning_code": "550073"}
        rest.call("POST", "/cfg_mgr/configs", {"config": config})
        rest.add_device("p4", mac="00:15:65:cd:00:04", plugin="acme", description="broken")
        told = cli("devices", "provision", "550073", "--device", "p4").err
        assert told == (
            "00:15:65:cd:00:04 wasn't asked to fetch its files: acme failed; the log tells more\n"
        )
    finally:
        rest.call("POST", "/pg_mgr/install/uninstall", {"id": "acme"})


def test_what_cannot_be_done_ends_with_its_code(cli: Cli, rest: Rest) -> None:
    rest.add_device("p3", mac="00:15:65:cd:00:03", ip="198.51.100.83")
    for code, arguments in (
        (2, ["1"]),
        (2, ["1", "--ip", "198.51.100.83", "--device", "p3"]),
        (2, ["1", "--ip", "x"]),
        (3, ["1", "--ip", "198.51.100.99"]),
        (3, ["550072", "--device", "p3"]),
    ):
        assert "55007" not in cli.fails(code, "devices", "provision", *arguments)
