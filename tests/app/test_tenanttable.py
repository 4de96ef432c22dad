"""
Local tenants.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from provd.app.tenanttable import TenantTable
from provd.errors import Conflict, InvalidDocument, InvalidSettings, NotFound, Refused

MASTER = "11111111-1111-4111-8111-111111111111"
CUSTOMER = "2222aaaa-2222-4222-8222-222222222222"


def test_the_first_start_makes_a_master_tenant_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "tenants.json"
    master = TenantTable(path).master
    assert json.loads(path.read_text()) == [{"uuid": master, "name": "master", "parent": None}]
    assert str(uuid.UUID(master)) == master
    assert TenantTable(path).master == master


def test_the_first_of_the_table_is_the_master(tmp_path: Path) -> None:
    path = tmp_path / "tenants.json"
    path.write_text(json.dumps([{"uuid": CUSTOMER.upper(), "name": "x"}, {"uuid": MASTER, "name": "y"}]))
    assert TenantTable(path).master == CUSTOMER


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '[{"uuid": 1}]', '[{"uuid": "x"}]', "[[]]", "[", "\xff"]
)
def test_a_damaged_table_is_reported_and_left_alone(content: str, tmp_path: Path) -> None:
    path = tmp_path / "tenants.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InvalidSettings, match="table of tenants"):
        TenantTable(path)
    assert path.read_bytes() == content.encode("latin-1")


@pytest.fixture
def table(tmp_path: Path) -> TenantTable:
    return TenantTable(tmp_path / "tenants.json")


def test_a_tenant_has_all_below_it_as_its_family(table: TenantTable) -> None:
    one = table.add("one", table.master)
    below = table.add("below", one)
    other = table.add("other", table.master, CUSTOMER.upper())
    assert other == CUSTOMER
    assert table.family(table.master) == {table.master, one, below, other}
    assert table.family(one) == {one, below}
    assert table.family("nobody") == frozenset()
    assert [tenant.name for tenant in table.all()] == ["master", "one", "below", "other"]


def test_tenants_survive_a_restart(table: TenantTable, tmp_path: Path) -> None:
    one = table.add("one", table.master)
    again = TenantTable(tmp_path / "tenants.json")
    assert (again.master, again.family(one)) == (table.master, {one})


def test_what_cannot_be_added_is_refused(table: TenantTable) -> None:
    table.add("one", table.master, CUSTOMER)
    for error, arguments in (
        (InvalidDocument, ("", table.master, None)),
        (InvalidDocument, ("x" * 201, table.master, None)),
        (InvalidDocument, ("x", table.master, "x")),
        (Conflict, ("x", table.master, CUSTOMER)),
        (NotFound, ("x", MASTER, None)),
    ):
        with pytest.raises(error):
            table.add(*arguments)


def test_only_a_tenant_without_others_below_can_go(table: TenantTable) -> None:
    one = table.add("one", table.master)
    below = table.add("below", one)
    for error, tenant in ((Refused, table.master), (Refused, one), (NotFound, MASTER)):
        with pytest.raises(error):
            table.close(tenant)
    for tenant in (below, one):
        table.close(tenant)
        table.remove(tenant)
        table.reopen(tenant)
    assert table.family(table.master) == {table.master}


def test_a_closed_tenant_is_not_there_until_it_is_opened_again(table: TenantTable) -> None:
    one = table.add("one", table.master)
    table.close(one)
    assert one not in table
    assert (table.family(one), table.family(table.master)) == (frozenset(), {table.master})
    for refused in (lambda: table.add("below", one), lambda: table.close(one)):
        with pytest.raises(NotFound):
            refused()
    table.reopen(one)
    assert table.family(table.master) == {table.master, one}
