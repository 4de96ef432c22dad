"""
Parts of a file, as a ``Range`` header asks for them (RFC 9110, 14).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

#: A header that asks for more parts than this is ignored, and so is one that asks for bytes twice: with a few
#: kilobytes of it a stranger would have a large file sent a thousand times (RFC 9110, 17.15).
MOST_PARTS = 16

_BYTES = re.compile(rb"bytes[ \t]*=(.*)", re.IGNORECASE | re.DOTALL)
_PART = re.compile(rb"(\d{0,18})-(\d{0,18})")


def parts_asked(header: bytes, size: int) -> list[range] | None:
    """
    Return the offsets of each part; an empty list if the file has none of them.

    :param header: the value of ``Range``.
    :param size: of the file, in bytes.
    :returns: None if the header is to be ignored, for it isn't one or asks too much.
    """
    match = _BYTES.fullmatch(header)
    if match is None:
        return None
    given = [part for part in (part.strip(b" \t") for part in match[1].split(b",")) if part]
    if not 0 < len(given) <= MOST_PARTS:
        return None
    parts = []
    for text in given:
        part = _part(text, size)
        if part is None:
            return None
        if part:
            parts.append(part)
    return parts if sum(map(len, parts)) <= size else None


def _part(text: bytes, size: int) -> range | None:
    match = _PART.fullmatch(text)
    if match is None or text == b"-":
        return None
    first, last = match.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if not last:
        return range(int(first), size)
    return range(int(first), min(int(last) + 1, size)) if int(first) <= int(last) else None


def content_range(part: range, size: int) -> bytes:
    """
    Return the value of ``Content-Range`` for a part that isn't empty.
    """
    return b"bytes %d-%d/%d" % (part.start, part.stop - 1, size)


def multipart(
    parts: Sequence[range], size: int, content_type: bytes
) -> tuple[bytes, list[bytes | range], int]:
    """
    Return how several parts are sent at once: the content type of the whole, its pieces (the bytes to send or
    the offsets of the file to send from), and its length.
    """
    boundary = secrets.token_hex(16).encode()
    pieces: list[bytes | range] = []
    for part in parts:
        head = (boundary, content_type, content_range(part, size))
        pieces += [b"\r\n--%b\r\nContent-Type: %b\r\nContent-Range: %b\r\n\r\n" % head, part]
    pieces.append(b"\r\n--%b--\r\n" % boundary)
    return b"multipart/byteranges; boundary=" + boundary, pieces, sum(map(len, pieces))
