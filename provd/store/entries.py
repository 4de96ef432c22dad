"""
A document as it is held in memory: one text, its position among all documents before its JSON.

Texts cost a third of what dictionaries do and give the garbage collector nothing to visit.  The position
rises with every insertion; being of fixed width, entries compare by it as they are.
"""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 12  # digits


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} isn't JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
_encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def dumped(document: dict[str, Any]) -> str:
    """
    Return a document as compact JSON in ASCII, which keeps any text, lone surrogates included.

    :raises ValueError: if it isn't JSON-able; the message never shows its content.
    """
    try:
        return _encoder.encode(document)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"isn't JSON-able ({type(error).__name__})") from None


def loaded(content: bytes) -> tuple[str, dict[str, Any]]:
    """
    Return what a disk holds of a document as text and as an object.

    :raises ValueError: with the reason, if it isn't one JSON object in UTF-8.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise ValueError("is empty")
    try:
        text = content.decode().removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        raise ValueError("isn't UTF-8") from None
    try:
        document = _decoder.decode(text)
    except (ValueError, RecursionError):
        raise ValueError("isn't valid JSON") from None
    if not isinstance(document, dict):
        raise ValueError("isn't an object")
    return text, document


def packed(position: int, text: str) -> str:
    """
    Return the entry of a document.
    """
    return f"{position:0{_WIDTH}}{text}"


def position_of(entry: str) -> int:
    """
    Return the position that the entry was packed with.
    """
    return int(entry[:_WIDTH])


def text_of(entry: str) -> str:
    """
    Return the JSON of an entry.
    """
    return entry[_WIDTH:]


def document_of(entry: str) -> dict[str, Any]:
    """
    Return a fresh copy of the document.
    """
    document: dict[str, Any] = _decoder.raw_decode(entry, _WIDTH)[0]
    return document
