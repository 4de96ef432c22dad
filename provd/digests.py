"""
Digests of files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

__all__ = ["hexdigests"]

_BLOCK = 256 * 1024


def hexdigests(file: BinaryIO, names: Iterable[str]) -> dict[str, str]:
    """
    Return digests of the rest of a file in lower-case hexadecimal, by the names that they have in
    ``hashlib``; it is read once.  Blocks.

    :raises ValueError: if there is no digest of that name.
    :raises OSError: if the file can't be read.
    """
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in names}
    while block := file.read(_BLOCK):
        for digest in hashes.values():
            digest.update(block)
    return {name: digest.hexdigest() for name, digest in hashes.items()}
