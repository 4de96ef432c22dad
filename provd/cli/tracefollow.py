"""
Requests as they come: which are new, and how rows are shown one by one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .output import Output
from .tables import Column, layout, plain

__all__ = ["News", "Rows"]

Trace = dict[str, Any]


class News:
    """
    Finds the new ones among the last requests that the daemon tells of again and again.

    A request has its number from its beginning and is told at its end, so one that took long comes behind
    others of higher numbers; after a restart numbers begin anew.  Hence each is known by number and time, and
    from time to time all that the daemon keeps are asked for.

    :param known: the requests that were there before, the oldest first.
    """

    ALL = 1000
    FEW = 100
    ALL_EVERY = 10
    REMEMBERED = 20_000

    def __init__(self, known: Sequence[Trace]) -> None:
        self._seen = dict.fromkeys(map(_key, known))
        self._asked = 0

    def wanted(self) -> int:
        """
        Return how many to ask for next.
        """
        self._asked += 1
        return self.FEW if self._asked % self.ALL_EVERY else self.ALL

    def may_lack(self, told: Sequence[Trace]) -> bool:
        """
        Tell whether there may be more new ones than the few that were told.
        """
        return len(told) == self.FEW and _key(told[0]) not in self._seen

    def of(self, told: Sequence[Trace]) -> list[Trace]:
        """
        Return those that are new, the oldest first.
        """
        new = [trace for trace in told if _key(trace) not in self._seen]
        self._seen.update(dict.fromkeys(map(_key, new)))
        for key in list(self._seen)[: -self.REMEMBERED]:
            del self._seen[key]
        return new


def _key(trace: Trace) -> tuple[int, str]:
    return trace["id"], trace["at"]


class Rows:
    """
    Shows rows of a table as they come.

    :param widths: of the columns, as what will come isn't known.
    """

    def __init__(self, output: Output, columns: Sequence[Column], widths: Sequence[int]) -> None:
        self._output = output
        room = output.console.width if output.is_terminal else sys.maxsize
        shape = layout(columns, [["x" * width for width in widths]], room)
        self._columns = shape.of(columns)
        self._widths = shape.widths
        if not output.as_json:
            self._show([column.title for column in self._columns], is_title=True)

    def add(self, documents: Sequence[Any]) -> None:
        """
        Show more rows; as JSON, a document is a line.
        """
        for document in documents:
            if self._output.as_json:
                self._output.json(document, indent=None)
            else:
                self._show([column.text(document) for column in self._columns])

    def _show(self, row: list[str], is_title: bool = False) -> None:
        (line,) = plain(self._columns, [row], self._widths)
        if not self._output.is_terminal:
            self._output.line(line)
            return
        from rich.text import Text

        text = Text(line, style="bold" if is_title else "")
        position = 0
        for column, shown, width in zip(self._columns, row, self._widths, strict=True):
            length = max(len(shown), width)
            if column.style is not None and not is_title:
                text.stylize(column.style(shown), position, position + length)
            position += length + 2
        self._output.rich(text, is_folded=False)
