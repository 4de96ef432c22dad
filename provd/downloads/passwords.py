"""
Whom to be to which server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from provd.logs import Secret

from .urls import PORTS

__all__ = ["Passwords"]


class Passwords:
    """
    User names and passwords, by realm and by the places where they hold.

    The rules are those of ``urllib``'s password managers, which plugins were written for, but for one: what
    is meant for ``https`` isn't shown over ``http``, where everybody can read it.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, _Place], tuple[str, Secret]] = {}

    def add(
        self, realm: str | None, uri: str | Sequence[str], user: str | None, password: str | None
    ) -> None:
        """
        Remember a user and password; None for either forgets them.  May be called in any thread.

        :param realm: None for any.
        :param uri: URL, or ``host[:port]``, below which they hold, or several of them.
        :raises ValueError: if that is no URL.
        """
        for one in [uri] if isinstance(uri, str) else uri:
            key = (realm, _place(one))
            if user is None or password is None:
                self._known.pop(key, None)
            else:
                self._known[key] = (user, Secret(password))

    def find(self, realm: str | None, url: str) -> tuple[str, Secret] | None:
        """
        Return the user and password for a URL, None if there are none.

        Those of the realm come before those of any realm, then those of the longest path.
        """
        wanted = _place(url)
        best = None
        for (its_realm, place), identity in list(self._known.items()):
            if its_realm in (realm, None) and place.holds(wanted):
                rank = (its_realm is not None, len(place.path))
                if best is None or rank > best[0]:
                    best = (rank, identity)
        return None if best is None else best[1]


@dataclass(frozen=True)
class _Place:
    """
    What lies below a URL.

    :ivar scheme: None for any.
    :ivar port: None for that of the scheme.
    """

    scheme: str | None
    host: str
    port: int | None
    path: str

    def holds(self, other: _Place) -> bool:
        if self.host != other.host or (self.scheme == "https" and other.scheme != "https"):
            return False
        usual = PORTS.get(other.scheme or "")
        # ``http://host`` holds for ``https://host``, as ever: only a port that was named must be the same.
        if (self.port or usual) != (other.port or usual):
            return False
        folder = self.path if self.path.endswith("/") else f"{self.path}/"
        return other.path == self.path or other.path.startswith(folder)


def _place(uri: str) -> _Place:
    parts = urlsplit(uri if "://" in uri else f"//{uri}")
    scheme = parts.scheme.lower() or None
    port = parts.port
    return _Place(scheme, (parts.hostname or "").rstrip("."), port, parts.path or "/")
