"""
Code of plugins and sites that runs between two phones' requests: what goes wrong in it stays its own, and is
told once, without any value that it was given.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from inspect import iscoroutine
from time import perf_counter
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from .waiting import is_awaitable

__all__ = [
    "MISTAKES",
    "SLOW",
    "Guard",
    "Misbehavior",
    "attribute",
    "contained",
    "described",
    "dropped",
    "kind_of",
    "where",
]

MISTAKES = (Exception, SystemExit, KeyboardInterrupt, CancelledError)
"""What foreign code may raise by mistake: ``sys.exit()`` in a plugin is no reason for the daemon to end.
Ctrl-C reaches the reactor as a signal and raises nothing."""

SLOW = 0.1
"""Seconds."""

_MOST_TOLD = 1000
# Of one plugin, so that it can't use up what others may say.
_MOST_TOLD_OF_ONE = 50


class Misbehavior(Exception):
    """
    What foreign code did wrong without raising anything.

    :param problem: goes on from its name, ``"returned text where a number is meant"``; holds no value of its.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Guard:
    """
    Calls one kind of foreign code.

    :param what: what is called, for the log: ``"extractor"``.
    """

    _log = Logger()

    def __init__(self, what: str) -> None:
        self._what = what
        self._told: set[tuple[str, str]] = set()
        self._count: Counter[str] = Counter()

    def call(self, plugin_id: str, default: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        """
        Return what ``function(*arguments)`` does, or ``default`` if it raises anything at all.
        """
        started = perf_counter()
        try:
            answer = function(*arguments)
        except BaseException as error:
            self.failed(plugin_id, error)
            answer = default
        self.took(plugin_id, perf_counter() - started)
        return answer

    def value(self, plugin_id: str, default: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        """
        The same for code that has to answer at once: a Deferred or a coroutine is a mistake too.
        """
        answer = self.call(plugin_id, default, function, *arguments)
        if not is_awaitable(answer):
            return answer
        dropped(answer)
        self.failed(plugin_id, Misbehavior(f"returned {kind_of(answer)} where a plain value is meant"))
        return default

    def timed(self, plugin_id: str) -> AbstractContextManager[None]:
        """
        Watch how long a block takes that runs foreign code in the reactor.
        """
        return _Timed(self.took, plugin_id)

    def took(self, plugin_id: str, seconds: float) -> None:
        """
        Log that foreign code is slow, once, if it is.
        """
        if seconds > SLOW and self.is_news(plugin_id, "slow"):
            self._log.warn(
                "the {what} of {plugin} took over 100 ms, which holds up every phone",
                what=self._what,
                plugin=plugin_id,
            )

    def failed(self, plugin_id: str, error: BaseException) -> None:
        """
        Log that foreign code failed, the first time that it fails in this way.

        A stranger chooses what a plugin stumbles on, and a phone asks again and again.
        """
        is_told = isinstance(error, Misbehavior)
        if self.is_news(plugin_id, str(error) if is_told else type(error).__name__):
            self._log.warn(
                "the {what} of {plugin} {problem}",
                what=self._what,
                plugin=plugin_id,
                problem=described(error) if is_told else f"failed: {described(error)}",
            )

    def forget(self, plugin_id: str) -> None:
        """
        Tell again what is wrong with a plugin, as it is another one now.
        """
        self._told = {told for told in self._told if told[0] != plugin_id}
        del self._count[plugin_id]

    def is_news(self, plugin_id: str, what: str) -> bool:
        """
        Tell whether something wrong with a plugin hasn't been told yet; it then counts as told.
        """
        news = (plugin_id, what)
        if news in self._told or len(self._told) >= _MOST_TOLD:
            return False
        if self._count[plugin_id] >= _MOST_TOLD_OF_ONE:
            return False
        self._told.add(news)
        self._count[plugin_id] += 1
        return True


class _Timed(AbstractContextManager[None]):  # entered for every request: a generator would cost twice as much
    __slots__ = ("_plugin_id", "_started", "_took")

    def __init__(self, took: Callable[[str, float], None], plugin_id: str) -> None:
        self._took = took
        self._plugin_id = plugin_id

    def __enter__(self) -> None:
        self._started = perf_counter()

    def __exit__(self, *raised: object) -> None:
        self._took(self._plugin_id, perf_counter() - self._started)


def contained(function: Callable[..., Any], *arguments: Any) -> Any:
    """
    Return what foreign code does, for callers that catch :data:`MISTAKES`: whatever it raises is one of them.
    """
    try:
        return function(*arguments)
    except MISTAKES:
        raise
    except BaseException as error:
        raise Misbehavior(f"raised {type(error).__name__}") from error


def attribute(plugin: Any, name: str) -> Any:
    """
    Return an attribute of a plugin, None if it has none; what a property raises is one of :data:`MISTAKES`.
    """
    value = contained(getattr, plugin, name, None)
    if is_awaitable(value):
        dropped(value)
        raise Misbehavior(f"is {kind_of(value)} where an object is meant")
    return value


def dropped(answer: Any) -> None:
    """
    See to it that nobody misses an answer that isn't waited for, whatever becomes of it.
    """
    if iscoroutine(answer):
        answer.close()
    elif isinstance(answer, Deferred):
        answer.addErrback(lambda failure: None)


def kind_of(answer: Any) -> str:
    """
    Return the name of an answer's type, for the log: ``"Deferred"``.
    """
    return type(answer).__name__


def described(error: BaseException) -> str:
    """
    Return what an error of foreign code is, and where, without its message; a misbehavior as it is.
    """
    return error.problem if isinstance(error, Misbehavior) else f"{type(error).__name__} at {where(error)}"


def where(error: BaseException) -> str:
    """
    Return the lines of code that led to an error, the innermost first, and none of its values: the message of
    an exception may quote a password that the code was given.
    """
    lines: list[str] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        lines.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return " < ".join(reversed(lines[-8:])) or "an unknown place"
