"""
Tokens and tenants that are the daemon's own, unless it asks accent-auth.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .failures import CommandFailed

__all__ = ["own"]


@contextmanager
def own(what: str) -> Iterator[None]:
    """
    Say in whose hands tokens or tenants are, if they aren't in the daemon's.

    :param what: ``"tokens"`` or ``"tenants"``.
    """
    try:
        yield
    except CommandFailed as error:
        if error.details.get("resource") != "auth":
            raise
        raise CommandFailed(f"this daemon asks accent-auth: {what} are made and removed there") from None
