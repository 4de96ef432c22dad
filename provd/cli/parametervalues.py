"""
Parameters, those of the daemon and those of a plugin: they are read and set in the same way.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .hiding import hidden_value
from .shown import cell
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["VALUE", "get_value", "set_value", "show_values"]


class _Value(click.ParamType[str]):
    name = "VALUE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value != "-":
            return value
        try:
            return sys.stdin.buffer.read().decode().rstrip("\r\n")
        except UnicodeDecodeError:
            self.fail("standard input isn't UTF-8", param, ctx)


VALUE = _Value()
"""A value, or ``-`` for what standard input holds."""


async def show_values(session: Session, path: str, show_secrets: bool) -> None:
    """
    List parameters.

    :param path: of their list.
    """

    def value(parameter: dict[str, Any]) -> Any:
        found = parameter["value"]
        return found if show_secrets else hidden_value(parameter["id"], found)

    columns = (
        Column("id"),
        Column("value", value, is_long=True),
        Column("description", lambda parameter: parameter["description"], is_long=True),
    )
    session.output.table(columns, (await session.api.get(path))["params"], "parameters")


async def get_value(session: Session, path: str) -> None:
    """
    Print the value of a parameter.
    """
    found = (await session.api.get(path))["param"]["value"]
    if session.output.as_json:
        session.output.json(found)
    elif found is not None:
        session.output.value(found if isinstance(found, str) else cell(found))


async def set_value(session: Session, path: str, name: str, value: str | None) -> None:
    """
    Set a parameter, or have it without a value.
    """
    await session.api.put(path, {"param": {"value": value}})
    session.output.line(f"{name} is {'unset' if value in (None, '') else 'set'}")
