"""
``provd-cli devices create``, ``update`` and ``delete``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .editing import Edit, all_of, edit_options
from .options import api_command
from .parametertypes import ADDRESS, MAC, UUID, AssignmentType
from .paths import place
from .references import find_device, find_devices, name_of

if TYPE_CHECKING:
    from .session import Session

__all__ = ["create_device", "delete_devices", "update_device"]

_named_options = all_of(
    click.option("--mac", type=MAC, help="However it is spelled."),
    click.option("--ip", type=ADDRESS),
    click.option("--sn", metavar="NUMBER", help="The serial number."),
    click.option("--uuid", type=UUID),
    click.option("--vendor", metavar="NAME"),
    click.option("--model", metavar="NAME"),
    click.option("--version", metavar="VERSION", help="The phone's firmware."),
    click.option("--plugin", metavar="ID"),
    click.option("--config", metavar="ID"),
    click.option("--description", metavar="TEXT"),
    click.option(
        "--option",
        "options",
        type=AssignmentType("options"),
        metavar="KEY=VALUE",
        multiple=True,
        help="One of its options: switchboard=true.",
    ),
)


@api_command("create")
@click.option("--id", "id_", metavar="ID", help="By default one that nothing else has.")
@_named_options
@edit_options("device", is_update=False)
async def create_device(
    session: Session, id_: str | None, options: Any, file: Any, set_: Any, set_text: Any, **named: Any
) -> None:
    """
    Put a device on record, and print its id.
    """
    edit = Edit.of(file, (*options, *set_), set_text, {"id": id_, **named})
    answer = await session.api.post(place("dev_mgr", "devices"), {"device": edit.applied({})})
    if session.output.as_json:
        session.output.json(answer.body)
    session.output.line(answer.body["id"])
    await _tell_if_unconfigured(session, answer.body["id"])


@api_command("update")
@click.argument("device")
@_named_options
@edit_options("device", is_update=True)
@click.option(
    "--to-tenant",
    metavar="UUID|NAME",
    help="Give a new device to a tenant, for good: one that has left the master tenant never moves again.",
)
async def update_device(
    session: Session,
    device: str,
    options: Any,
    file: Any,
    set_: Any,
    set_text: Any,
    unset: Any,
    replace: bool,
    to_tenant: str | None,
    **named: Any,
) -> None:
    """
    Change a device: these keys, and no others.
    """
    edit = Edit.of(file, (*options, *set_), set_text, named, unset, replace)
    if not edit and to_tenant is None:
        raise click.UsageError("Nothing to change is given.")
    tenant = None if to_tenant is None else await session.api.tenant_uuid(to_tenant)
    found = await find_device(session, device)
    path = place("dev_mgr", "devices", found["id"])
    await session.api.put(path, {"device": edit.applied(found)}, tenant=tenant)
    session.output.line(f"{name_of(found)} is updated")
    await _tell_if_unconfigured(session, found["id"])


async def _tell_if_unconfigured(session: Session, device_id: str) -> None:
    device = (await session.api.get(place("dev_mgr", "devices", device_id)))["device"]
    if device.get("plugin") and device.get("config") and not device.get("configured"):
        session.output.note(f"{name_of(device)} isn't configured: the daemon's log says why")


@api_command("delete")
@click.argument("devices", metavar="DEVICE...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Don't ask.")
async def delete_devices(session: Session, devices: tuple[str, ...], yes: bool) -> None:
    """
    Delete devices, and what is kept of them.

    A phone that asks again is put on record again.
    """
    found = await find_devices(session, devices)
    described = ", ".join(
        " ".join(str(device[key]) for key in ("mac", "vendor", "model") if device.get(key)) or device["id"]
        for device in found
    )
    session.confirm(f"Delete {described}?", yes)
    for device in found:
        await session.api.delete(place("dev_mgr", "devices", device["id"]))
        session.output.line(f"{name_of(device)} is deleted")
