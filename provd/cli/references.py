"""
Devices by what an administrator calls them: an id, or a MAC address however it is spelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from provd.addresses import norm_mac

from .failures import CommandFailed, Exit
from .listing import query_of
from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["find_device", "find_devices", "name_of"]

Device = dict[str, Any]


async def find_device(session: Session, reference: str) -> Device:
    """
    Return the device that is meant.

    :raises CommandFailed: if there is none, or the MAC address is that of several.
    """
    try:
        mac = norm_mac(reference)
    except ValueError:
        return await _by_id(session, reference)
    query = {**query_of({"mac": mac}), "recurse": "true"}
    found: list[Device] = (await session.api.get(place("dev_mgr", "devices"), query))["devices"]
    if len(found) > 1:
        ids = ", ".join(str(device["id"]) for device in found)
        raise CommandFailed(f"{len(found)} devices have the MAC address {mac}: {ids}", Exit.CONFLICT)
    if found:
        return found[0]
    # Twelve hexadecimal digits may be an id, too.
    return await _by_id(session, reference)


async def find_devices(session: Session, references: Sequence[str]) -> list[Device]:
    """
    Return the devices that are meant, each once; raises like :func:`find_device` if any is missing.
    """
    found = [await find_device(session, reference) for reference in references]
    return list({device["id"]: device for device in found}.values())


async def _by_id(session: Session, device_id: str) -> Device:
    device: Device = (await session.api.get(place("dev_mgr", "devices", device_id)))["device"]
    return device


def name_of(device: Device) -> str:
    """
    Return what an administrator calls a device.
    """
    return str(device.get("mac") or device["id"])
