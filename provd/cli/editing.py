"""
Options that make up a document, or change one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from .documents import changed, merged
from .parametertypes import Assignment, AssignmentType, DocumentFile, Unset

__all__ = ["Edit", "all_of", "edit_options"]

Function = Callable[..., Any]


def all_of(*decorators: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """
    Return one decorator that is several, in the order in which they would stand.
    """

    def decorate(function: Function) -> Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


class Edit(NamedTuple):
    """
    What is to become of a document.

    :param file: a document; whole if it replaces the former one, else what changes.
    """

    file: Mapping[str, Any] | None
    sets: tuple[Assignment, ...]
    unset: tuple[tuple[str, ...], ...] = ()
    is_replacement: bool = False

    @classmethod
    def of(
        cls,
        file: Mapping[str, Any] | None,
        set_: tuple[Assignment, ...],
        set_text: tuple[Assignment, ...],
        named: Mapping[str, Any],
        unset: tuple[tuple[str, ...], ...] = (),
        replace: bool = False,
    ) -> Edit:
        """
        Return what options ask for.

        :param named: values by the key that an option names; None where it wasn't given.
        """
        own = tuple(Assignment((key,), value) for key, value in named.items() if value not in (None, ()))
        return cls(file, (*own, *set_, *set_text), unset, replace)

    def __bool__(self) -> bool:
        return self != Edit(None, ())

    def applied(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return the document as it becomes.

        :raises click.UsageError: if a replacement is missing.
        :raises CommandFailed: if something can't be set where it should.
        """
        if self.is_replacement and self.file is None:
            raise click.UsageError("--replace needs the whole document, see --file.")
        base = {} if self.is_replacement else document
        return changed(merged(base, self.file or {}), self.sets, self.unset)


def edit_options(kind: str, is_update: bool) -> Callable[[Function], Function]:
    """
    Return the options that set anything.

    :param kind: ``"device"`` or ``"config"``.
    :param is_update: whether there is a document already.
    """
    file_help = "A document in JSON or YAML; - is standard input."
    if is_update:
        file_help += "  Its objects are merged into the former ones, if it doesn't --replace all."
    options = [
        click.option("--file", type=DocumentFile(kind), help=file_help),
        click.option(
            "--set",
            "set_",
            type=AssignmentType(),
            multiple=True,
            help="JSON, or text where it isn't: X_rack=7.  Others see it in the list of processes.",
        ),
        click.option(
            "--set-text", type=AssignmentType(is_text=True), multiple=True, help="Text in any case."
        ),
    ]
    if is_update:
        options += [
            click.option("--unset", type=Unset(), multiple=True, help="Have a key go."),
            click.option("--replace", is_flag=True, help="Let --file be the whole document."),
        ]
    return all_of(*options)
