"""
What a provisioning code and its tenant may be.
"""

from __future__ import annotations

from typing import Any

import pytest

from provd.errors import InvalidDocument
from provd.model.codes import CODE, TENANT, tenant_of
from provd.model.configs import check_config

UUID = "22222222-2222-4222-8222-22222222222a"


@pytest.mark.parametrize("code", [None, "0", "042", "1" * 32])
@pytest.mark.parametrize("tenant", [None, UUID])
def test_digits_are_taken(code: str | None, tenant: str | None) -> None:
    check_config({"parent_ids": [], "raw_config": {}, CODE: code, TENANT: tenant})


@pytest.mark.parametrize("code", ["", " 1", "12a", "1" * 33, "autoprov", "٣٤", 123456, ["123456"], True, {}])
def test_anything_else_is_refused_without_being_told(code: Any) -> None:
    with pytest.raises(InvalidDocument) as refused:
        check_config({"parent_ids": [], "raw_config": {}, CODE: code, TENANT: UUID.upper()})
    assert refused.value.mistakes == {
        CODE: "isn't a text of 1 to 32 digits",
        TENANT: "isn't a UUID in lower case",
    }


def test_a_tenant_that_was_written_by_hand_is_read_in_any_case() -> None:
    assert tenant_of({TENANT: UUID.upper()}) == UUID
    assert tenant_of({}) is tenant_of({TENANT: None}) is None
    for wrong in ("x", 1, []):
        with pytest.raises(ValueError):
            tenant_of({TENANT: wrong})
