"""
Passwords in documents, which nobody wants on a screen that others see.
"""

from __future__ import annotations

import re
from typing import Any

from .failures import CommandFailed, Exit

__all__ = ["HIDDEN", "hidden", "hidden_value", "refuse_hidden"]

HIDDEN = "(hidden)"

_SECRET = re.compile(
    r"password|passwd|passphrase|passcode|secret|token|credential|(?:^|_)(?:pass|pin|psk)(?![a-z])"
    r"|(?:local|private|api|provisioning|shared)_?key|provisioning_?code",
    re.IGNORECASE,
)
# Without the scheme, which in a long text would be looked for from each character on.
_IN_URL = re.compile(r"://[^/\s]*@")


def hidden(document: Any) -> Any:
    """
    Return a document with its secrets hidden: what a key that says so holds, and credentials in URLs.
    """
    if isinstance(document, dict):
        return {key: hidden_value(key, value) for key, value in document.items()}
    if isinstance(document, list):
        return [hidden(item) for item in document]
    if isinstance(document, str):
        return _IN_URL.sub(f"://{HIDDEN}@", document)
    return document


def hidden_value(key: str, value: Any) -> Any:
    """
    Return the value that a key has, without what it may not show.

    :param key: the last part of a dotted name counts.
    """
    if not _SECRET.search(key.rpartition(".")[2]):
        return hidden(value)
    if value is None or value == "" or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {name: hidden_value(key, inner) for name, inner in value.items()}
    return HIDDEN


def refuse_hidden(document: Any, path: str = "") -> None:
    """
    Refuse a document that was printed with its secrets hidden: they would be overwritten.

    :raises CommandFailed: naming where.
    """
    if isinstance(document, dict):
        for key, value in document.items():
            refuse_hidden(value, f"{path}.{key}" if path else str(key))
    elif isinstance(document, list):
        for number, item in enumerate(document):
            refuse_hidden(item, f"{path}.{number}")
    elif isinstance(document, str) and HIDDEN in document:
        raise CommandFailed(f"{path} is {document}: print it with --show-secrets or --json", Exit.USAGE)
