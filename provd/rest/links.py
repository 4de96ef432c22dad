"""
Resources that only say what is below them.
"""

from __future__ import annotations

from .handlers import Handler

__all__ = ["Links"]


class Links(Handler):
    """
    Answers ``{"links": [{"rel": ..., "href": ...}, ...]}``.
    """

    LINKS: tuple[tuple[str, str], ...]
    """What each child is to the resource, and its name, in order."""

    def get(self) -> None:
        self.answer({"links": [{"rel": rel, "href": self.below(name)} for rel, name in self.links()]})

    def links(self) -> tuple[tuple[str, str], ...]:
        return self.LINKS
