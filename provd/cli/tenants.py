"""
``provd-cli tenants``: customers, to whom devices belong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .localauth import own
from .options import api_command
from .parametertypes import UUID
from .paths import place
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["create_tenant", "delete_tenant", "list_tenants"]

_TENANTS = ("auth", "tenants")


@api_command("list")
async def list_tenants(session: Session) -> None:
    """
    List tenants: the caller's, and those below it.
    """
    columns = (Column("uuid"), Column("name"), Column("parent_uuid"))
    with own("tenants"):
        found = (await session.api.get(place(*_TENANTS)))["tenants"]
    session.output.table(columns, found, "tenants")


@api_command("create")
@click.argument("name")
@click.option("--parent", metavar="UUID|NAME", help="The tenant above it; by default the caller's.")
@click.option("--uuid", type=UUID, help="By default a new one.")
async def create_tenant(session: Session, name: str, parent: str | None, uuid: str | None) -> None:
    """
    Add a tenant, and print its UUID.
    """
    wanted: dict[str, Any] = {"name": name}
    with own("tenants"):
        if parent is not None:
            wanted["parent_uuid"] = await session.api.tenant_uuid(parent)
        if uuid is not None:
            wanted["uuid"] = uuid
        answer = await session.api.post(place(*_TENANTS), {"tenant": wanted})
    if session.output.as_json:
        session.output.json(answer.body)
    session.output.line(answer.body["uuid"])


@api_command("delete")
@click.argument("tenant", metavar="UUID|NAME")
@click.option("--yes", is_flag=True, help="Don't ask.")
async def delete_tenant(session: Session, tenant: str, yes: bool) -> None:
    """
    Delete a tenant, and all that is its own.

    With it go its devices, its tokens, and the configs that only its devices used.
    """
    with own("tenants"):
        uuid = await session.api.tenant_uuid(tenant)
        known = (await session.api.get(place(*_TENANTS)))["tenants"]
        names = [one["name"] for one in known if one["uuid"] == uuid]
        if names and not yes:
            query = {"fields": "id", "limit": "1"}
            path = place("dev_mgr", "devices")
            count = (await session.api.get(path, query, tenant=uuid)).get("total", 0)
            what = f"its {count} device{'' if count == 1 else 's'}, their configs and its tokens"
            session.confirm(f"Delete the tenant {names[0]} ({uuid}), {what}?", yes)
        await session.api.delete(place(*_TENANTS, uuid))
    session.output.line(f"{names[0] if names else uuid} is deleted")
