"""
Tables: in colors where a person reads them, aligned and never cut where a program does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .hiding import hidden_value
from .shown import cell

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Column", "Layout", "at", "layout", "plain", "rich_table", "rows_of"]

_GAP = 2
_NARROWEST = 12
"""So many cells has a folded column at least."""


def at(document: Any, name: str) -> Any:
    """
    Return what a dotted name leads to, None if it leads nowhere.
    """
    for part in name.split("."):
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document


@dataclass(frozen=True)
class Column:
    """
    A column of a table of documents.

    :ivar title: what stands above it.
    :ivar value: takes what is shown out of a document; by default what the title names.
    :ivar style: the style of a text in it.
    :ivar is_right: whether it is aligned at its right end.
    :ivar is_spare: whether it may be left out on a terminal that is too narrow for all.
    :ivar is_long: whether it may be folded there.
    """

    title: str
    value: Callable[[Any], Any] | None = None
    style: Callable[[str], str] | None = None
    is_right: bool = False
    is_spare: bool = False
    is_long: bool = False

    def text(self, document: Any) -> str:
        if self.value is None:
            return cell(hidden_value(self.title, at(document, self.title)))
        return cell(self.value(document))


Row = Sequence[str]


def rows_of(columns: Sequence[Column], documents: Iterable[Any]) -> list[list[str]]:
    """
    Return the texts of a table.
    """
    return [[column.text(document) for column in columns] for document in documents]


def plain(
    columns: Sequence[Column], rows: Sequence[Row], widths: Sequence[int] | None = None
) -> Iterator[str]:
    """
    Return the lines of a table.

    :param rows: titles too, if they are wanted.
    :param widths: at least so wide is each column; by default as wide as the widest of its texts.
    """
    from rich.cells import cell_len

    if widths is None:
        widths = _widths(columns, rows)
    for row in rows:
        cells = []
        for column, text, width in zip(columns, row, widths, strict=True):
            gap = " " * (width - cell_len(text))
            cells.append(gap + text if column.is_right else text + gap)
        yield (" " * _GAP).join(cells).rstrip()


def _widths(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    from rich.cells import cell_len

    return [max((cell_len(row[number]) for row in rows), default=0) for number in range(len(columns))]


@dataclass(frozen=True)
class Layout:
    """
    What of a table is shown on a terminal, and how wide.

    :ivar numbers: of the columns.
    :ivar widths: of those columns.
    """

    numbers: tuple[int, ...]
    widths: tuple[int, ...]

    @property
    def total(self) -> int:
        """
        How many cells wide the whole is.
        """
        return sum(self.widths) + _GAP * len(self.widths)

    def of(self, row: Sequence[Any]) -> list[Any]:
        """
        Return what is shown of a row.
        """
        return [row[number] for number in self.numbers]


def layout(columns: Sequence[Column], rows: Sequence[Row], room: int) -> Layout:
    """
    Return how a table is shown in a room of so many cells.

    Spare columns are left out as far as need be, those at the right end first, then long ones are folded.
    What even then is too wide goes over the edge, where the terminal breaks it: nothing is cut.
    """
    natural = _widths(columns, [[column.title for column in columns], *rows])
    kept = list(range(len(columns)))
    for number in reversed(range(len(columns))):
        if _too_wide(natural, kept, room) <= 0:
            break
        if columns[number].is_spare:
            kept.remove(number)
    widths = list(natural)
    while _too_wide(widths, kept, room) > 0:
        widest = max(
            (number for number in kept if columns[number].is_long and widths[number] > _NARROWEST),
            key=widths.__getitem__,
            default=None,
        )
        if widest is None:
            break
        widths[widest] -= 1
    return Layout(tuple(kept), tuple(widths[number] for number in kept))


def _too_wide(widths: Sequence[int], kept: Sequence[int], room: int) -> int:
    return sum(widths[number] + _GAP for number in kept) - _GAP - room


def rich_table(columns: Sequence[Column], rows: Sequence[Row], widths: Sequence[int]) -> RenderableType:
    """
    Return a table for a terminal.  Nothing in a text is taken for markup.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            Text(column.title), justify="right" if column.is_right else "left", overflow="fold", width=width
        )
    for row in rows:
        texts = [
            Text(text, style=column.style(text) if column.style else "")
            for column, text in zip(columns, row, strict=True)
        ]
        table.add_row(*texts)
    return table
