"""
What each setting of the command may be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from provd.logs import Secret

__all__ = ["CHECKS", "TIMEOUT", "read_token"]

TIMEOUT = 30.0
"""Seconds."""

_TOKEN = re.compile(r"[!-~]{1,4096}", re.ASCII)
_LONGEST_FILE = 8192


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("isn't a text")
    return value


def _url(value: Any, folder: Path) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_usable = is_usable and text.isprintable() and " " not in text
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ValueError("isn't a URL such as https://pbx.example/api/provd")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user or a password")
    if parts.query or parts.fragment:
        raise ValueError("must not hold a query")
    return text.rstrip("/").removesuffix("/0.2").rstrip("/")


def _token(value: Any, folder: Path) -> Secret:
    text = _text(value)
    if not _TOKEN.fullmatch(text):
        raise ValueError("holds what no token holds, such as a space")
    return Secret(text)


def _tenant(value: Any, folder: Path) -> str:
    return _text(value)


def _path(value: Any, folder: Path) -> Path:
    return folder / os.path.expanduser(_text(value))


def _flag(value: Any, folder: Path) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if not isinstance(value, bool):
        value = words.get(str(value).lower())
    if value is None:
        raise ValueError("is neither true nor false")
    return bool(value)


def _timeout(value: Any, folder: Path) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1
    if isinstance(value, bool) or not 0 < seconds <= 3600:
        raise ValueError("isn't a number of seconds up to 3600")
    return seconds


CHECKS: dict[str, Callable[[Any, Path], Any]] = {
    "url": _url,
    "token": _token,
    "token_file": _path,
    "tenant": _tenant,
    "cacert": _path,
    "insecure": _flag,
    "timeout": _timeout,
}
"""
By key: returns the value as it is used, relative paths below a folder; raises ``ValueError``, which never
quotes a value.
"""


def read_token(path: Path) -> Secret:
    """
    Return the token in a file.

    :raises ValueError: if it can't be read, or there is none in it.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(_LONGEST_FILE)
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror}") from None
    try:
        return _token(content.decode("ascii").strip(), path)
    except ValueError:
        raise ValueError("holds no token") from None
