"""
Query and form fields of a request, as plugins ask for them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Arguments"]


class Arguments(dict[Any, list[bytes]]):
    """
    Lists of values by name, both bytes.  A name that is text finds the same values, as a plugin that was
    written for an older Python may ask that way.
    """

    def __contains__(self, name: object) -> bool:
        return super().__contains__(_as_bytes(name))

    def __getitem__(self, name: Any) -> list[bytes]:
        return super().__getitem__(_as_bytes(name))

    def get(self, name: Any, default: Any = None) -> Any:
        return super().get(_as_bytes(name), default)


def _as_bytes(name: Any) -> Any:
    return name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
