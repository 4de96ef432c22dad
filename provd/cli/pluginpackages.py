"""
``provd-cli plugins packages``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .editing import all_of
from .operations import no_wait_option, run_each
from .options import api_command
from .paths import place
from .shown import size
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["install", "list_packages", "uninstall", "upgrade"]

_COLUMNS = (
    Column("id"),
    Column("installed"),
    Column("version"),
    Column("size", size, is_right=True),
    Column("description", is_long=True),
)

_plugin = click.argument("plugin")
_named = all_of(
    _plugin, click.argument("packages", metavar="PACKAGE...", nargs=-1, required=True), no_wait_option
)


@api_command("list")
@_plugin
async def list_packages(session: Session, plugin: str) -> None:
    """
    List the packages of a plugin.
    """
    path = ("pg_mgr", "plugins", plugin, "install")
    installed = (await session.api.get(place(*path, "installed")))["pkgs"]
    offered = (await session.api.get(place(*path, "installable")))["pkgs"]
    found = [
        {
            "id": package,
            "installed": installed.get(package, {}).get("version"),
            "description": installed.get(package, {}).get("description"),
            **offered.get(package, {}),
        }
        for package in sorted({*installed, *offered})
    ]
    session.output.table(_COLUMNS, found, "packages")


@api_command("install")
@_named
async def install(session: Session, plugin: str, packages: tuple[str, ...], no_wait: bool) -> None:
    """
    Fetch and install packages.
    """
    path = place("pg_mgr", "plugins", plugin, "install", "install")
    await run_each(session, path, packages, "installation of", "is installed", no_wait)


@api_command("upgrade")
@_named
async def upgrade(session: Session, plugin: str, packages: tuple[str, ...], no_wait: bool) -> None:
    """
    Install packages in the version that there is.
    """
    path = place("pg_mgr", "plugins", plugin, "install", "upgrade")
    await run_each(session, path, packages, "upgrade of", "is upgraded", no_wait)


@api_command("uninstall")
@_plugin
@click.argument("packages", metavar="PACKAGE...", nargs=-1, required=True)
async def uninstall(session: Session, plugin: str, packages: tuple[str, ...]) -> None:
    """
    Remove packages.
    """
    for package in packages:
        await session.api.post(place("pg_mgr", "plugins", plugin, "install", "uninstall"), {"id": package})
        session.output.line(f"{package} is removed")
