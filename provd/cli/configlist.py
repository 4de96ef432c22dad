"""
``provd-cli configs list``, ``show`` and ``raw``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .listing import Shape, list_options, query_option, selector, show_list
from .options import api_command
from .paths import place
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["list_configs", "show_config", "show_raw_config"]

_COLUMNS = (
    Column("id", is_long=True),
    Column("parent_ids", is_long=True),
    Column("X_type"),
    Column("role"),
    Column("transient", is_spare=True),
    Column("label", is_spare=True),
)

_secrets = click.option("--show-secrets", is_flag=True, help="Passwords, too; --json always has them.")


@api_command("list")
@click.option("--type", "f_X_type", multiple=True, metavar="TYPE", help="device, registrar, internal, ...")
@click.option("--role", "f_role", multiple=True, metavar="ROLE", help="autocreate or default.")
@click.option("--parent", metavar="ID", help="Those that inherit from this one directly.")
@query_option
@list_options
async def list_configs(
    session: Session, parent: str | None, query: dict[str, Any] | None, shape: Shape, **filters: Any
) -> None:
    """
    List configs, which all tenants share.
    """
    filters["f_parent_ids"] = None if parent is None else {"$contains": parent}
    wanted = shape.query(selector(filters, query))
    await show_list(session, place("cfg_mgr", "configs"), "configs", _COLUMNS, shape, wanted)


@api_command("show")
@click.argument("config")
@_secrets
async def show_config(session: Session, config: str, show_secrets: bool) -> None:
    """
    Show a config as it is stored, without what it inherits.
    """
    found = (await session.api.get(place("cfg_mgr", "configs", config)))["config"]
    if not session.output.as_json:
        found = {"id": found["id"], **found}
    session.output.document(found, show_secrets)


@api_command("raw")
@click.argument("config")
@_secrets
async def show_raw_config(session: Session, config: str, show_secrets: bool) -> None:
    """
    Show a config's parameters, inherited ones included.
    """
    path = place("cfg_mgr", "configs", config, "raw")
    session.output.document((await session.api.get(path))["raw_config"], show_secrets)
