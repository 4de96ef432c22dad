"""
How far an operation is: bars on a terminal, else a line for each step.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import click

from provd.model.operation import (
    OIP_FAIL,
    OIP_PROGRESS,
    OIP_SUCCESS,
    OIP_WAITING,
    OperationInProgress,
)
from provd.oneline import one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Counted", "Display", "failed_part", "steps"]

_WORDS = {OIP_WAITING: "waiting", OIP_PROGRESS: "begun", OIP_SUCCESS: "done", OIP_FAIL: "failed"}

Place = tuple[int, ...]
"""Where an operation is in its tree: the position below its parent, and that of its parent before it."""


class Display(Protocol):
    """
    Shows an operation, again and again.
    """

    def __enter__(self) -> Display: ...

    def __exit__(self, *error: Any) -> None: ...

    def show(self, operation: OperationInProgress) -> None:
        """
        Show how far it is now.
        """


def steps(what: str) -> Display:
    """
    Return what shows an operation: bars, one below the other, if standard error is a terminal.

    :param what: what the operation is about.
    """
    return _Bars(what) if sys.stderr.isatty() else _Lines(what)


def nodes(operation: OperationInProgress) -> Iterator[tuple[Place, OperationInProgress]]:
    """
    Go through the tree of an operation from the top.
    """
    waiting: list[tuple[Place, OperationInProgress]] = [((), operation)]
    while waiting:
        place, node = waiting.pop()
        yield place, node
        below = list(enumerate(node.sub_oips))
        waiting += [((*place, number), child) for number, child in reversed(below)]


def failed_part(operation: OperationInProgress) -> str:
    """
    Return the label of the last of its parts that failed; empty if none has one.
    """
    labels = [
        node.label for place, node in nodes(operation) if place and node.state == OIP_FAIL and node.label
    ]
    return labels[-1] if labels else ""


class _Lines:
    """
    Writes a line when something has begun or ended.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._states: dict[Place, str] = {}

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def show(self, operation: OperationInProgress) -> None:
        for place, node in nodes(operation):
            if node.label and node.state != OIP_WAITING and self._states.get(place) != node.state:
                self._states[place] = node.state
                amount = f" ({node.current} bytes)" if node.finished and node.current else ""
                _say(f"{self._what}: {node.label}: {_WORDS[node.state]}{amount}")


class _Bars:
    """
    Draws a bar for each part, those below others further in.
    """

    def __init__(self, what: str) -> None:
        self._what = one_line(what)
        self._bars = _progress()
        self._tasks: dict[Place, TaskID] = {}

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, operation: OperationInProgress) -> None:
        for place, node in nodes(operation):
            if place not in self._tasks:
                name = f"{self._what}: {node.label or ''}" if not place else node.label or "file"
                indented = "  " * len(place) + name.removesuffix(": ")
                self._tasks[place] = self._bars.add_task(indented, total=None, amount="")
            total, completed = node.end or None, node.current or 0
            if node.state == OIP_SUCCESS:
                total = completed = total or completed or 1
            elif node.state == OIP_FAIL:
                total = total or completed + 1
            self._bars.update(self._tasks[place], total=total, completed=completed, amount=_amount(node))
        self._bars.refresh()


def _amount(node: OperationInProgress) -> str:
    from rich.filesize import decimal

    if node.state != OIP_PROGRESS:
        return _WORDS[node.state]
    if node.current is None:
        return ""
    return f"{decimal(node.current)} of {decimal(node.end)}" if node.end else decimal(node.current)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[amount]}", markup=False),
        console=Console(stderr=True, markup=False, highlight=False, emoji=False),
        auto_refresh=False,
    )


class Counted:
    """
    Shows how many of many are done.

    :param what: what is done.
    """

    def __init__(self, what: str, total: int) -> None:
        self._bars = _progress() if sys.stderr.isatty() and total > 1 else None
        self._total = total
        self._done = 0
        if self._bars is not None:
            self._task = self._bars.add_task(one_line(what), total=total, amount=f"0 of {total}")

    def __enter__(self) -> Callable[[str], None]:
        if self._bars is not None:
            self._bars.start()
            self._bars.refresh()
        return self._one_done

    def __exit__(self, *error: Any) -> None:
        if self._bars is not None:
            self._bars.refresh()
            self._bars.stop()

    def _one_done(self, problem: str) -> None:
        """
        Count one more.

        :param problem: a line about it, empty if it went well.
        """
        self._done += 1
        if self._bars is None:
            if problem:
                _say(problem)
            return
        if problem:
            self._bars.console.print(one_line(problem))
        self._bars.update(self._task, completed=self._done, amount=f"{self._done} of {self._total}")
        self._bars.refresh()


def _say(text: str) -> None:
    click.echo(one_line(text), err=True)
