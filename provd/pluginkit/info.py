"""
``plugin-info``: what a plugin says of itself, as JSON beside its ``entry.py``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

__all__ = ["INFO_FILE", "json_object", "parse_plugin_info", "read_plugin_info"]

INFO_FILE = "plugin-info"

_MANDATORY: dict[str, tuple[type, str]] = {
    "version": (str, "text"),
    "description": (str, "text"),
    "capabilities": (dict, "an object"),
}


def parse_plugin_info(data: bytes) -> dict[str, Any]:
    """
    Return the content of a ``plugin-info``, unknown keys and all.

    :param data: a JSON object in UTF-8, with at least ``version`` (text), ``description`` (text) and
        ``capabilities`` (object).
    :raises ValueError: naming all that is wrong.
    """
    info = json_object(data, INFO_FILE)
    mistakes = [
        f"{key} {'is missing' if key not in info else f'must be {noun}'}"
        for key, (kind, noun) in _MANDATORY.items()
        if not isinstance(info.get(key), kind)
    ]
    if mistakes:
        raise ValueError(f"{INFO_FILE}: {', '.join(mistakes)}")
    return info


def json_object(data: bytes, name: str) -> dict[str, Any]:
    """
    Return a JSON object in UTF-8.

    :param name: of the file that it is in, for the message.
    :raises ValueError: if it isn't one.
    """
    try:
        content = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} isn't JSON in UTF-8: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{name} isn't a JSON object")
    return content


def read_plugin_info(plugin_dir: str | os.PathLike[str]) -> dict[str, Any]:
    """
    Return the content of the ``plugin-info`` of a plugin's folder.

    :raises ValueError: if it can't be read or isn't as :func:`parse_plugin_info` wants it.
    """
    try:
        data = Path(plugin_dir, INFO_FILE).read_bytes()
    except OSError as error:
        raise ValueError(f"{INFO_FILE} can't be read: {error.strerror}") from error
    return parse_plugin_info(data)
