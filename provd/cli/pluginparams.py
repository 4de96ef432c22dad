"""
``provd-cli plugins params``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import api_command
from .parametervalues import VALUE, get_value, set_value, show_values
from .paths import place

if TYPE_CHECKING:
    from .session import Session

__all__ = ["get_param", "list_params", "set_param", "unset_param"]

_plugin = click.argument("plugin")
_name = click.argument("name")


def _place(plugin: str, *name: str) -> str:
    return place("pg_mgr", "plugins", plugin, "configure", *name)


@api_command("list")
@_plugin
@click.option("--show-secrets", is_flag=True, help="Passwords, too; --json always has them.")
async def list_params(session: Session, plugin: str, show_secrets: bool) -> None:
    """
    List the parameters of a plugin.
    """
    await show_values(session, _place(plugin), show_secrets)


@api_command("get")
@_plugin
@_name
async def get_param(session: Session, plugin: str, name: str) -> None:
    """
    Print the value of a parameter, whole.
    """
    await get_value(session, _place(plugin, name))


@api_command("set")
@_plugin
@_name
@click.argument("value", type=VALUE)
async def set_param(session: Session, plugin: str, name: str, value: str) -> None:
    """
    Set a parameter.  A value of - is read from standard input, where nobody else sees it.
    """
    await set_value(session, _place(plugin, name), name, value)


@api_command("unset")
@_plugin
@_name
async def unset_param(session: Session, plugin: str, name: str) -> None:
    """
    Have a parameter without a value.
    """
    await set_value(session, _place(plugin, name), name, None)
