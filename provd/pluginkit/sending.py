"""
Sending a file that is too large to be held in memory, at the pace of the one who takes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

_AT_ONCE = 1 << 16


@implementer(IPushProducer)
class FileSender:
    """
    Writes pieces of an open file as the answer to a request, and ends it.

    A file that turns out shorter than was announced ends the connection: the phone could not tell otherwise
    that something is missing, and would take the next answer for the rest of this one.

    :param descriptor: of the file; closed at the end, whichever it is.
    :param pieces: the bytes to send, or the offsets of the file to send from.
    """

    def __init__(self, request: Any, descriptor: int, pieces: Iterable[bytes | range]) -> None:
        self._request = request
        self._descriptor: int | None = descriptor
        self._pieces = iter(pieces)
        self._left = range(0)
        self._paused = False

    def start(self) -> None:
        """
        Begin; the headers are set.
        """
        self._request.registerProducer(self, True)
        self.resumeProducing()

    def pauseProducing(self) -> None:
        self._paused = True

    def stopProducing(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def resumeProducing(self) -> None:
        self._paused = False
        while not self._paused and self._descriptor is not None:
            piece = next(self._pieces, None) if not self._left else self._read(self._descriptor)
            if piece is None:
                self._end()
                self._request.finish()
            elif isinstance(piece, range):
                self._left = piece
            elif piece:
                self._request.write(piece)
            else:
                self._end()
                self._request.channel.loseConnection()

    def _read(self, descriptor: int) -> bytes:
        try:
            content = os.pread(descriptor, min(len(self._left), _AT_ONCE), self._left.start)
        except OSError:
            return b""
        self._left = self._left[len(content) :]
        return content

    def _end(self) -> None:
        self.stopProducing()
        self._request.unregisterProducer()
