"""
Local tokens of administrators and services: only their digests are kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from provd.errors import InvalidSettings, NotFound, StoreError
from provd.logs import Secret
from provd.model.acl import grants
from provd.store.atomic import write_durably

# A part of the digest, which says nothing of the token.
_ID_DIGITS = 16
# How exactly it is known when a token was used.
_USE_SECONDS = 60.0
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Token(NamedTuple):
    """
    What a token opens.

    :param acl: granted access strings.
    :param created, expires, last_used: seconds since the epoch; None never expires, or was never used.
    """

    name: str
    acl: tuple[str, ...]
    tenant: str
    created: float
    expires: float | None = None
    last_used: float | None = None

    def allows(self, required: str | None) -> bool:
        return grants(self.acl, required)


class Tokens:
    """
    The table of tokens, in a file that only the daemon reads.  Methods that block may be called in threads,
    several at once.

    :param now: seconds since the epoch.
    :raises InvalidSettings: if there is a file that isn't such a table.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now = now
        self._by_digest: dict[str, Token] = {}
        self._is_used = False
        self._lock = Lock()  # one change after the other
        try:
            table = json.loads(path.read_bytes())
            if not isinstance(table, dict):
                raise ValueError("it isn't a JSON object")
            self._by_digest = {digest: _read(digest, entry) for digest, entry in table.items()}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError) as error:
            raise InvalidSettings({"auth": f"the table of tokens {path} can't be read: {error}"}) from error

    def __len__(self) -> int:
        return len(self._by_digest)

    def create(
        self,
        name: str,
        acl: Sequence[str],
        tenant: str,
        expires: float | None = None,
        tell: Callable[[Secret], None] | None = None,
    ) -> Secret:
        """
        Make a new token and return its text, which is told once and never again.  Blocks.

        :param tell: called with the text before the token is good, so that none is that nobody was told.
        :raises StoreError: if it can't be written; then there is no such token.
        """
        text = secrets.token_urlsafe(32)
        if tell is not None:
            tell(Secret(text))
        token = Token(name, tuple(acl), tenant, self._now(), expires)
        with self._lock:
            self._save({**self._by_digest, _digest(text): token})
        return Secret(text)

    def find(self, text: str) -> Token | None:
        """
        Return what the token opens, or None if it opens nothing.

        Looked up by digest, so that the time it takes tells nothing of any token.
        """
        digest = _digest(text)
        table = self._by_digest  # another thread may put another one in its place, without this token
        token = table.get(digest)
        now = self._now()
        if token is None or (token.expires is not None and token.expires <= now):
            return None
        if token.last_used is None or now - token.last_used >= _USE_SECONDS:
            token = table[digest] = token._replace(last_used=now)
            self._is_used = True
        return token

    def listed(self) -> dict[str, Token]:
        """
        Return the tokens, those that have expired too, by ids that open nothing.
        """
        return {digest[:_ID_DIGITS]: token for digest, token in self._by_digest.items()}

    def revoke(self, token_id: str) -> None:
        """
        Remove a token.  Blocks.

        :raises NotFound: if there is none of that id.
        :raises StoreError: if it can't be written; then the token is good as before.
        """
        if not self._keep(lambda digest, token: digest[:_ID_DIGITS] != token_id):
            raise NotFound("token", token_id)

    def revoke_of(self, tenant: str) -> None:
        """
        Remove all tokens of a tenant.  Blocks; raises like :meth:`revoke`.
        """
        self._keep(lambda digest, token: token.tenant != tenant)

    def _keep(self, is_kept: Callable[[str, Token], bool]) -> bool:
        """
        Remove tokens; return whether there were any to remove.
        """
        with self._lock:
            left = {digest: token for digest, token in self._by_digest.items() if is_kept(digest, token)}
            is_less = len(left) != len(self._by_digest)
            if is_less:
                self._save(left)
            return is_less

    def save_use(self) -> None:
        """
        Write when tokens were used last, if that is news.  Blocks.

        :raises StoreError: if it can't be written.
        """
        with self._lock:
            if self._is_used:
                self._save(self._by_digest)

    def _save(self, tokens: dict[str, Token]) -> None:
        table: dict[str, Any] = {digest: token._asdict() for digest, token in tokens.items()}
        try:
            write_durably(self._path, json.dumps(table, indent=1).encode())
        except OSError as error:
            raise StoreError(f"the table of tokens can't be written: {error.strerror}") from error
        self._by_digest = tokens
        self._is_used = False


def id_of(text: Secret) -> str:
    """
    Return a token's id, as in :meth:`Tokens.listed`.
    """
    return _digest(text.reveal())[:_ID_DIGITS]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(digest: str, entry: Any) -> Token:
    """
    Return a token as its table has it.

    :raises ValueError: if it isn't one.
    """
    if not _DIGEST.fullmatch(digest):
        raise ValueError("a key isn't a SHA-256 digest")
    if not isinstance(entry, dict):
        raise ValueError(f"entry {digest[:8]} isn't an object")
    acl, expires = entry.get("acl"), entry.get("expires")
    mistakes = [key for key in ("name", "tenant") if not isinstance(entry.get(key), str)]
    if not isinstance(acl, list) or not all(isinstance(access, str) for access in acl):
        mistakes.append("acl")
    if not _is_time(entry.get("created")):
        mistakes.append("created")
    if expires is not None and not _is_time(expires):
        mistakes.append("expires")
    last_used = entry.get("last_used")
    if last_used is not None and not _is_time(last_used):
        mistakes.append("last_used")
    if mistakes or not isinstance(acl, list):
        raise ValueError(f"entry {digest[:8]} has no usable {', '.join(mistakes)}")
    return Token(entry["name"], tuple(acl), entry["tenant"], entry["created"], expires, last_used)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
