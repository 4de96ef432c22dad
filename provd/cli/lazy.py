"""
Commands that are imported when they are asked for, so that the others cost nothing.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

__all__ = ["LazyGroup"]


class _Commands(UserDict[str, Any]):
    """
    Commands by name, held as ``module:attribute`` of this package.
    """

    def __getitem__(self, name: str) -> click.Command:
        module, _, attribute = super().__getitem__(name).partition(":")
        command = getattr(import_module(f"provd.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command


class LazyGroup(click.Group):
    """
    A group of commands.

    :param lazy: where each command is, in the order of the help: ``{"list": "devicelist:list_devices"}``.
    """

    def __init__(self, name: str | None = None, *, lazy: Mapping[str, str], **keywords: Any) -> None:
        super().__init__(name, commands=_Commands(lazy), **keywords)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)
