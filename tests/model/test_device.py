from __future__ import annotations

from typing import Any

import pytest

from provd.model.device import needs_reconfiguration

STALE = ("plugin", "config", "mac", "uuid", "vendor", "model", "version")
FRESH = ("ip", "sn", "description", "remote_state_sip_username", "X_a")


@pytest.mark.parametrize(
    ("old", "new", "needs"),
    [
        *(({key: "a"}, {key: "b"}, True) for key in STALE),
        ({"options": {"switchboard": True}}, {"options": {}}, True),
        ({"tenant_uuid": "a"}, {"tenant_uuid": "b"}, True),
        *(({key: "a"}, {key: "b"}, False) for key in FRESH),
        ({"configured": True}, {"configured": False}, False),
        ({"is_new": True}, {"is_new": False}, False),
        ({}, {"model": None}, False),
        ({}, {"model": "X1"}, True),
        ({"model": "X1"}, {}, True),
    ],
)
def test_which_changes_make_files_stale(old: dict[str, Any], new: dict[str, Any], needs: bool) -> None:
    assert needs_reconfiguration(old, new) is needs
