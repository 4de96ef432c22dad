"""
Which options a read request asks for, and which of them are granted (RFC 2348, 2349, 7440).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .wire import Options

DEFAULT_BLOCK_SIZE = 512
MIN_BLOCK_SIZE, MAX_BLOCK_SIZE = 8, 65464
MAX_WINDOW = 64
#: Bytes on their way to one phone; a longer window is granted shorter.
MAX_IN_FLIGHT = 65536

_MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """
    How a file is sent.

    :param window: blocks per acknowledgement.
    :param timeout: seconds before blocks are sent again, if the phone set it.
    :param granted: what to confirm to the phone, names spelled as it did; empty: no confirmation.
    """

    block_size: int = DEFAULT_BLOCK_SIZE
    window: int = 1
    timeout: int | None = None
    granted: Options = ()


def number(value: bytes) -> int | None:
    """
    Return the value of an option, or None if it isn't a plain decimal number.
    """
    if value.isdigit() and len(value) <= _MAX_DIGITS:
        return int(value)
    return None


def negotiate(asked: Options, size: Callable[[], int | None]) -> Terms:
    """
    Return the terms of a transfer.  Unknown options and senseless values are passed over, as though they
    had not been sent; too large ones are granted smaller.

    :param size: tells the size of the file in bytes as it will be sent; called if the phone asks for it.
    """
    values: dict[bytes, tuple[bytes, int]] = {}
    for name, text in asked:
        value = number(text)
        if value is not None:
            values.setdefault(name.lower(), (name, value))

    granted: dict[bytes, int] = {}
    block_size, window, timeout = DEFAULT_BLOCK_SIZE, 1, None
    if values.get(b"blksize", (b"", 0))[1] >= MIN_BLOCK_SIZE:
        granted[b"blksize"] = block_size = min(values[b"blksize"][1], MAX_BLOCK_SIZE)
    if values.get(b"windowsize", (b"", 0))[1] >= 1:
        fitting = max(1, min(MAX_WINDOW, MAX_IN_FLIGHT // block_size))
        granted[b"windowsize"] = window = min(values[b"windowsize"][1], fitting)
    if 1 <= values.get(b"timeout", (b"", 0))[1] <= 255:
        granted[b"timeout"] = timeout = values[b"timeout"][1]
    if b"tsize" in values and (total := size()):  # not 0: curl 7.88 takes that for an error
        granted[b"tsize"] = total
    confirmed = tuple(
        (name, str(granted[key]).encode()) for key, (name, _) in values.items() if key in granted
    )
    return Terms(block_size, window, timeout, confirmed)
