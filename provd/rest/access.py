"""
Who calls the API, and what they may do.
"""

from __future__ import annotations

from typing import Protocol

from provd.app.tokens import Token, Tokens
from provd.errors import ProvdError


class Refused(ProvdError):
    """
    No token, an unknown one, or one that lacks the access: clients expect 401 for all of them.
    """

    http_status = 401
    error_id = "unauthorized"


class Unreachable(Refused):
    """
    Who could check the token doesn't answer.
    """

    http_status = 503
    error_id = "authentication-server-unreachable"


class Access(Protocol):
    """
    Checks callers.
    """

    def check(self, token: str | None, required: str | None) -> Token:
        """
        Return what the token opens.

        :param required: the access string of what the caller wants; None wants no more than a good token.
        :raises Refused: if it isn't enough.
        """


class LocalAccess:
    """
    Checks tokens against the daemon's own table (``auth.type: local``).
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def check(self, token: str | None, required: str | None) -> Token:
        known = self._tokens.find(token) if token else None
        if known is None or not known.allows(required):
            raise Refused("Unauthorized")
        return known


class NoAccess:
    """
    Refuses everybody: this version can't ask accent-auth (``auth.type: accent_auth``).
    """

    def check(self, token: str | None, required: str | None) -> Token:
        if not token:
            raise Refused("Unauthorized")
        raise Unreachable("The authentication server can't be asked by this version")
