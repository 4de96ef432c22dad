"""
What every command that calls the daemon takes: where the daemon is, who calls, and ``--json``.

The options stand before the command or behind it; the last one counts.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from .session import Session

__all__ = ["ApiCommand", "ApiGroup", "api_command", "connection_options"]

Job = Callable[..., Awaitable[None]]


# Before the names of these options where a command might have a parameter of the same name.
_PREFIX = "connection_"


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None:
        key = str(parameter.name).removeprefix(_PREFIX)
        context.find_root().ensure_object(dict)[key] = value


def connection_options(is_hidden: bool = False) -> list[click.Parameter]:
    """
    Return the options.

    :param is_hidden: leaves those out of the help that are in that of the root.
    """

    def option(name: str, hidden: bool = is_hidden, **keywords: Any) -> click.Option:
        own_name = _PREFIX + name.removeprefix("--").replace("-", "_")
        return click.Option((name, own_name), expose_value=False, callback=_keep, hidden=hidden, **keywords)

    return [
        option(
            "--url", metavar="URL", help="The daemon, or a proxy before it: https://pbx.example/api/provd."
        ),
        option(
            "--token",
            metavar="TOKEN",
            help="Who calls.  Others on this machine see it in the list of processes: prefer --token-file.",
        ),
        option("--token-file", metavar="FILE", help="A file with the token."),
        option("--tenant", metavar="UUID|NAME", hidden=False, help="For which tenant."),
        option(
            "--cacert", metavar="FILE", help="Trust the authorities in this PEM file, not the machine's own."
        ),
        option("--insecure", is_flag=True, default=None, help="Take any certificate."),
        option("--timeout", metavar="SECONDS", help="How long the daemon may be silent; 30 by default."),
        option("--json", is_flag=True, default=None, hidden=False, help="Print documents as JSON."),
    ]


class _Api(click.Command):
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        keywords.setdefault("epilog", "Where the daemon is, and who calls: see 'provd-cli --help'.")
        super().__init__(*arguments, **keywords)
        self.params += connection_options(is_hidden=True)


class ApiCommand(_Api):
    """
    A command that calls the daemon.
    """


class ApiGroup(_Api, click.Group):
    """
    A group that calls the daemon itself when none of its commands is named.
    """


def api_command(name: str, **attributes: Any) -> Callable[[Job], click.Command]:
    """
    Make a command of a coroutine function, which is given a :class:`Session` and its own parameters.
    """

    def decorate(function: Job) -> click.Command:
        return click.command(name, cls=ApiCommand, **attributes)(in_reactor(function))

    return decorate


def in_reactor(function: Job) -> Callable[..., None]:
    """
    Return a function that runs a coroutine function of a :class:`Session` to its end.
    """

    @functools.wraps(function)
    def run(**parameters: Any) -> None:
        from .session import run_job  # Twisted takes a while, and only those who call need it

        def job(session: Session) -> Awaitable[None]:
            return function(session, **parameters)

        context = click.get_current_context()
        try:
            run_job(job, context.find_root().ensure_object(dict))
        except click.UsageError as error:
            error.ctx = error.ctx or context  # whose help says how it is meant
            raise

    return run
