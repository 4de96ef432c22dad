"""
``provd-cli configs``: listed, shown without passwords, made, changed and deleted.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.rest import Rest
from tests.cli.running import Cli


def test_configs_are_listed(cli: Cli) -> None:
    lines = cli.ok("configs", "list", "-q", '{"deletable": false}').splitlines()
    assert lines[0].split() == ["id", "parent_ids", "X_type", "role", "transient", "label"]
    assert lines[4].split() == [
        "autoprov",
        "base,",
        "defaultconfigdevice",
        "internal",
        "autocreate",
        "-",
        "-",
    ]
    assert cli.json("configs", "list", "--parent", "base")[0]["id"] == "autoprov"
    assert [found["id"] for found in cli.json("configs", "list", "--type", "registrar")] == ["default"]
    assert cli.json("configs", "list", "--role", "autocreate", "--fields", "role") == [
        {"id": "autoprov", "role": "autocreate"}
    ]


def test_passwords_are_shown_to_those_who_ask_for_them(cli: Cli, rest: Rest) -> None:
    password = rest.config("autoprov")["raw_config"]["sip_lines"]["1"]["password"]
    shown = cli.ok("configs", "show", "autoprov")
    assert shown.startswith("id: autoprov\n")
    assert "      password: (hidden)\n" in shown
    assert password not in shown
    assert f"password: {password}\n" in cli.ok("configs", "show", "autoprov", "--show-secrets")
    raw = cli.json("configs", "raw", "autoprov")
    flat = cli.ok("configs", "raw", "autoprov")
    assert raw["admin_password"] not in flat
    assert password not in flat
    assert f"http_port: {raw['http_port']}\n" in flat
    listed = cli.ok("configs", "list", "--fields", "id,raw_config.sip_lines", "--role", "autocreate")
    assert password not in listed
    assert "(hidden)" in listed


def test_a_config_is_made_changed_and_deleted(cli: Cli, rest: Rest) -> None:
    made = cli.ok(
        *("configs", "create", "--id", "site", "--parent", "base", "--parent", "defaultconfigdevice"),
        *("--set", "raw_config.ntp_enabled=false", "--set-text", "raw_config.sip_lines.1.number=1001"),
    )
    assert made == "site\n"
    file = json.dumps({"raw_config": {"sip_lines": {"2": {"number": "1002"}}, "timezone": None}})
    changes = ("--set", "raw_config.locale=fr_FR", "--unset", "raw_config.ntp_enabled")
    assert cli.ok("configs", "update", "site", "--file", "-", *changes, given=file) == "site is updated\n"
    document = rest.config("site")
    assert document["parent_ids"] == ["base", "defaultconfigdevice"]
    assert document["raw_config"] == {
        "sip_lines": {"1": {"number": "1001"}, "2": {"number": "1002"}},
        "timezone": None,
        "locale": "fr_FR",
    }
    told = cli.fails(1, "configs", "update", "site", "--set", "raw_config.sip_lines.1.number=1001")
    assert told == "invalid raw config: sip_lines.1.number isn't text"
    assert "say --yes" in cli.fails(2, "configs", "delete", "site")
    assert cli.ok("configs", "delete", "site", "--yes") == "site is deleted\n"
    assert cli.fails(3, "configs", "update", "site", "--parent", "base") == "no config 'site'"
    assert cli.fails(1, "configs", "delete", "base", "--yes") == "config 'base' isn't deletable"


def test_a_document_whose_passwords_were_hidden_is_not_taken(cli: Cli, rest: Rest, tmp_path: Path) -> None:
    (tmp_path / "shown.yml").write_text(cli.ok("configs", "show", "autoprov"))
    told = cli.fails(2, "configs", "update", "autoprov", "--file", tmp_path / "shown.yml")
    assert told == "raw_config.sip_lines.1.password is (hidden): print it with --show-secrets or --json"
    (tmp_path / "whole.yml").write_text(cli.ok("configs", "show", "autoprov", "--show-secrets"))
    before = rest.config("autoprov")
    cli.ok("configs", "update", "autoprov", "--replace", "--file", tmp_path / "whole.yml")
    assert rest.config("autoprov") == before


def test_a_new_phone_s_config_is_made_of_the_template(cli: Cli, rest: Rest) -> None:
    made = cli.json("configs", "autocreate")["id"]
    assert made.startswith("autoprov")
    assert rest.config(made)["transient"] is True
