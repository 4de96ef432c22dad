"""
What a device's document tells of the last time when its phone was asked to fetch its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["state_of", "why_not_asked"]

_LOG = "the daemon's log says why"


def state_of(device: Mapping[str, Any]) -> str | None:
    """
    Return how far it is; None for a phone that wasn't asked, or of a daemon that doesn't tell.
    """
    return _text(device, "state")


async def why_not_asked(session: Session, device_id: str) -> str:
    """
    Return why a phone couldn't be asked, which the operation itself doesn't tell.
    """
    device = (await session.api.get(place("dev_mgr", "devices", device_id)))["device"]
    # Somebody else may have begun another one since.
    why = _text(device, "why") if state_of(device) == "failed" else None
    return why or _LOG


def _text(device: Mapping[str, Any], key: str) -> str | None:
    sync = device.get("sync")
    value = sync.get(key) if isinstance(sync, dict) else None
    return value if isinstance(value, str) else None
