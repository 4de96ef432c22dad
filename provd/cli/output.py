"""
What the operator sees: tables and documents on standard output, remarks on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from provd.oneline import one_line

from . import tables
from .failures import CommandFailed, Exit
from .hiding import hidden
from .shown import as_json, as_yaml
from .tables import Column

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Output"]

# Beyond that many rows, laying out a table of rich takes seconds.
_MOST_RICH_ROWS = 1000


class Output:
    """
    Writes what a command has to say.

    :ivar as_json: whether documents are wanted as JSON.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.is_terminal = sys.stdout.isatty()

    @cached_property
    def console(self) -> Console:
        """
        The terminal.
        """
        from rich.console import Console

        return Console(markup=False, highlight=False, emoji=False)

    def json(self, value: Any, indent: int | None = 2) -> None:
        """
        Write a value as JSON.
        """
        self._write(as_json(value, indent))

    def line(self, text: str) -> None:
        """
        Write a line, unless JSON is wanted.
        """
        if not self.as_json:
            self._write(one_line(text))

    def value(self, text: str) -> None:
        """
        Write a value as it is, but on a terminal without commands to it.
        """
        self._write(one_line(text) if self.is_terminal else text)

    def note(self, text: str) -> None:
        """
        Write a remark, which is none of the output.
        """
        click.echo(one_line(text), err=True)

    def document(self, document: Any, show_secrets: bool = False) -> None:
        """
        Write one document: whole as JSON, else as YAML, in which secrets are hidden.
        """
        if self.as_json:
            self.json(document)
        else:
            self._write(as_yaml(document if show_secrets else hidden(document)).removesuffix("\n"))

    def table(
        self, columns: Sequence[Column], documents: Sequence[Any], what: str, value: Any = None
    ) -> None:
        """
        Write documents as a table.

        :param what: what they are, for the case that there are none.
        :param value: what is written if JSON is wanted; by default the documents.
        """
        if self.as_json:
            self.json(documents if value is None else value)
            return
        if not documents:
            self.note(f"no {what}")
            return
        rows = tables.rows_of(columns, documents)
        if self.is_terminal and len(rows) <= _MOST_RICH_ROWS:
            layout = tables.layout(columns, rows, self.console.width)
            shown = [layout.of(row) for row in rows]
            # Rich would squeeze what is too wide, and cut it in the end.
            self.console.width = max(self.console.width, layout.total)
            self.rich(tables.rich_table(layout.of(columns), shown, layout.widths))
        else:
            titles = [column.title for column in columns]
            self._write("\n".join(tables.plain(columns, [titles, *rows])))

    def rich(self, renderable: Any, is_folded: bool = True) -> None:
        """
        Write what rich lays out for a terminal.

        :param is_folded: whether rich sees to it that lines fit; else the terminal breaks them.
        """
        with _told():
            self.console.print(renderable, soft_wrap=not is_folded)
            sys.stdout.flush()

    def _write(self, text: str) -> None:
        stream = sys.stdout
        left = memoryview(f"{text}\n".encode(stream.encoding, stream.errors or "strict"))
        with _told():
            stream.flush()
            while left:  # unbuffered, Python would drop what isn't written at once
                left = left[stream.buffer.write(left) :]
            stream.flush()


@contextmanager
def _told() -> Iterator[None]:
    """
    End the command in a way of its own if its output can't be written.
    """
    try:
        yield
    except BrokenPipeError:
        raise CommandFailed("", Exit.READER_GONE) from None
    except OSError as error:
        raise CommandFailed(f"the output can't be written: {error.strerror}") from None
