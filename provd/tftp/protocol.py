"""
One transfer: its socket, timer and peer.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from twisted.logger import Logger
from twisted.python.failure import Failure

from .counts import Counts
from .limits import UNPROVEN_BYTES, UNPROVEN_SECONDS, Source
from .roundtrip import Patience
from .sockets import TRANSIENT, SocketAddress
from .transfer import Sender, Verdict
from .wire import (
    ERR_UNDEF,
    ERR_UNKNWN_TID,
    Error,
    MalformedPacket,
    acknowledged_block,
    decode,
    error_datagram,
)

#: Without an acknowledgement for so many seconds, a transfer is given up.
SILENCE = 20.0

_LONGEST_ACK = 512
_MAX_STRANGERS = 20


class Transfer:
    """
    One file on its way to one phone.

    :param sending: a socket of its own, not connected; closed at the end.
    :param source: the phone's address; what is sent before it acknowledges is counted there.
    :param acknowledged: called at the first acknowledgement.
    :param ended: called at the end, the socket still open: whether the phone acknowledged everything, and
        the failure if the file could not be read.
    :param counts: where packets that are sent again are counted.
    """

    __slots__ = (
        "_acknowledged",
        "_counts",
        "_ended",
        "_heard",
        "_patience",
        "_peer",
        "_repeated",
        "_resume_after",
        "_sender",
        "_sending",
        "_source",
        "_strangers",
        "_unproven_bytes",
        "began",
        "closed",
        "deadline",
        "proven",
    )
    _log = Logger()

    def __init__(
        self,
        sending: socket.socket,
        peer: SocketAddress,
        sender: Sender,
        patience: Patience,
        source: Source,
        acknowledged: Callable[[], None],
        ended: Callable[[bool, Failure | None], None],
        counts: Counts,
    ) -> None:
        self._sending = sending
        self._peer = peer
        self._sender = sender
        self._patience = patience
        self._source = source
        self._acknowledged = acknowledged
        self._ended = ended
        self._counts = counts
        self._strangers = 0
        self._unproven_bytes = 0
        self._repeated = False
        self._resume_after = 0.0
        self._heard = 0.0
        #: When the first packet was sent, and when to look after this transfer next (reactor time).
        self.began = self.deadline = 0.0
        #: Whether the phone has acknowledged anything.
        self.proven = False
        self.closed = False

    def fileno(self) -> int:
        """
        Return the descriptor to watch.
        """
        return self._sending.fileno()

    def start(self, now: float) -> None:
        """
        Send the first packet.
        """
        self.began = self._heard = now
        self._send_unproven(now)
        self.deadline = now + self._patience.wait

    def readable(self, now: float) -> None:
        """
        Take one datagram from the socket.
        """
        try:
            datagram, peer = self._sending.recvfrom(_LONGEST_ACK)
        except OSError:
            return
        if peer != self._peer:
            self._answer_stranger(peer)
            return
        block = acknowledged_block(datagram)
        if block is None:
            self._end_on_error(datagram)
            return
        try:
            outcome = self._sender.acknowledged(block)
            if isinstance(outcome, list):
                if not self._repeated:
                    self._patience.measured(now - self._heard)
                self._heard = now
                self._repeated = False
                if not self.proven:
                    self._prove()
                self.deadline = now + self._patience.wait
                self._send(outcome)
            elif outcome is Verdict.DONE:
                if not self.proven:
                    self._prove()
                self.end(True)
            elif outcome is Verdict.GAP:
                self._fill_gap(now)
        except Exception:
            self.end(False, "the file can't be read", Failure())

    def expired(self, now: float) -> None:
        """
        Send again, or give up; called when the deadline has passed.
        """
        if self.proven:
            if now - self._heard >= SILENCE:
                self.end(False)
                return
            self._repeated = True
            self._counts.retransmissions += len(self._sender.in_flight)
            self._send(self._sender.in_flight)
            self._patience.expired()
            self.deadline = now + self._patience.wait
        else:
            if now - self.began >= UNPROVEN_SECONDS:
                self.end(False)
                return
            self._repeated = True
            self._counts.retransmissions += 1
            self._send_unproven(now)
            self._patience.expired()
            self.deadline = min(now + self._patience.wait, self.began + UNPROVEN_SECONDS)

    def end(self, ok: bool, error: str = "", failure: Failure | None = None) -> None:
        """
        Let go of the socket.

        :param error: what to tell the phone; empty: nothing.
        """
        if self.closed:
            return
        if error:
            self._send([error_datagram(ERR_UNDEF, error)])
        self.closed = True
        self._ended(ok, failure)
        self._sending.close()

    def _prove(self) -> None:
        self.proven = True
        self._acknowledged()

    def _fill_gap(self, now: float) -> None:
        """
        Send what may be lost, once for each round trip: a phone that acknowledges every block of a window
        would otherwise multiply them.
        """
        if not self.proven:
            self._prove()
        self._heard = now
        if now >= self._resume_after:
            self._resume_after = now + self._patience.smoothed
            self._repeated = True
            lost = self._sender.resume()
            self._counts.retransmissions += len(lost)
            self._send(lost)
        self.deadline = now + self._patience.wait

    def _send_unproven(self, now: float) -> None:
        """
        Send the first packet, as long as that may be done to a stranger.
        """
        size = sum(map(len, self._sender.in_flight))
        if self._unproven_bytes + size <= UNPROVEN_BYTES and self._source.spend(size, now):
            self._unproven_bytes += size
            self._send(self._sender.in_flight)

    def _send(self, datagrams: list[bytes]) -> None:
        sendto, peer = self._sending.sendto, self._peer
        try:
            for datagram in datagrams:
                sendto(datagram, peer)
        except OSError as error:
            if error.errno not in TRANSIENT:
                self._log.debug("TFTP to {peer}: {error}", peer=self._peer, error=error)
                self.end(False)

    def _answer_stranger(self, peer: SocketAddress) -> None:
        """
        RFC 1350, 4: error 5, and the transfer goes on.
        """
        self._strangers += 1
        if self._strangers <= _MAX_STRANGERS:
            try:
                self._sending.sendto(error_datagram(ERR_UNKNWN_TID, "unknown transfer ID"), peer)
            except OSError as error:
                self._log.debug("TFTP to {peer}: {error}", peer=peer, error=error)

    def _end_on_error(self, datagram: bytes) -> None:
        try:
            packet = decode(datagram)
        except MalformedPacket:
            return
        if isinstance(packet, Error):
            self.end(False)
