"""
The one place that knows that an answer may be a value, a Deferred or a coroutine.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from functools import partial
from inspect import isawaitable
from typing import Any

from twisted.internet.defer import Deferred


async def settled(answer: Any) -> Any:
    """
    Return the answer, once it is there.
    """
    return await answer if isawaitable(answer) else answer


def run_unawaited(coroutine: Coroutine[Any, Any, None]) -> None:
    """
    Run a coroutine that nobody waits for and that catches what it raises.

    One that never has to wait, as when a known phone fetches its file, costs no Deferred.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return
    Deferred.fromCoroutine(_rest(coroutine, waits_for))


def _rest(coroutine: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            answer = yield waits_for
        except BaseException as error:
            resume = partial(coroutine.throw, error)
        else:
            resume = partial(coroutine.send, answer)
        try:
            waits_for = resume()
        except StopIteration:
            return
