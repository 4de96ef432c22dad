"""
How many documents are in each state, without a look at all of them.
"""

from __future__ import annotations

from collections.abc import Callable

from .interfaces import Document

__all__ = ["Tally"]


class Tally:
    """
    :param state_of: returns the state of a document.
    :ivar counts: of the documents in each state.
    """

    def __init__(self, state_of: Callable[[Document], str]) -> None:
        self._state_of = state_of
        self.counts: dict[str, int] = {}

    def change(self, document_id: str, old: Document | None, new: Document | None) -> None:
        """
        Follow a document from its old content to its new one, None being no document.
        """
        for document, step in ((old, -1), (new, 1)):
            if document is not None:
                state = self._state_of(document)
                self.counts[state] = self.counts.get(state, 0) + step
