"""
``provd-cli devices list`` and ``show``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .listing import Shape, device_filters, list_options, selector, show_list
from .options import api_command
from .paths import place
from .references import find_device, name_of
from .syncstate import state_of
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["list_devices", "show_device"]

_ORDER = ("id", "mac", "ip", "sn", "uuid", "vendor", "model", "version", "plugin", "config", "configured")


def _if_not(text: str) -> str:
    return "red" if text == "no" else ""


def _if_failed(text: str) -> str:
    return "red" if text == "failed" else ""


_COLUMNS = (
    Column("device", name_of, is_long=True),
    Column("ip"),
    Column("vendor"),
    Column("model"),
    Column("version"),
    Column("plugin"),
    Column("configured", style=_if_not),
    Column("sync", state_of, _if_failed, is_spare=True),
    Column("id", is_spare=True),
)


@api_command("list")
@device_filters
@list_options
async def list_devices(
    session: Session, query: dict[str, Any] | None, recurse: bool, shape: Shape, **filters: Any
) -> None:
    """
    List devices, those of one tenant.

    A device is shown by its MAC address, by its id if it has none; "sync" tells what became of the last
    time when it was asked to fetch its files.  On a terminal that is too narrow for them, the columns "id"
    and then "sync" are left out.
    """
    wanted = shape.query(selector(filters, query))
    columns = list(_COLUMNS)
    if recurse:
        wanted["recurse"] = "true"
        columns.append(Column("tenant_uuid", is_spare=True))
    await show_list(session, place("dev_mgr", "devices"), "devices", columns, shape, wanted, ("mac",))


@api_command("show")
@click.argument("device")
@click.option("--show-secrets", is_flag=True, help="Passwords, too; --json always has them.")
async def show_device(session: Session, device: str, show_secrets: bool) -> None:
    """
    Show the document of a device.
    """
    found = await find_device(session, device)
    if not session.output.as_json:
        first = {key: found[key] for key in _ORDER if key in found}
        found = {**first, **found}
    session.output.document(found, show_secrets)
