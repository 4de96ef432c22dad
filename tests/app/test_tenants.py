from __future__ import annotations

import uuid

import pytest

from provd.app.tenants import Tenants
from provd.logs import Secret

MASTER, CUSTOMER, KEYLESS = (str(uuid.UUID(int=number)) for number in range(3))


@pytest.fixture
def tenants() -> Tenants:
    return Tenants(MASTER, {MASTER: Secret("master-key"), CUSTOMER: Secret("customer-key"), KEYLESS: None})


def test_a_key_has_one_owner(tenants: Tenants) -> None:
    assert tenants.owner_of("master-key") == MASTER
    assert tenants.owner_of("customer-key") == CUSTOMER


@pytest.mark.parametrize("key", ["", "customer-ke", "customer-key ", "CUSTOMER-KEY", "\udc80"])
def test_nobodys_key_has_none(key: str, tenants: Tenants) -> None:
    assert tenants.owner_of(key) is None


def test_a_tenant_has_its_own_key_or_none(tenants: Tenants) -> None:
    assert tenants.key_of(CUSTOMER) == Secret("customer-key")
    assert tenants.key_of(KEYLESS) is None
    assert tenants.key_of("unknown") is None


@pytest.mark.parametrize("tenant", [None, "", MASTER])
def test_without_a_tenant_the_key_is_the_masters(tenant: str | None, tenants: Tenants) -> None:
    assert tenants.key_of(tenant) == Secret("master-key")


def test_while_the_master_is_unknown_nothing_is_its(tenants: Tenants) -> None:
    assert Tenants(None, {CUSTOMER: Secret("customer-key")}).key_of(None) is None


def test_a_device_is_new_until_it_has_a_tenant_of_its_own(tenants: Tenants) -> None:
    assert tenants.is_new(None)
    assert tenants.is_new(MASTER)
    assert not tenants.is_new(CUSTOMER)


def test_keys_are_not_readable(tenants: Tenants) -> None:
    assert "key" not in repr(vars(tenants)["_keys"][CUSTOMER])
    assert not any(b"key" in digest for digest in vars(tenants)["_owners"])
