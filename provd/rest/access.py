"""
Who calls the API, and what they may do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from provd.app.tokens import Token, Tokens
from provd.errors import ProvdError


class Unauthorized(ProvdError):
    """
    No token, an unknown one, or one that lacks the access: clients expect 401 for all of them.
    """

    http_status = 401
    error_id = "unauthorized"


class Unreachable(ProvdError):
    """
    Who could check the token doesn't answer.
    """

    http_status = 503
    error_id = "authentication-server-unreachable"


class Access(Protocol):
    """
    Checks callers.
    """

    def check(self, token: str | None, required: str | None, values: Mapping[str, str]) -> Token:
        """
        Return what the token opens.

        :param required: the access string of what the caller wants, with names in braces; None wants no more
            than a good token.
        :param values: what stands for those names, but for ``tenant_uuid``, the caller's tenant.
        :raises Unauthorized: if it isn't enough.
        :raises Unreachable: if that can't be told.
        """


class LocalAccess:
    """
    Checks tokens against the daemon's own table (``auth.type: local``).
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def check(self, token: str | None, required: str | None, values: Mapping[str, str]) -> Token:
        known = self._tokens.find(token) if token else None
        if known is None or not known.allows(
            access_string(required, {**values, "tenant_uuid": known.tenant})
        ):
            raise Unauthorized("Unauthorized")
        return known


class NoAccess:
    """
    Refuses everybody: this version can't ask accent-auth (``auth.type: accent_auth``).
    """

    def check(self, token: str | None, required: str | None, values: Mapping[str, str]) -> Token:
        if not token:
            raise Unauthorized("Unauthorized")
        raise Unreachable("The authentication server can't be asked by this version")


def access_string(required: str | None, values: Mapping[str, str]) -> str | None:
    """
    Return an access string with its names replaced; a dot in a value would begin a segment, so it becomes
    an underscore.
    """
    if required is None:
        return None
    return required.format(**{name: value.replace(".", "_") for name, value in values.items()})
