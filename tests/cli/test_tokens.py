"""
``provd-cli token``: made once, listed without their texts, revoked.
"""

from __future__ import annotations

import time

import pytest

from tests.cli.rest import Rest
from tests.cli.running import Cli


def test_a_token_opens_what_it_was_made_for_until_it_is_revoked(cli: Cli, rest: Rest) -> None:
    made = cli("token", "create", "helpdesk", "--acl", "provd.dev_mgr.#", "--expires", "30d")
    assert made.code == 0
    assert made.err == ""
    text = made.out.strip()
    assert made.out == f"{text}\n"
    assert len(text) >= 40
    own = {"PROVD_TOKEN": text}
    assert cli("devices", "list", **own).code == 0
    refused = cli.fails(4, "configs", "list", **own)
    assert "the token of PROVD_TOKEN isn't known to" in refused
    assert refused.endswith("or may not do this (GET /cfg_mgr/configs)")
    tokens = rest.call("GET", "/auth/tokens")["tokens"]
    (listed,) = [one for one in tokens if one["name"] == "helpdesk"]
    assert listed["acl"] == ["provd.dev_mgr.#"]
    assert abs(listed["expires"] - time.time() - 30 * 86400) < 300
    table = cli.ok("token", "list")
    assert text not in table
    (row,) = [line for line in table.splitlines() if "helpdesk" in line]
    assert row.split()[:4] == [listed["id"], "helpdesk", "good", "provd.dev_mgr.#"]
    assert cli.ok("token", "revoke", listed["id"]) == f"{listed['id']} is revoked\n"
    assert cli("devices", "list", **own).code == 4
    assert cli.fails(3, "token", "revoke", listed["id"]) == f"no token {listed['id']!r}"


def test_a_token_is_a_tenant_s_and_opens_no_more_than_its_maker_s(cli: Cli, rest: Rest) -> None:
    tenant = rest.add_tenant("tokens")
    made = cli.json(
        "token",
        "create",
        "t",
        "--tenant",
        "tokens",
        "--acl",
        "provd.auth.#",
        "--acl",
        "!provd.auth.tenants.#",
    )
    assert set(made) == {"id", "token"}
    tokens = rest.call("GET", "/auth/tokens")["tokens"]
    (listed,) = [one for one in tokens if one["id"] == made["id"]]
    assert (listed["tenant_uuid"], listed["acl"]) == (tenant, ["provd.auth.#", "!provd.auth.tenants.#"])
    told = cli.fails(1, "token", "create", "more", "--admin", PROVD_TOKEN=made["token"])
    assert told == "invalid token: acl goes beyond the caller's own: #"


def test_at_a_terminal_it_is_said_that_it_is_shown_once(cli: Cli) -> None:
    shown = cli.terminal("token", "create", "seen", "--admin").out.splitlines()
    assert shown[0].endswith(" is made; it is shown only now:")
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create", "x"], "Say what it opens: --acl, or --admin for everything."),
        (["create", "x", "--admin", "--expires", "2020-01-01"], "'2020-01-01' is past."),
        (
            ["create", "x", "--admin", "--expires", "soon"],
            "is neither a duration such as 30d or 12h nor a date",
        ),
        (["revoke", "tHe-text-of-some-token"], "isn't the id of a token, see 'provd-cli token list'."),
    ],
)
def test_a_wrong_use_is_told_and_no_token(cli: Cli, arguments: list[str], told: str) -> None:
    line = cli.fails(2, "token", *arguments)
    assert told in line
    assert "tHe-text" not in line
