"""
User names and passwords of servers, and how a request shows them: Basic (RFC 7617) and Digest (RFC 7616).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

__all__ = ["Passwords", "basic", "credentials_of"]


class Passwords:
    """
    Whom to be to which server.
    """

    def __init__(self) -> None:
        self._known = HTTPPasswordMgrWithDefaultRealm()
        self._digest = _Digest(self._known)

    def add(
        self, realm: str | None, uri: str | Sequence[str], user: str | None, password: str | None
    ) -> None:
        """
        Remember a user and password; None for either forgets them.

        :param realm: None for any.
        :param uri: URL, or ``host[:port]``, below which they hold.
        """
        forgotten = user is None or password is None
        self._known.add_password(
            realm,
            uri,
            None if forgotten else user,  # type: ignore[arg-type]
            None if forgotten else password,  # type: ignore[arg-type]
        )

    def authorization(self, challenges: Sequence[str], url: str) -> str | None:
        """
        Return the ``Authorization`` header that answers a server's challenges, Digest before Basic; None if
        there is no password for it.

        :param challenges: its ``WWW-Authenticate`` headers.
        """
        by_scheme: dict[str, str] = {}
        for challenge in challenges:
            scheme, _, rest = challenge.strip().partition(" ")
            by_scheme.setdefault(scheme.lower(), rest)
        for scheme, answer in (("digest", self._answer_digest), ("basic", self._answer_basic)):
            if scheme in by_scheme:
                try:
                    authorization = answer(parse_keqv_list(parse_http_list(by_scheme[scheme])), url)
                except (ValueError, KeyError, IndexError, HTTPError):
                    continue  # a challenge that nobody can answer
                if authorization is not None:
                    return authorization
        return None

    def _answer_basic(self, challenge: dict[str, str], url: str) -> str | None:
        user, password = self._known.find_user_password(challenge.get("realm", ""), url)
        return None if user is None or password is None else basic(user, password)

    def _answer_digest(self, challenge: dict[str, str], url: str) -> str | None:
        answer = self._digest.get_authorization(Request(url), challenge)
        return None if answer is None else f"Digest {answer}"


class _Digest(AbstractDigestAuthHandler):
    """
    What the standard library knows of Digest, and SHA-256.
    """

    def get_algorithm_impls(self, algorithm: str) -> Any:
        if algorithm.upper() != "SHA-256":
            return super().get_algorithm_impls(algorithm.upper())

        def digest(text: str) -> str:
            return hashlib.sha256(text.encode("ascii")).hexdigest()

        return digest, lambda secret, data: digest(f"{secret}:{data}")


def basic(user: str, password: str) -> str:
    """
    Return a header that shows a user and password in clear.
    """
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def credentials_of(url: str) -> str | None:
    """
    Return the header that shows the user and password in a URL, if it has them.
    """
    parts = urlsplit(url)
    if parts.username is None:
        return None
    return basic(unquote(parts.username), unquote(parts.password or ""))
