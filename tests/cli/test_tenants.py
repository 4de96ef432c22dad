"""
``provd-cli tenants``, and commands in a tenant's name.
"""

from __future__ import annotations

from tests.cli.rest import Rest
from tests.cli.running import Cli


def test_tenants_own_devices_and_take_them_along(cli: Cli, rest: Rest) -> None:
    customer = rest.add_tenant("customer")
    branch = cli.ok("tenants", "create", "branch", "--parent", "customer").strip()
    known = {one["uuid"]: one for one in cli.json("tenants", "list")}
    assert known[branch] == {"uuid": branch, "name": "branch", "parent_uuid": customer}

    rest.add_device("moving", vendor="Moved")
    assert cli.ok("devices", "update", "moving", "--to-tenant", "branch") == "moving is updated\n"
    assert rest.device("moving")["tenant_uuid"] == branch
    assert cli.json("devices", "list", "--vendor", "Moved") == []
    assert branch in cli.ok("devices", "list", "--vendor", "Moved", "--recurse")
    assert [device["id"] for device in cli.json("devices", "list", "--tenant", "branch")] == ["moving"]

    assert cli.fails(6, "tenants", "delete", "customer", "--yes") == "there are tenants below this one"
    asked = cli.terminal("tenants", "delete", "branch", answers=[("[y/N]", "y\n")], columns=200)
    assert asked.out.splitlines() == [
        f"Delete the tenant branch ({branch}), its 1 device, their configs and its tokens? [y/N]: y",
        "branch is deleted",
    ]
    assert rest.call("GET", "/dev_mgr/devices?recurse=true&q=%7B%22vendor%22:%22Moved%22%7D")["devices"] == []
    assert cli.ok("tenants", "delete", customer, "--yes") == "customer is deleted\n"


def test_a_name_may_be_that_of_none_or_of_several(cli: Cli, rest: Rest) -> None:
    twins = [rest.add_tenant("twin") for _ in range(2)]
    told = cli.fails(6, "devices", "list", "--tenant", "twin")
    assert told == f"2 tenants are named twin: {twins[0]}, {twins[1]}"
    assert cli.fails(3, "tenants", "delete", "nobody", "--yes") == "no tenant 'nobody'"
    again = cli.fails(6, "tenants", "create", "again", "--uuid", twins[0])
    assert again == f"tenant {twins[0]!r} already exists"
    foreign = "5f6c0d6e-1f8f-4c55-9f5b-3e0b1f0c7a11"
    assert f"for the tenant {foreign}" in cli.fails(4, "devices", "list", "--tenant", foreign)
