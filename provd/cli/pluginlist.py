"""
``provd-cli plugins list``, ``installed``, ``installable`` and ``info``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .options import api_command
from .paths import place
from .shown import size
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["list_installable", "list_installed", "list_plugins", "show_info"]

_ID = Column("id")
_VERSION = Column("version")
_DESCRIPTION = Column("description", is_long=True)


def _marked(text: str) -> str:
    return "red" if text == "no" else ""


def _newer(text: str) -> str:
    return "" if text == "-" else "green"


def _rows(by_id: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": name, **by_id[name]} for name in sorted(by_id)]


@api_command("list")
async def list_plugins(session: Session) -> None:
    """
    List the plugins that are installed.

    It shows whether they are loaded, and which version could take their place.
    """
    installed = (await session.api.get(place("pg_mgr", "install", "installed")))["pkgs"]
    loaded = (await session.api.get(place("pg_mgr", "plugins")))["plugins"]
    offered = (await session.api.get(place("pg_mgr", "install", "installable")))["pkgs"]
    found = []
    for plugin_id in sorted(installed):
        info, offer = installed[plugin_id], offered.get(plugin_id, {}).get("version")
        found.append(
            {
                "id": plugin_id,
                "version": info.get("version"),
                "loaded": plugin_id in loaded,
                "upgrade": offer if offer != info.get("version") else None,
                "description": info.get("description"),
            }
        )
    columns = (
        _ID,
        _VERSION,
        Column("loaded", style=_marked),
        Column("upgrade", style=_newer),
        _DESCRIPTION,
    )
    session.output.table(columns, found, "plugins")


@api_command("installed")
async def list_installed(session: Session) -> None:
    """
    List the plugins that are installed, loaded or not.
    """
    found = (await session.api.get(place("pg_mgr", "install", "installed")))["pkgs"]
    session.output.table((_ID, _VERSION, _DESCRIPTION), _rows(found), "plugins", found)


@api_command("installable")
async def list_installable(session: Session) -> None:
    """
    List the plugins that can be installed.

    They are those of the index that "provd-cli plugins update" has fetched.
    """
    found = (await session.api.get(place("pg_mgr", "install", "installable")))["pkgs"]
    columns = (_ID, _VERSION, Column("size", size, is_right=True), _DESCRIPTION)
    session.output.table(columns, _rows(found), "plugins", found)


@api_command("info")
@click.argument("plugin")
async def show_info(session: Session, plugin: str) -> None:
    """
    Show what a loaded plugin says of itself.
    """
    found = await session.api.get(place("pg_mgr", "plugins", plugin, "info"))
    session.output.document(found["plugin_info"])
