"""
Showing a server, of HTTP (RFC 7616) or SIP (RFC 3261, 22 and RFC 8760), that one knows a password, without
showing the password: Digest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable

from .challenges import Challenge

__all__ = ["Digest"]

_HASHES = {
    name: known
    for name, known in (
        ("MD5", "md5"),
        ("SHA", "sha1"),
        ("SHA-256", "sha256"),
        ("SHA-512-256", "sha512_256"),
    )
    if known in hashlib.algorithms_available
}
"""By what servers call them, weakest first; ``SHA`` is of no standard, but of some servers."""

_MOST_NONCES = 100


class Digest:
    """
    Answers challenges, and counts how often it has used each server's nonce.

    :param make_cnonce: returns what no server can foresee.
    """

    def __init__(self, make_cnonce: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> None:
        self._make_cnonce = make_cnonce
        self._used: OrderedDict[str, int] = OrderedDict()

    @staticmethod
    def strength(challenge: Challenge) -> int:
        """
        Return which of a server's challenges to answer: that of the highest strength; 0 for none that can be.
        """
        asked = challenge.parameters
        if challenge.scheme != "digest" or "realm" not in asked or not asked.get("nonce"):
            return 0
        if "qop" in asked and "auth" not in _list(asked["qop"]):
            return 0
        algorithm = asked.get("algorithm", "MD5").upper().removesuffix("-SESS")
        return list(_HASHES).index(algorithm) + 1 if algorithm in _HASHES else 0

    def answer(self, challenge: Challenge, user: str, password: str, method: str, uri: str) -> str:
        """
        Return an ``Authorization`` header.

        :param challenge: of a strength over 0.
        :param uri: the path and query of the request, as they are sent.
        """
        asked = challenge.parameters
        algorithm = asked.get("algorithm", "MD5").upper()
        cnonce, count = self._make_cnonce(), self._count(asked["nonce"])

        def hashed(*parts: str) -> str:
            return hashlib.new(
                _HASHES[algorithm.removesuffix("-SESS")],
                ":".join(parts).encode("utf-8", "surrogateescape"),
                usedforsecurity=False,
            ).hexdigest()

        secret = hashed(user, challenge.realm, password)
        if algorithm.endswith("-SESS"):
            secret = hashed(secret, asked["nonce"], cnonce)
        middle = [asked["nonce"]]
        if "qop" in asked:
            middle += [f"{count:08x}", cnonce, "auth"]
        response = hashed(secret, *middle, hashed(method, uri))

        fields = [
            f"username={_quoted(user)}",
            f"realm={_quoted(challenge.realm)}",
            f"nonce={_quoted(asked['nonce'])}",
            f"uri={_quoted(uri)}",
            f'response="{response}"',
        ]
        if "algorithm" in asked:
            fields.append(f"algorithm={asked['algorithm']}")
        if "opaque" in asked:
            fields.append(f"opaque={_quoted(asked['opaque'])}")
        if "qop" in asked:
            fields += ["qop=auth", f"nc={count:08x}"]
        if "qop" in asked or algorithm.endswith("-SESS"):
            fields.append(f"cnonce={_quoted(cnonce)}")
        return "Digest " + ", ".join(fields)

    def _count(self, nonce: str) -> int:
        self._used[nonce] = self._used.get(nonce, 0) + 1
        self._used.move_to_end(nonce)
        if len(self._used) > _MOST_NONCES:
            self._used.popitem(last=False)
        return self._used[nonce]


def _list(text: str) -> list[str]:
    return [item.strip().lower() for item in text.split(",")]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
