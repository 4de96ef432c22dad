"""
Operations of the daemon, followed to their end.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from provd.model.operation import OIP_SUCCESS, OperationInProgress, parse_oip

from .failures import CommandFailed
from .options import ApiCommand, in_reactor
from .paths import below_version
from .progress import failed_part, steps

if TYPE_CHECKING:
    from .session import Session

__all__ = ["ended", "follow", "follow_command"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5


async def ended(
    session: Session, location: str | None, show: Callable[[OperationInProgress], None] | None = None
) -> OperationInProgress:
    """
    Wait for the end of an operation; return it.  The daemon's record of one that succeeded is removed.

    :param location: as the daemon answers it.
    :param show: called with the operation as it goes on.
    """
    path = below_version(location)
    pause = _FIRST_PAUSE
    while True:
        answer = await session.api.get(path)
        try:
            operation = parse_oip(str(answer["status"]))
        except (KeyError, ValueError):
            raise CommandFailed(f"{location} isn't an operation") from None
        if show is not None:
            show(operation)
        if operation.finished:
            break
        await session.pause(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    if operation.state == OIP_SUCCESS:
        with suppress(CommandFailed):  # it would be forgotten in any case
            await session.api.delete(path)
    return operation


async def follow(session: Session, location: str | None, what: str) -> OperationInProgress:
    """
    Show an operation to its end.

    :param what: what the operation is about, such as ``"upgrade of yealink"``.
    :raises CommandFailed: if it fails.
    """
    left = f"no longer followed; {what} goes on: provd-cli follow {location}"
    with session.saying(left), steps(what) as display:
        operation = await ended(session, location, display.show)
    if operation.state != OIP_SUCCESS:
        part = failed_part(operation)
        raise CommandFailed(f"{what} failed{f' at {part}' if part else ''}: the daemon's log says why")
    return operation


@click.command("follow", cls=ApiCommand)
@click.argument("operation")
@in_reactor
async def follow_command(session: Session, operation: str) -> None:
    """
    Follow an operation to its end.

    It is named as the command did that began it: /0.2/pg_mgr/install/install/1
    """
    done = await follow(session, operation, "the operation")
    if session.output.as_json:
        session.output.json({"status": str(done)})
    else:
        session.output.line("done")
