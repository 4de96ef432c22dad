"""
What the daemon tells the bus about devices: which one, whose, and what about it; never what it holds.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from provd.model.device import Device

_UNTOLD = {"configured"}
"""Keys whose change is an event of its own."""


class Event(NamedTuple):
    """
    Something that happened to a device.

    :param kind: ``created``, ``updated``, ``deleted``, ``configured`` or ``synchronized``.
    :param changed: of ``updated``, the top-level keys whose values changed.
    :param configured: of ``configured``, whether its files could be written.
    """

    kind: str
    device_id: str
    tenant: str | None
    changed: tuple[str, ...] = ()
    configured: bool | None = None

    @property
    def name(self) -> str:
        return f"provd_device_{self.kind}"

    def headers(self) -> dict[str, str]:
        """
        Return what bindings of a headers exchange may match.
        """
        return {"name": self.name, **({"tenant_uuid": self.tenant} if self.tenant else {})}

    def body(self) -> bytes:
        """
        Return the message, JSON: ``{"name", "data": {"id", "tenant_uuid", ...}}``.
        """
        data: dict[str, Any] = {"id": self.device_id, "tenant_uuid": self.tenant}
        if self.kind == "updated":
            data["changed"] = list(self.changed)
        elif self.kind == "configured":
            data["configured"] = self.configured
        return json.dumps({"name": self.name, "data": data}).encode()


def event_of(kind: str, device: Device, before: Device | None = None) -> Event | None:
    """
    Return what the bus is told; None if nothing is worth telling.

    :param before: of ``updated`` and ``configured``, the device as it was.
    """
    was = before or {}
    tenant = device.get("tenant_uuid")
    event = Event(kind, str(device["id"]), tenant if isinstance(tenant, str) else None)
    if kind == "configured":
        has_files = device.get("configured") is True
        # One that has no plugin or config yet is not worth a message at each try.
        return event._replace(configured=has_files) if has_files or was.get("configured") else None
    if kind != "updated":
        return event
    missing = object()
    changed = {key for key in device.keys() | was.keys() if device.get(key, missing) != was.get(key, missing)}
    told = tuple(sorted(changed - _UNTOLD))
    return event._replace(changed=told) if told else None
