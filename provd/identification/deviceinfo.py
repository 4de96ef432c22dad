"""
What an extractor said, made fit for comparing and keeping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provd.addresses import norm_mac, norm_uuid, plain_address
from provd.model.device import DEVICE_INFO_KEYS, DeviceInfo

# Strangers choose these texts, and thousands of them are kept: no phone has a longer name or number.
LONGEST = 256


def _as_it_is(text: str) -> str:
    return text


_NORMALIZED: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(DEVICE_INFO_KEYS, _as_it_is),
    "mac": norm_mac,
    "ip": plain_address,
    "uuid": norm_uuid,
}


def usable(said: Any) -> DeviceInfo | None:
    """
    Return a new device info with what can be used of an extractor's answer, or None if nothing can.

    Left out are unknown keys, what is no text, empty or too long, and addresses and UUIDs that are none.
    """
    if not isinstance(said, Mapping):
        return None
    info: DeviceInfo = {}
    for key, value in said.items():
        if isinstance(value, str) and 0 < len(value) <= LONGEST and key in _NORMALIZED:
            try:
                info[key] = _NORMALIZED[key](value)
            except ValueError:
                continue
    return info or None


def tells_nothing(dev_info: DeviceInfo) -> bool:
    """
    Tell whether a device info is no more than the address that any request has.
    """
    return not dev_info.keys() - {"ip"}
