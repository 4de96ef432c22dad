"""
Values as people read them: in a cell of a table, as YAML, as JSON.  Whatever a phone has sent along, nothing
but printable characters and line ends comes out.
"""

from __future__ import annotations

import json
from typing import Any

from provd.oneline import one_line

__all__ = ["as_json", "as_yaml", "cell", "size"]


def cell(value: Any) -> str:
    """
    Return a value on one line; ``-`` stands for none.
    """
    if value is None or value == "" or value == [] or value == {}:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return one_line(", ".join(value)) or "-"
    return one_line(json.dumps(value, ensure_ascii=False))


def as_json(value: Any, indent: int | None = 2) -> str:
    """
    Return a value as JSON, in which a terminal finds no commands.
    """
    return _escaped(json.dumps(value, ensure_ascii=False, indent=indent), _json_escape)


def as_yaml(document: Any) -> str:
    """
    Return a document as YAML, which ``--file`` reads again.
    """
    from .yamlfiles import format_yaml

    return _escaped(format_yaml(document), _yaml_escape)


def _escaped(text: str, escape: Any) -> str:
    if text.replace("\n", "").isprintable():
        return text
    return "".join(char if char == "\n" or char.isprintable() else escape(char) for char in text)


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def _yaml_escape(char: str) -> str:
    return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def size(document: Any) -> str | None:
    """
    Return the ``dsize`` of a package as people read it, None if it isn't known.
    """
    from rich.filesize import decimal

    found = document.get("dsize")
    return decimal(found) if isinstance(found, int) and found else None
