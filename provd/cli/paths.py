"""
Paths of the API.
"""

from __future__ import annotations

from urllib.parse import quote

from .failures import CommandFailed, Exit

__all__ = ["below_version", "place"]

_VERSION = "/0.2/"


def place(*names: str) -> str:
    """
    Return the path of a resource below the version of the API.

    :param names: ``"dev_mgr", "devices", device_id``: what is between the slashes, not yet quoted.
    :raises CommandFailed: if one could never stand there.
    """
    for name in names:
        if name in ("", ".", ".."):  # would lead elsewhere
            raise CommandFailed(f"nothing is named {name!r}", Exit.NOT_FOUND)
    return "/" + "/".join(quote(name, safe="", errors="surrogateescape") for name in names)


def below_version(location: str | None) -> str:
    """
    Return the path that a ``Location`` names, without what stands before it.

    :raises CommandFailed: if it names none.
    """
    _, found, path = (location or "").partition(_VERSION)
    if not found or not path:
        raise CommandFailed("the daemon doesn't say where its operation can be followed")
    return f"/{path}"
