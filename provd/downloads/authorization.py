"""
The header that shows a server who is asking, once it wants to know.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

from provd.logs import Secret

from .challenges import parse_challenges
from .digest import Digest
from .passwords import Passwords

__all__ = ["Authorizer", "Identity", "basic", "identity_in"]

Identity = tuple[str, Secret]
"""A user and its password."""


class Authorizer:
    """
    Answers what servers ask for.
    """

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._digest = Digest()

    def answer(self, headers: Iterable[str], url: str, own: Identity | None) -> str | None:
        """
        Return the ``Authorization`` header of a GET, the strongest that the server takes; None if nothing can
        be shown to it.

        :param headers: its ``WWW-Authenticate`` headers.
        :param url: in ASCII, as it is asked for.
        :param own: what the URL said; it comes before remembered passwords.
        """
        challenges = parse_challenges(headers)
        for challenge in sorted(challenges, key=Digest.strength, reverse=True):
            is_digest = Digest.strength(challenge) > 0
            if not is_digest and challenge.scheme != "basic":
                continue
            identity = own or self._passwords.find(challenge.realm, url)
            if identity is not None:
                user, password = identity[0], identity[1].reveal()
                if not is_digest:
                    return basic(user, password)
                return self._digest.answer(challenge, user, password, "GET", _target(urlsplit(url)))
        return None


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def basic(user: str, password: str) -> str:
    """
    Return a header that shows a user and password in clear (RFC 7617).
    """
    return "Basic " + b64encode(f"{user}:{password}".encode("utf-8", "surrogateescape")).decode()


def identity_in(url: str) -> Identity | None:
    """
    Return the user and password in a URL, None if it has none.
    """
    parts = urlsplit(url)
    if parts.username is None:
        return None
    return unquote(parts.username), Secret(unquote(parts.password or ""))
