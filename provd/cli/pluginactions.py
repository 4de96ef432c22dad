"""
``provd-cli plugins update``, ``install``, ``upgrade``, ``uninstall`` and ``reload``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .operations import no_wait_option, run_each, run_operation
from .options import api_command
from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["install", "reload", "uninstall", "update", "upgrade"]

_plugins = click.argument("plugins", metavar="PLUGIN...", nargs=-1, required=True)


@api_command("update")
@no_wait_option
async def update(session: Session, no_wait: bool) -> None:
    """
    Fetch the index of what can be installed.
    """
    path = place("pg_mgr", "install", "update")
    await run_operation(session, path, {}, "update of the index", "the index is up to date", no_wait)


@api_command("install")
@_plugins
@no_wait_option
async def install(session: Session, plugins: tuple[str, ...], no_wait: bool) -> None:
    """
    Install plugins.
    """
    path = place("pg_mgr", "install", "install")
    await run_each(session, path, plugins, "installation of", "is installed", no_wait)


@api_command("upgrade")
@click.argument("plugins", metavar="[PLUGIN]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that have another version in the index.")
@no_wait_option
async def upgrade(session: Session, plugins: tuple[str, ...], everything: bool, no_wait: bool) -> None:
    """
    Install plugins in the version that the index has.

    Their firmware and the site's own templates stay.
    """
    if bool(plugins) == everything:
        raise click.UsageError("Name plugins, or say --all.")
    if everything:
        plugins = await _outdated(session)
        if not plugins:
            session.output.line("all plugins are up to date")
    path = place("pg_mgr", "install", "upgrade")
    await run_each(session, path, plugins, "upgrade of", "is upgraded", no_wait)


async def _outdated(session: Session) -> tuple[str, ...]:
    installed = (await session.api.get(place("pg_mgr", "install", "installed")))["pkgs"]
    offered = (await session.api.get(place("pg_mgr", "install", "installable")))["pkgs"]
    return tuple(
        plugin_id
        for plugin_id in sorted(installed)
        if plugin_id in offered and offered[plugin_id].get("version") != installed[plugin_id].get("version")
    )


@api_command("uninstall")
@_plugins
@click.option("--yes", is_flag=True, help="Don't ask.")
async def uninstall(session: Session, plugins: tuple[str, ...], yes: bool) -> None:
    """
    Remove plugins.

    With them go their firmware and the site's own templates for them.
    """
    session.confirm(f"Remove {', '.join(plugins)}, firmware and own templates included?", yes)
    for plugin in plugins:
        await session.api.post(place("pg_mgr", "install", "uninstall"), {"id": plugin})
        session.output.line(f"{plugin} is removed")


@api_command("reload")
@_plugins
async def reload(session: Session, plugins: tuple[str, ...]) -> None:
    """
    Load plugins again, as after a change of their files.

    Their phones are configured again.
    """
    for plugin in plugins:
        await session.api.post(place("pg_mgr", "reload"), {"id": plugin})
        session.output.line(f"{plugin} is loaded again")
