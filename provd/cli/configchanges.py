"""
``provd-cli configs create``, ``update``, ``delete`` and ``autocreate``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .editing import Edit, edit_options
from .options import api_command
from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["autocreate", "create_config", "delete_configs", "update_config"]

_CONFIGS = ("cfg_mgr", "configs")

_parents = click.option(
    "--parent", "parents", metavar="ID", multiple=True, help="What it inherits from; the last one wins."
)


@api_command("create")
@click.option("--id", "id_", metavar="ID", help="By default one that nothing else has.")
@_parents
@edit_options("config", is_update=False)
async def create_config(
    session: Session, id_: str | None, parents: tuple[str, ...], file: Any, set_: Any, set_text: Any
) -> None:
    """
    Store a new config, and print its id.

    provd-cli configs create --parent base --set raw_config.timezone=Europe/Paris
    """
    edit = Edit.of(file, set_, set_text, {"id": id_, "parent_ids": list(parents) or None})
    document = edit.applied({"parent_ids": [], "raw_config": {}})
    answer = await session.api.post(place(*_CONFIGS), {"config": document})
    if session.output.as_json:
        session.output.json(answer.body)
    session.output.line(answer.body["id"])


@api_command("update")
@click.argument("config")
@_parents
@edit_options("config", is_update=True)
async def update_config(
    session: Session,
    config: str,
    parents: tuple[str, ...],
    file: Any,
    set_: Any,
    set_text: Any,
    unset: Any,
    replace: bool,
) -> None:
    """
    Change a config: these keys, and no others.

    Its phones, and those of the configs below it, are configured again.

    \b
    provd-cli configs update base --set raw_config.ntp_ip=192.0.2.1
    provd-cli configs update a1 --set-text raw_config.sip_lines.1.number=1001
    """
    edit = Edit.of(file, set_, set_text, {"parent_ids": list(parents) or None}, unset, replace)
    if not edit:
        raise click.UsageError("Nothing to change is given.")
    path = place(*_CONFIGS, config)
    found = (await session.api.get(path))["config"]
    await session.api.put(path, {"config": edit.applied(found)})
    session.output.line(f"{config} is updated")


@api_command("delete")
@click.argument("configs", metavar="CONFIG...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Don't ask.")
async def delete_configs(session: Session, configs: tuple[str, ...], yes: bool) -> None:
    """
    Delete configs.

    Their phones keep naming them, and aren't configured until there is such a config again.
    """
    paths = {config: place(*_CONFIGS, config) for config in configs}
    for path in paths.values():
        await session.api.get(path)
    session.confirm(f"Delete {', '.join(configs)}?", yes)
    for config, path in paths.items():
        await session.api.delete(path)
        session.output.line(f"{config} is deleted")


@api_command("autocreate")
async def autocreate(session: Session) -> None:
    """
    Make a config for a new phone, and print its id.

    It inherits from the one with the role autocreate.
    """
    answer = await session.api.post(place("cfg_mgr", "autocreate"), {})
    if session.output.as_json:
        session.output.json(answer.body)
    session.output.line(answer.body["id"])
