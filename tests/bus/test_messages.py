"""
What counts as word of a deleted tenant.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.bus.messages import TENANT_DELETED, deleted_tenant

UUID = "0f9fc9eb-5a04-4c59-a1b6-3f3a2e0e6b5f"
NAMED = {"name": TENANT_DELETED}


@pytest.mark.parametrize(
    ("headers", "document"),
    [
        (NAMED, {"name": TENANT_DELETED, "data": {"uuid": UUID, "slug": "acme"}}),
        (None, {"name": TENANT_DELETED, "data": {"uuid": UUID}}),
        (NAMED, {"data": {"uuid": UUID.upper()}, "origin_uuid": "x"}),
        (NAMED, {"uuid": UUID}),
        (NAMED, {"uuid": UUID, "name": "Acme Ltd."}),
    ],
)
def test_both_forms_are_understood(headers: Any, document: Any) -> None:
    assert deleted_tenant(headers, json.dumps(document).encode()) == UUID


@pytest.mark.parametrize(
    ("headers", "document"),
    [
        ({"name": "auth_tenant_added"}, {"uuid": UUID}),
        ({"name": "auth_tenant_added"}, {"name": TENANT_DELETED, "data": {"uuid": UUID}}),
        (NAMED, {"name": "auth_tenant_added", "data": {"uuid": UUID}}),
        ({}, {"uuid": UUID}),
        ([TENANT_DELETED], {"uuid": UUID}),
        ({"name": [TENANT_DELETED]}, {"uuid": UUID}),
        (NAMED, {"data": UUID}),
        (NAMED, {"data": {"uuid": [UUID]}}),
        (NAMED, {"data": {"uuid": f"{UUID}/.."}}),
        (NAMED, {"data": {}, "uuid": UUID}),
        (NAMED, [UUID]),
        (NAMED, {"uuid": UUID, "slug": "x" * 70_000}),
    ],
)
def test_anything_else_is_not(headers: Any, document: Any) -> None:
    assert deleted_tenant(headers, json.dumps(document).encode()) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(UUID),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "data", "uuid"]) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(JSON, st.binary() | JSON.map(lambda document: json.dumps(document).encode()))
def test_whatever_comes_is_a_uuid_or_nothing(headers: Any, body: bytes) -> None:
    assert deleted_tenant(headers, body) in (UUID, None)
