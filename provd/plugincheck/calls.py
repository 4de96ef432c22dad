"""
Calls of a plugin that come to an end, and what its author is told of those that fail.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import jinja2

from provd.guard import Misbehavior, contained, dropped, kind_of
from provd.waiting import is_awaitable

__all__ = ["LONGEST", "TookTooLong", "called", "told"]

LONGEST = 10.0
"""Seconds that a call gets."""

_AGAIN = 1.0


class TookTooLong(Misbehavior):
    """
    A call was interrupted.
    """


class _Interruption(BaseException):
    """
    Interrupts it.  No ``Exception``, or a plugin's own handlers would take it for one of theirs.
    """


def called(function: Callable[..., Any], *arguments: Any) -> Any:
    """
    Return what ``function(*arguments)`` of a plugin does.  Only the main thread may call it, as only there a
    call that hangs can be interrupted.

    :raises TookTooLong: if it takes longer than :data:`LONGEST` seconds.
    :raises Misbehavior: if it answers with what has to be waited for.
    :raises Exception: any of ``provd.guard.MISTAKES``, if it raises anything at all.
    """
    interruptions: list[_Interruption] = []

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        interruptions.append(_Interruption())
        raise interruptions[-1]

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, LONGEST, _AGAIN)
    try:
        answer = contained(function, *arguments)
    except BaseException:
        if not interruptions:
            raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
    if interruptions:
        raise TookTooLong(f"takes over {LONGEST:g} s") from interruptions[0]
    if is_awaitable(answer):
        dropped(answer)
        raise Misbehavior(f"returned {kind_of(answer)} where a plain value is meant")
    return answer


def told(error: BaseException, plugin_dir: Path) -> str:
    """
    Return on one line what an error is and where in the plugin it arose.  Its message is part of it: nothing
    that a plugin is checked with is secret.
    """
    if isinstance(error, Misbehavior):
        text = error.problem
    elif isinstance(error, jinja2.UndefinedError):
        text = str(error.message)
    else:
        text = f"{type(error).__name__}: {error}"
    place = _place(error, plugin_dir) or _place(error.__cause__, plugin_dir)
    text = " ".join(text.split()).replace(f"{plugin_dir}/", "")
    return f"{text} at {place}" if place else text


def _place(error: BaseException | None, plugin_dir: Path) -> str | None:
    """
    Return the innermost line of the plugin's own that led to an error.
    """
    traceback, place = None if error is None else error.__traceback__, None
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.is_relative_to(plugin_dir):
            place = f"{path.relative_to(plugin_dir)}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
