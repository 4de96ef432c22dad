"""
One read request, from its arrival to the end of its transfer.
"""

from __future__ import annotations

import contextlib
import enum
import errno
from collections.abc import Callable
from threading import get_ident
from typing import IO, TYPE_CHECKING, Any

from twisted.python.failure import Failure

from .content import Content
from .limits import FIRST_PACKET, UNPROVEN_SECONDS, Source
from .listener import Listener
from .options import negotiate
from .protocol import Transfer
from .requests import Response, as_plugins_see_it
from .roundtrip import Patience
from .sockets import Caller, transfer_socket
from .transfer import Sender
from .wire import ERR_UNDEF, OptionAck, Request, error_datagram

if TYPE_CHECKING:
    from .server import Server

#: Without an answer of the root service for so many seconds, a request is forgotten.
ANSWER_SECONDS = 30.0

TOO_MANY = "too many transfers"
_NO_DESCRIPTOR = frozenset([errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRINUSE])


class Stage(enum.Enum):
    """
    ``HELD`` until its address is proven, ``ASKED`` of the root service, ``SENDING``, ``OVER``.
    """

    HELD = "held"
    ASKED = "asked"
    SENDING = "sending"
    OVER = "over"


class Exchange:
    """
    A request that is within the limits, and what becomes of it.

    :param datagram: the request as it came, to know it when it comes again.
    :param source: what is known of the caller's address.
    """

    def __init__(
        self,
        server: Server,
        request: Request,
        datagram: bytes,
        caller: Caller,
        listener: Listener,
        source: Source,
    ) -> None:
        self._server = server
        self._request = request
        self._datagram = datagram
        self._listener = listener
        self._content: Content | None = None
        self._sender: Sender | None = None
        self._transfer: Transfer | None = None
        self._descriptors = 0
        self._reserved = 0
        self._thread = get_ident()
        self.caller = caller
        self.source = source
        self.response = Response(self)
        self.stage = Stage.HELD
        self._since = server.now()
        #: When to forget it, if nothing has been sent by then (reactor time).
        self.deadline = self._since + UNPROVEN_SECONDS

    def repeated_by(self, datagram: bytes) -> bool:
        """
        Tell whether the datagram is this request, sent again by a phone that waits for the first packet.
        """
        return datagram == self._datagram and not (self._transfer is not None and self._transfer.proven)

    def ask(self) -> None:
        """
        Hand the request to the root service.
        """
        if not self._take_descriptor():
            self._refuse(ERR_UNDEF, TOO_MANY)
            return
        self.stage = Stage.ASKED
        self.deadline = self._server.now() + ANSWER_SECONDS
        self._reserve(FIRST_PACKET)
        try:
            self._server.root.handle_read_request(
                as_plugins_see_it(self._request, self.caller), self.response
            )
        except Exception:
            self._server.failed("answering a TFTP request", Failure())
            if not self.response.answered:
                self.response.reject(ERR_UNDEF, "server error")

    def accepted(self, fobj: IO[bytes]) -> None:
        """
        Begin to send the file, unless the answer comes too late.
        """
        if self._handed_over(self.accepted, fobj):
            return
        content = Content(fobj, self._request.mode == b"netascii", self.response.copy)
        if self.stage is not Stage.ASKED:
            self._close(content)
            return
        self._content = content
        if content.holds_descriptor() and not self._take_descriptor():
            self._refuse(ERR_UNDEF, TOO_MANY)
            return
        try:
            self._begin(content)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _NO_DESCRIPTOR:
                self._refuse(ERR_UNDEF, TOO_MANY)
            else:
                self._failed("starting to send a file over TFTP", Failure())
                self._refuse(ERR_UNDEF, "the file can't be read")

    def _begin(self, content: Content) -> None:
        terms = negotiate(self._request.options, content.size)
        confirmation = OptionAck(terms.granted).encode() if terms.granted else b""
        self._sender = Sender(content.read, terms.block_size, terms.window, confirmation)
        sending = transfer_socket(self.caller)
        with contextlib.ExitStack() as undo:
            undo.callback(sending.close)
            transfer = Transfer(
                sending,
                self.caller.sockaddr,
                self._sender,
                Patience(terms.timeout),
                self.source,
                self._first_acknowledged,
                self._transfer_ended,
                self._server.counts,
            )
            self._server.transfers.add(transfer)
            undo.pop_all()
        self._transfer = transfer
        self.stage = Stage.SENDING
        self._reserve(0)
        self.response.started("ok")
        transfer.start(self._server.now())

    def rejected(self, errcode: bytes, errmsg: str | bytes) -> None:
        """
        Send the service's refusal, unless it comes too late.
        """
        if self._handed_over(self.rejected, errcode, errmsg):
            return
        if self.stage is Stage.ASKED:
            self._refuse(errcode, errmsg, len(self._datagram))

    def ignored(self) -> None:
        """
        Send nothing.
        """
        if not self._handed_over(self.drop):
            self.drop()

    def _handed_over(self, function: Callable[..., None], *arguments: Any) -> bool:
        """
        Have a function called in the reactor's thread, to which sockets and timers belong, if the answer
        comes from a thread of the plugin's own.
        """
        if get_ident() == self._thread:
            return False
        self._server.call_from_thread(function, *arguments)
        return True

    def drop(self) -> None:
        """
        Forget the request, or end its transfer, without a word: the phone isn't waiting for it.
        """
        if self._transfer is not None:
            self._transfer.end(False)
        else:
            self._over("ignored", False)

    def _first_acknowledged(self) -> None:
        self.source.acknowledging += 1
        self._server.proved(self)

    def _transfer_ended(self, ok: bool, failure: Failure | None) -> None:
        assert self._transfer is not None
        self._server.transfers.remove(self._transfer)
        if ok:
            self._server.counts.completed += 1
        else:
            self._server.counts.failed += 1
        if failure is not None:
            self._failed("reading a file to send over TFTP", failure)
        if self._transfer.proven:
            self.source.acknowledging -= 1
            self._server.proved(self)
        self._over("ok", ok)

    def _refuse(self, code: bytes, text: str | bytes, asked: int = 0) -> None:
        datagram = error_datagram(code, text)
        self._server.refuse(datagram, self.caller, self._listener, self.source, asked)
        self._over(int.from_bytes(datagram[2:4], "big"), False)

    def _over(self, status: str | int, ok: bool) -> None:
        if self.stage is Stage.OVER:
            return
        self.stage = Stage.OVER
        self._reserve(0)
        self._server.descriptors -= self._descriptors
        self._descriptors = 0
        if self._content is not None:
            self._close(self._content)
        self._server.over(self)
        self.response.started(status)
        sent = self._sender.bytes_acknowledged if self._sender is not None else 0
        self.response.ended(sent, self._server.now() - self._since, ok)

    def _take_descriptor(self) -> bool:
        if not self._server.has_descriptor(self.source):
            return False
        self._server.descriptors += 1
        self._descriptors += 1
        return True

    def _reserve(self, size: int) -> None:
        """
        Keep bytes of an unproven address's allowance for the first packet, until it is sent or won't be.
        """
        self.source.reserved += size - self._reserved
        self._reserved = size

    def _close(self, content: Content) -> None:
        try:
            content.close()
        except Exception:
            self._failed("closing a file sent over TFTP", Failure())

    def _failed(self, what: str, failure: Failure) -> None:
        if self.response.blame is None:
            self._server.failed(what, failure)
        elif failure.value is not None:
            self.response.blame(failure.value)
