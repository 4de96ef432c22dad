"""
What the bus is told.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provd.bus.events import event_of
from tests.app.office import MASTER, TENANT

DEVICE = {"id": "d1", "tenant_uuid": TENANT, "mac": "00:15:65:aa:0b:1c", "options": {"password": "s3cret"}}


def test_an_update_names_what_changed() -> None:
    before = {**DEVICE, "tenant_uuid": MASTER, "ip": "192.0.2.1", "options": {}}
    event = event_of("updated", {**DEVICE, "configured": True}, before)
    assert event is not None
    assert event.headers() == {"name": "provd_device_updated", "tenant_uuid": TENANT}
    assert json.loads(event.body()) == {
        "name": "provd_device_updated",
        "data": {"id": "d1", "tenant_uuid": TENANT, "changed": ["ip", "options", "tenant_uuid"]},
    }


def test_that_files_were_written_is_told_once() -> None:
    configured = {**DEVICE, "configured": True}
    assert event_of("updated", configured, DEVICE) is None
    event = event_of("configured", configured, DEVICE)
    assert event is not None
    assert json.loads(event.body())["data"] == {"id": "d1", "tenant_uuid": TENANT, "configured": True}


def test_that_there_are_no_files_is_told_when_there_were_some() -> None:
    configured, broken = {**DEVICE, "configured": True}, {**DEVICE, "configured": False}
    assert event_of("configured", broken, broken) is None
    event = event_of("configured", broken, configured)
    assert event is not None
    assert event.configured is False


def test_a_device_without_a_tenant() -> None:
    event = event_of("created", {"id": "d1"})
    assert event is not None
    assert event.headers() == {"name": "provd_device_created"}
    assert json.loads(event.body())["data"] == {"id": "d1", "tenant_uuid": None}


VALUES = st.recursive(st.none() | st.integers() | st.just("s3cret"), st.lists)


@given(
    st.sampled_from(["created", "updated", "deleted", "configured", "synchronized"]),
    st.dictionaries(st.sampled_from(["mac", "X_note", "sip_lines", "configured"]), VALUES),
    st.dictionaries(st.sampled_from(["mac", "X_note", "sip_lines", "configured"]), VALUES),
)
def test_no_value_is_ever_told(kind: str, device: dict[str, Any], before: dict[str, Any]) -> None:
    event = event_of(kind, {**device, "id": "d1"}, before)
    assert event is None or b"s3cret" not in event.body()
