"""
Which blocks follow which acknowledgement (RFC 1350, 2347, 7440).
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from .wire import encode_data

_BLOCKS = 65536


class Verdict(enum.Enum):
    """
    What an acknowledgement means, when it doesn't call for new blocks.

    ``IGNORE``: repeated, old or from the future.  ``GAP``: something after the acknowledged block may be
    lost; :meth:`Sender.resume` tells what to send, and at most one call for each round trip is wise.
    ``DONE``: everything has arrived.
    """

    IGNORE = "ignore"
    GAP = "gap"
    DONE = "done"


class Sender:
    """
    Sends a file as numbered blocks, up to ``window`` of them before the next acknowledgement.  It ends
    with the first block that is shorter than the others, be it empty.  Numbers wrap from 65535 to 0.

    :param read: called with a number of bytes; returns fewer only at the end.
    :param block_size: payload bytes per block, 8 to 65464.
    :param window: blocks, 1 to 32767.
    :param option_ack: the datagram to be acknowledged (as block 0) before the first block is sent.
    """

    __slots__ = ("_acknowledged", "_begun", "_ended", "_read", "_read_bytes", "_size", "_window", "in_flight")

    def __init__(
        self, read: Callable[[int], bytes], block_size: int = 512, window: int = 1, option_ack: bytes = b""
    ) -> None:
        self._read = read
        self._size = block_size
        self._window = window
        self._begun = self._ended = False
        self._read_bytes = 0
        #: Datagrams sent and not acknowledged, oldest first.
        self.in_flight: list[bytes] = []
        if option_ack:
            self._acknowledged = _BLOCKS - 1
            self.in_flight.append(option_ack)
        else:
            self._acknowledged = 0
            self._fill()

    def acknowledged(self, block: int) -> list[bytes] | Verdict:
        """
        Return the datagrams to send now, or why there are none.

        With a window of one, a repeated acknowledgement never causes a resend: only the timer does, or
        every packet after it would travel twice (RFC 1123, 4.2.3.1).
        """
        blocks = (block - self._acknowledged) % _BLOCKS
        waiting = len(self.in_flight)
        if blocks == waiting:
            self._acknowledged = block
            self.in_flight = []
            if self._ended:
                return Verdict.DONE
            self._fill()
            return self.in_flight
        if blocks > waiting or self._window == 1 or not self._begun:
            return Verdict.IGNORE
        if blocks:
            self._acknowledged = block
            del self.in_flight[:blocks]
        return Verdict.GAP

    def resume(self) -> list[bytes]:
        """
        Return a full window, from the block after the acknowledged one (RFC 7440, 4).
        """
        self._fill()
        return self.in_flight

    @property
    def bytes_acknowledged(self) -> int:
        """
        Bytes of the file that have arrived.
        """
        if not self._read_bytes:
            return 0
        return self._read_bytes - sum(len(datagram) - 4 for datagram in self.in_flight)

    def _fill(self) -> None:
        self._begun = True
        in_flight, size = self.in_flight, self._size
        while len(in_flight) < self._window and not self._ended:
            payload = self._read(size)
            in_flight.append(encode_data((self._acknowledged + len(in_flight) + 1) % _BLOCKS, payload))
            self._read_bytes += len(payload)
            self._ended = len(payload) < size
