"""
Local tokens of administrators and services: only their digests are kept.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.model.acl import grants
from provd.store.atomic import write_durably


class Token(NamedTuple):
    """
    What a token opens.

    :param acl: granted access strings.
    :param created, expires: seconds since the epoch; None never expires.
    """

    name: str
    acl: tuple[str, ...]
    tenant: str
    created: float
    expires: float | None = None

    def allows(self, required: str | None) -> bool:
        return grants(self.acl, required)


class Tokens:
    """
    The table of tokens, in a file that only the daemon reads.

    :raises InvalidSettings: if there is a file that isn't such a table.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_digest: dict[str, Token] = {}
        try:
            for digest, entry in json.loads(path.read_bytes()).items():
                self._by_digest[digest] = Token(**{**entry, "acl": tuple(entry["acl"])})
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise InvalidSettings({"auth": f"the table of tokens {path} can't be read: {error}"}) from error

    def __len__(self) -> int:
        return len(self._by_digest)

    def create(self, name: str, acl: Sequence[str], tenant: str, expires: float | None = None) -> Secret:
        """
        Make a new token and return its text, which is told once and never again.  Blocks.
        """
        text = secrets.token_urlsafe(32)
        self._by_digest[_digest(text)] = Token(name, tuple(acl), tenant, time.time(), expires)
        self._save()
        return Secret(text)

    def find(self, text: str) -> Token | None:
        """
        Return what the token opens, or None if it opens nothing.

        Looked up by digest, so that the time it takes tells nothing of any token.
        """
        token = self._by_digest.get(_digest(text))
        if token is None or (token.expires is not None and token.expires <= time.time()):
            return None
        return token

    def _save(self) -> None:
        table: dict[str, Any] = {digest: token._asdict() for digest, token in self._by_digest.items()}
        write_durably(self._path, json.dumps(table, indent=1).encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
