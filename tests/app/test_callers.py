"""
Which device a call comes from.
"""

from __future__ import annotations

from typing import Any

import pytest

from provd.app.callers import Call, Callers, Scope
from provd.errors import NotFound, Refused
from tests.app.office import AUTOPROV, LINE, MASTER, TENANT, Office

SITE, ELSEWHERE = "198.51.100.1", "203.0.113.9"
SHARED = LINE["username"]
FIRST, SECOND, THIRD = "00:15:65:00:00:01", "00:15:65:00:00:02", "00:15:65:00:00:03"
TRANSIENT = {"id": "autoprov1", "parent_ids": ["autoprov"], "raw_config": {}, "transient": True}
CLAIMED = {
    "id": "c1",
    "parent_ids": [],
    "raw_config": {"sip_lines": {"1": {"username": "k3v9x2"}, "2": {"username": "second"}}},
}


async def _family(tenant: str) -> frozenset[str]:
    return frozenset({tenant})


EVERYONE = Scope(None, _family)


def callers(*devices: dict[str, Any]) -> Callers:
    office = Office(devices, [AUTOPROV, TRANSIENT, CLAIMED])
    return Callers(office.store, office.configs, office.tenants)


def new(device_id: str, mac: str | None = None, **more: Any) -> dict[str, Any]:
    known = {} if mac is None else {"mac": mac}
    return {"id": device_id, "ip": SITE, "config": "autoprov1", **known, **more}


def claimed(device_id: str, mac: str, account: str | None, **more: Any) -> dict[str, Any]:
    return new(device_id, mac, config="c1", remote_state_sip_username=account, **more)


def who(call: Call, *devices: dict[str, Any], scope: Scope = EVERYONE) -> str:
    """
    Return the id of the device that is found; ``none`` or ``several`` if none is taken.
    """
    try:
        return str(callers(*devices).calling(call, scope)["id"])
    except NotFound:
        return "none"
    except Refused as error:
        return error.error_id.removesuffix("-devices")


ONE, TWO = new("d1", FIRST, remote_state_sip_username=SHARED), new("d2", SECOND)


@pytest.mark.parametrize(
    ("call", "devices", "found"),
    [
        # The address alone.
        (Call(SITE), [ONE], "d1"),
        (Call(SITE), [ONE, TWO], "several"),
        (Call(ELSEWHERE), [ONE], "none"),
        (Call(SITE), [], "none"),
        # Behind NAT: what the phone states tells which of those at the address.
        (Call(SITE, SHARED, (SECOND,)), [ONE, TWO], "d2"),
        (Call(SITE, SHARED, (), (SECOND,)), [ONE, TWO], "d2"),
        (Call(SITE, SHARED, (FIRST, SECOND)), [ONE, TWO], "several"),
        (Call(SITE, SHARED, (THIRD,)), [ONE, TWO], "none"),
        (Call(SITE, SHARED, (THIRD,)), [ONE, new("d3")], "d3"),
        (Call(SITE, SHARED, (), (THIRD,)), [ONE], "d1"),
        # The shared account rules out those that were seen with their own.
        (Call(SITE, SHARED), [ONE, claimed("u1", SECOND, "k3v9x2")], "d1"),
        (Call(SITE, SHARED), [claimed("u1", SECOND, "k3v9x2")], "none"),
        (Call(SITE, SHARED), [new("d3", remote_state_sip_username="k3v9x2")], "d3"),
        (Call(SITE), [ONE, claimed("u1", SECOND, "k3v9x2")], "several"),
        # An account of its own is proof enough, wherever the phone was last seen.
        (Call(SITE, "k3v9x2"), [ONE, TWO, claimed("u1", THIRD, "k3v9x2")], "u1"),
        (Call(ELSEWHERE, "k3v9x2"), [ONE, claimed("u1", THIRD, "k3v9x2")], "u1"),
        (Call(None, "k3v9x2"), [claimed("u1", THIRD, "k3v9x2")], "u1"),
        (Call(SITE, "k3v9x2", (FIRST,)), [ONE, claimed("u1", THIRD, "k3v9x2")], "none"),
        (
            Call(SITE, "k3v9x2", (FIRST,)),
            [claimed("u1", FIRST, "k3v9x2"), claimed("u2", SECOND, "k3v9x2")],
            "u1",
        ),
        (
            Call(SITE, "k3v9x2"),
            [claimed("u1", FIRST, "k3v9x2"), claimed("u2", SECOND, "k3v9x2", ip=ELSEWHERE)],
            "u1",
        ),
        (Call(SITE, "k3v9x2"), [claimed("u1", FIRST, "k3v9x2"), claimed("u2", SECOND, "k3v9x2")], "several"),
        # An account that provd knows nothing of says nothing.
        (Call(SITE, "trunk"), [ONE], "d1"),
        (Call(None, "trunk"), [ONE], "none"),
        # But it isn't that of a phone which has another, unless that is one of its lines.
        (Call(SITE, "trunk"), [claimed("u1", SECOND, "k3v9x2")], "none"),
        (Call(SITE, "trunk"), [new("u1", SECOND, config="gone", remote_state_sip_username="k3v9x2")], "none"),
        (Call(SITE, "second"), [claimed("u1", SECOND, "k3v9x2")], "u1"),
        (Call(SITE, "second"), [claimed("u1", SECOND, None), ONE], "several"),
        (Call(None, SHARED), [ONE], "none"),
        # Anybody can state another's MAC address: that isn't enough for a phone that somebody has.
        (Call(ELSEWHERE, SHARED, (FIRST,)), [claimed("u1", FIRST, "k3v9x2")], "none"),
        (Call(None, SHARED, (FIRST,)), [claimed("u1", FIRST, "k3v9x2")], "none"),
        (Call(SITE, SHARED, (FIRST,)), [claimed("u1", FIRST, "k3v9x2")], "u1"),
        (Call(ELSEWHERE, SHARED, (FIRST,)), [ONE], "d1"),
        (Call(ELSEWHERE, SHARED, (FIRST,)), [new("d1", FIRST, config="gone")], "d1"),
        # Several devices may have been put on record with one MAC address.
        (Call(SITE, None, (FIRST,)), [ONE, new("d4", FIRST, ip=ELSEWHERE)], "d1"),
        (Call(SITE, None, (FIRST,)), [ONE, new("d4", FIRST)], "several"),
    ],
)
def test_only_a_match_without_doubt_is_taken(call: Call, devices: list[dict[str, Any]], found: str) -> None:
    assert who(call, *devices) == found
    assert who(call, *reversed(devices)) == found


def test_what_is_another_tenants_does_not_count() -> None:
    mine = Scope({TENANT}, _family)
    theirs = new("d1", FIRST, tenant_uuid="33333333-3333-4333-8333-333333333333")
    own, unowned = new("d2", SECOND, tenant_uuid=TENANT), new("d3", THIRD, tenant_uuid=MASTER)
    assert who(Call(SITE), theirs, scope=mine) == "none"
    assert who(Call(SITE), theirs, own, scope=mine) == "d2"
    assert who(Call(SITE), theirs, unowned, scope=mine) == "d3"
    assert who(Call(SITE), own, unowned, scope=mine) == "several"
    known = callers(theirs, own)
    assert known.at(SITE, mine)["id"] == known.named("d2", mine)["id"] == "d2"
    for name in ("d1", "d9"):
        with pytest.raises(NotFound):
            known.named(name, mine)
