"""
``provd-cli params``: parameters of the daemon that are set at run time.
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


@api_command("list")
@click.option("--show-secrets", is_flag=True, help="Keys and passwords, too; --json always has them.")
async def list_params(session: Session, show_secrets: bool) -> None:
    """
    List all parameters.
    """
    await show_values(session, place("configure"), show_secrets)


@api_command("get")
@click.argument("name")
async def get_param(session: Session, name: str) -> None:
    """
    Print the value of a parameter, whole.
    """
    await get_value(session, place("configure", name))


@api_command("set")
@click.argument("name")
@click.argument("value", type=VALUE)
async def set_param(session: Session, name: str, value: str) -> None:
    """
    Set a parameter.  A value of - is read from standard input, where nobody else sees it.
    """
    await set_value(session, place("configure", name), name, value)


@api_command("unset")
@click.argument("name")
async def unset_param(session: Session, name: str) -> None:
    """
    Have a parameter without a value.
    """
    await set_value(session, place("configure", name), name, None)
