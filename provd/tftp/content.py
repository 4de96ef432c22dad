"""
What is sent: a plugin's file object, read ahead in pieces and translated if the phone asked for text.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO

READ_AHEAD = 65536


class Content:
    """
    A binary file object as a stream of bytes that never falls short before its end.

    :param fobj: owned by this object from now on, and closed once.
    :param netascii: translate line ends for the wire (RFC 764): LF to CR LF, CR to CR NUL.
    :param copy: is given each piece as it is read, before it is translated.
    """

    __slots__ = ("_at", "_buffer", "_copy", "_ended", "_fobj", "_netascii")

    def __init__(
        self, fobj: IO[bytes], netascii: bool = False, copy: Callable[[bytes], object] | None = None
    ) -> None:
        self._fobj = fobj
        self._netascii = netascii
        self._copy = copy
        self._buffer = b""
        self._at = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """
        Return the next ``size`` bytes, fewer only at the end.

        :raises Exception: whatever the file object raises.
        """
        start, end = self._at, self._at + size
        if end > len(self._buffer) and not self._ended:
            self._read_ahead(size)
            start, end = 0, size
        self._at = min(end, len(self._buffer))
        return self._buffer[start:end]

    def _read_ahead(self, size: int) -> None:
        pieces = [self._buffer[self._at :]]
        length = len(pieces[0])
        while length < size:
            piece = self._fobj.read(READ_AHEAD)
            if not piece:
                self._ended = True
                break
            if self._copy is not None:
                self._copy(piece)
            if self._netascii:
                piece = _translated(piece)
            pieces.append(piece)
            length += len(piece)
        self._buffer = b"".join(pieces)

    def size(self) -> int | None:
        """
        Return the size in bytes as sent, or None if that would take reading it all.
        """
        if isinstance(self._fobj, io.BytesIO):
            rest = self._fobj.getbuffer()[self._fobj.tell() :]
            return len(_translated(bytes(rest))) if self._netascii else len(rest)
        if self._netascii:
            return None
        try:
            position = self._fobj.tell()
            end = self._fobj.seek(0, io.SEEK_END)
            self._fobj.seek(position)
        except (OSError, AttributeError, ValueError):
            return None
        return max(end - position, 0)

    def holds_descriptor(self) -> bool:
        """
        Tell whether a descriptor of the process stays open meanwhile.
        """
        try:
            return self._fobj.fileno() >= 0
        except (OSError, AttributeError, ValueError):
            return False

    def close(self) -> None:
        """
        Close the file object.
        """
        self._fobj.close()


def _translated(piece: bytes) -> bytes:
    return piece.replace(b"\r", b"\r\x00").replace(b"\n", b"\r\n")
