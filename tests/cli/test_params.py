"""
``provd-cli params``.
"""

from __future__ import annotations

import re

from tests.cli.rest import Rest
from tests.cli.running import Cli

KEY = "k3y-of-the-tenant"


def test_parameters_are_set_and_unset(cli: Cli) -> None:
    assert cli.ok("params", "set", "NAT", "1") == "NAT is set\n"
    assert cli.json("params", "get", "NAT") == 1
    assert cli.ok("params", "unset", "NAT") == "NAT is unset\n"
    assert cli.ok("params", "get", "NAT") == "0\n"
    assert cli.fails(1, "params", "set", "NAT", "2") == "NAT isn't 0 or 1"
    assert cli.fails(3, "params", "get", "tenants") == "no parameter 'tenants'"


def test_keys_and_passwords_are_shown_to_those_who_ask_for_them(cli: Cli, rest: Rest) -> None:
    cli.ok("params", "set", "provisioning_key", "-", given=f"{KEY}\n")
    proxy = {"param": {"value": "http://me:hunter2@proxy:3128"}}
    rest.call("PUT", "/configure/http_proxy", proxy)
    shown = cli.ok("params", "list")
    assert re.search(r"^provisioning_key +\(hidden\) ", shown, re.MULTILINE)
    assert re.search(r"^http_proxy +http://\(hidden\)@proxy:3128 ", shown, re.MULTILINE)
    assert "http://user:password@host:port" in shown  # the description
    assert KEY in cli.ok("params", "list", "--show-secrets")
    assert cli.ok("params", "get", "provisioning_key") == f"{KEY}\n"
    for name in ("provisioning_key", "http_proxy"):
        rest.call("PUT", f"/configure/{name}", {"param": {"value": None}})
    assert cli.ok("params", "get", "provisioning_key") == ""
