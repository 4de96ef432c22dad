"""
A phone that is on record, and an office with it.
"""

from __future__ import annotations

from typing import Any

from tests.app.office import AUTOPROV, MAC, MASTER, TENANT, Office

IP = "192.0.2.17"
OWN_FILE = "/001565aa0b1c.cfg"
KNOWN: dict[str, Any] = {
    "id": "known",
    "mac": MAC,
    "ip": IP,
    "vendor": "Acme",
    "model": "X1",
    "version": "1",
    "plugin": "acme",
    "config": "c1",
    "tenant_uuid": TENANT,
    "is_new": False,
    "configured": True,
    "added": "auto",
}
CONFIG: dict[str, Any] = {
    "id": "c1",
    "parent_ids": [],
    "raw_config": {"sip_lines": {"1": {"username": "u1"}}},
}
TELLS = {"mac": MAC, "vendor": "Acme", "model": "X1", "version": "1"}


def known(**changes: Any) -> Office:
    """
    Return an office with one known phone.
    """
    device = {**KNOWN, **changes}
    return Office([{key: value for key, value in device.items() if value is not None}], [AUTOPROV, CONFIG])


KEYS = {MASTER: "master-key", TENANT: "tenant-key"}
