"""
Waiting for a server no longer than it may take.
"""

from __future__ import annotations

from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from .receiving import Stalled

__all__ = ["in_time"]

T = TypeVar("T")


async def in_time(waiting: Deferred[T], timeout: float, reactor: IReactorTime) -> T:
    """
    Return what comes.  Who is cancelled gets a ``CancelledError``, where Twisted would tell of a host that
    isn't known, or of a connection that was lost.

    :param timeout: in seconds.
    :raises Stalled: if nothing does.
    """

    is_wanted = True

    def silent(_result: Any, seconds: float) -> Failure:
        return Failure(Stalled(f"no answer for {seconds:g} s"))

    def cancel(_answer: Deferred[T]) -> None:
        nonlocal is_wanted
        is_wanted = False
        waiting.cancel()

    def pass_on(result: Any) -> None:
        if is_wanted:
            answer.callback(result)

    answer: Deferred[T] = Deferred(cancel)
    waiting.addTimeout(timeout, reactor, silent).addBoth(pass_on)
    return await answer
