"""
What a caller may grant to others: no more than it has.
"""

from __future__ import annotations

from collections.abc import Sequence

from provd.errors import InvalidDocument

from .acl import grants

__all__ = ["granted"]


def granted(own: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """
    Return the access strings of a new token: those wanted, and the caller's own refusals, without which it
    would open what the caller may not.

    A wildcard that is wanted must be covered by one of the caller's: to ``grants`` it is a text like any
    other, which only a wildcard that goes as far takes.

    :param own: what the caller has.
    :raises InvalidDocument: naming those that the caller hasn't.
    """
    refusals = [access for access in own if access.startswith("!")]
    beyond = [access for access in wanted if not access.startswith("!") and not _has(own, access)]
    if beyond:
        raise InvalidDocument("token", {"acl": f"goes beyond the caller's own: {', '.join(beyond)}"})
    return tuple(dict.fromkeys([*wanted, *refusals]))


def _has(own: Sequence[str], wanted: str) -> bool:
    if not grants(own, wanted):
        return False
    # ``edit`` opens ``update`` too, which a wildcard for a part of it may not.
    segments = wanted.split(".")
    return all(
        grants(own, ".".join(("update" if place == number else text) for place, text in enumerate(segments)))
        for number, segment in enumerate(segments)
        if segment == "edit"
    )
