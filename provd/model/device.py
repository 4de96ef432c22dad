"""
A device document, and which of its changes call for its files to be written again.
"""

from __future__ import annotations

from typing import Any

from .sameness import is_same

Device = dict[str, Any]
"""A device document: JSON-able, with a text ``id``; see the README's table of keys."""

DeviceInfo = dict[str, str]
"""What a request tells: some of mac, ip, sn, uuid, vendor, model, version, each normalized text."""

DEVICE_INFO_KEYS = ("mac", "ip", "sn", "uuid", "vendor", "model", "version")

RECONFIGURATION_KEYS = (
    "plugin",
    "config",
    "mac",
    "uuid",
    "vendor",
    "model",
    "version",
    "options",
    "tenant_uuid",
)
"""Keys whose change makes the files on the server stale; the tenant decides the key in the phone's URL."""


def needs_reconfiguration(old: Device, new: Device) -> bool:
    """
    Tell whether the files of a device must be written again.
    """
    return not all(is_same(old.get(key), new.get(key)) for key in RECONFIGURATION_KEYS)


DEVICE_STATES = ("configured", "not_configured", "no_plugin")
"""How far a device is; ``no_plugin``: nobody knows how to configure it."""


def state_of(device: Device) -> str:
    """
    Return the state of a device, one of :data:`DEVICE_STATES`.
    """
    configured, not_configured, no_plugin = DEVICE_STATES
    if not device.get("plugin"):
        return no_plugin
    return configured if device.get("configured") else not_configured
