"""
What a device document of a client must be like, and how it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provd.addresses import norm_mac, norm_uuid, plain_address
from provd.errors import InvalidDocument

from .device import Device

__all__ = ["COMPUTED", "SYNC", "normalized_device"]

SYNC = "sync"
"""The key of the state of synchronization, which is shown and never stored."""

COMPUTED = ("tenant_uuid", "is_new", "configured", SYNC)
"""Keys that only the daemon sets: what a client says of them is passed over."""

_FORMS: dict[str, tuple[Callable[[str], str], str]] = {
    "mac": (norm_mac, "isn't a MAC address"),
    "ip": (plain_address, "isn't an IP address"),
    "uuid": (norm_uuid, "isn't a UUID"),
}
_TEXTS = ("vendor", "model", "version", "plugin", "config", "description", "sn", "id") + (
    "added",
    "remote_state_sip_username",
)


def normalized_device(document: Mapping[str, Any]) -> Device:
    """
    Return a device document as it is stored: addresses in their one spelling, without computed keys, and
    without standard keys that are null, as plugins test for their presence.  Other keys stay as they are.

    :raises InvalidDocument: naming all that is wrong.
    """
    device: Device = {}
    mistakes: dict[str, str] = {}
    for key, value in document.items():
        if key in COMPUTED or (value is None and (key in _FORMS or key in _TEXTS or key == "options")):
            continue
        device[key] = value
        if key in _FORMS:
            normalize, problem = _FORMS[key]
            try:
                if not isinstance(value, str):
                    raise ValueError
                device[key] = normalize(value)
            except ValueError:
                mistakes[key] = problem
        elif key in _TEXTS and not isinstance(value, str):
            mistakes[key] = "isn't text"
        elif key == "options" and not isinstance(value, dict):
            mistakes[key] = "isn't an object"
    if mistakes:
        raise InvalidDocument("device", mistakes)
    return device
