"""
Operations of the daemon, begun and followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .following import follow

if TYPE_CHECKING:
    from .session import Session

__all__ = ["no_wait_option", "run_each", "run_operation"]

no_wait_option = click.option("--no-wait", is_flag=True, help="Begin, and print where it can be followed.")


async def run_operation(session: Session, path: str, body: Any, what: str, done: str, no_wait: bool) -> None:
    """
    Begin an operation and follow it to its end.

    :param path: where it begins.
    :param what: what it is: ``"upgrade of yealink"``.
    :param done: what is told when it has succeeded.
    :param no_wait: only begin it, and print its path.
    :raises CommandFailed: if it can't be begun, or fails.
    """
    location = (await session.api.post(path, body)).location
    if no_wait:
        if session.output.as_json:
            session.output.json({"location": location})
        session.output.line(str(location))
        return
    operation = await follow(session, location, what)
    if session.output.as_json:
        session.output.json({"status": str(operation)})
    session.output.line(done)


async def run_each(
    session: Session, path: str, names: Sequence[str], what: str, done: str, no_wait: bool
) -> None:
    """
    Run an operation for one after the other; the first one that fails is the last.

    :param what, done: what stands before the name, and behind it.
    """
    for name in names:
        await run_operation(session, path, {"id": name}, f"{what} {name}", f"{name} {done}", no_wait)
