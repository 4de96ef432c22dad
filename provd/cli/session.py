"""
A command that calls the daemon, from its first call to its end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import click
from twisted.internet.defer import Deferred, DeferredSemaphore, FirstError, gatherResults
from twisted.internet.task import deferLater, react
from twisted.logger import globalLogBeginner
from twisted.python.failure import Failure

from provd.oneline import one_line

from .client import Client
from .failures import CommandFailed, Exit
from .output import Output
from .settings import find_server

__all__ = ["Session", "run_job"]

T = TypeVar("T")


class Session:
    """
    What a command works with.

    :ivar api: calls the daemon.
    :ivar output: what the operator sees.
    """

    def __init__(self, api: Client, output: Output, reactor: Any) -> None:
        self.api = api
        self.output = output
        self._reactor = reactor
        self._on_interrupt: list[str] = []

    async def pause(self, seconds: float) -> None:
        await deferLater(self._reactor, seconds)

    async def each(self, items: Iterable[T], work: Callable[[T], Awaitable[None]], at_once: int) -> None:
        """
        Do the same with each item, several at once; the first error ends it all.
        """
        turns = DeferredSemaphore(at_once)

        def begin(item: T) -> Deferred[None]:
            return Deferred.fromCoroutine(_awaited(work(item)))

        try:
            await gatherResults([turns.run(begin, item) for item in items], consumeErrors=True)
        except FirstError as error:
            error.subFailure.raiseException()

    @contextmanager
    def saying(self, text: str) -> Iterator[None]:
        """
        Have the operator told something if they interrupt what is done meanwhile.
        """
        self._on_interrupt.append(text)
        try:
            yield
        finally:
            self._on_interrupt.remove(text)

    def interrupted(self) -> CommandFailed:
        """
        Return what to tell an operator who interrupted.
        """
        return CommandFailed("; ".join(self._on_interrupt), Exit.INTERRUPTED)

    def confirm(self, question: str, yes: bool) -> None:
        """
        Ask the operator whether they are sure.

        :param yes: whether they have said so already.
        :raises CommandFailed: if they aren't, or nobody can be asked.
        """
        if yes:
            return
        if not sys.stdin.isatty():
            raise CommandFailed("nobody can be asked whether this is meant: say --yes", Exit.USAGE)
        try:
            with _signals_as_usual():
                is_meant = click.confirm(one_line(question), err=True)
        except click.Abort:
            click.echo(err=True)
            raise CommandFailed("nothing is done", Exit.INTERRUPTED) from None
        if not is_meant:
            raise CommandFailed("nothing is done")


@contextmanager
def _signals_as_usual() -> Iterator[None]:
    """
    Have signals end this process, without the reactor's handlers: they do nothing while a question waits.
    """
    usual: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    former = {number: signal.signal(number, handler) for number, handler in usual.items()}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


async def _awaited(waiting: Awaitable[T]) -> T:
    return await waiting


def run_job(job: Callable[[Session], Awaitable[None]], given: Mapping[str, Any]) -> None:
    """
    Run a command to its end.

    :param given: the options of the connection, and ``json``.
    :raises CommandFailed: if it fails.
    """
    server = find_server(given, os.environ)
    for warning in server.warnings:
        click.echo(f"provd-cli: warning: {one_line(warning)}", err=True)
    # What goes wrong is told in one line; a log of calls would hold tokens.
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    outcome: list[Any] = []

    def start(reactor: Any) -> Deferred[Any]:
        session = Session(Client(server, reactor), Output(bool(given.get("json"))), reactor)

        async def whole() -> None:
            await session.api.settle_tenant()
            await job(session)

        running = Deferred.fromCoroutine(whole())

        def interrupt() -> None:
            if not outcome:
                outcome.append(Failure(session.interrupted()))
                running.cancel()  # so that what it has on the screen is put in order

        reactor.addSystemEventTrigger("before", "shutdown", interrupt)
        return running.addBoth(outcome.append)

    with suppress(SystemExit):
        react(start)
    if isinstance(outcome[0], Failure):
        outcome[0].raiseException()
