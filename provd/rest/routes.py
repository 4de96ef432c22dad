"""
Paths of the API: templates such as ``/pg_mgr/plugins/{plugin_id}/info``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_to_bytes

__all__ = ["BASE", "Route"]

BASE = "/0.2"
_NAME = re.compile(r"\{(\w+)\}")


class Route:
    """
    One template, below the version of the API or another base.
    """

    def __init__(self, template: str, base: str = BASE) -> None:
        self.template = template
        pieces = _NAME.split(base + template)
        names = pieces[1::2]
        pieces[::2] = [re.escape(text) for text in pieces[::2]]
        pieces[1::2] = [f"(?P<{name}>[^/]+)" for name in names]
        self._regex = re.compile("".join(pieces) + "/?")
        # Without groups, as cyclone would decode what is in them in its own way.
        self.pattern = self._regex.pattern
        for name in names:
            self.pattern = self.pattern.replace(f"(?P<{name}>", "(?:")

    def values(self, path: str) -> dict[str, str] | None:
        """
        Return what stands for each name in a path that fits, decoded; None if that isn't UTF-8.

        :param path: as it was requested, a character for each byte.
        """
        match = self._regex.fullmatch(path)
        assert match is not None
        try:
            return {
                name: unquote_to_bytes(text.encode("latin-1")).decode()
                for name, text in match.groupdict().items()
            }
        except UnicodeDecodeError:
            return None

    def path(self, values: Mapping[str, str]) -> str:
        """
        Return the path in which these values stand for the names.
        """
        quoted = {name: quote(value, safe="") for name, value in values.items()}
        return BASE + self.template.format(**quoted)
