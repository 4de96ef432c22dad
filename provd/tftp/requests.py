"""
A read request as plugins see it, and how they answer it (plugin-api, section 11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, Protocol, TypedDict

from twisted.logger import Logger

from . import options
from .sockets import Caller
from .wire import Request

Status = str | int
"""``"ok"``, the number of the error packet, or ``"ignored"``: nothing was sent."""


class Packet(TypedDict):
    """
    The request itself.

    ``filename`` is as sent, ``mode`` lower case.  ``options`` has lower-case names; ``blksize`` is an int,
    and missing if it wasn't a number, the other values are bytes as sent.
    """

    opcode: bytes
    filename: bytes
    mode: bytes
    options: dict[bytes, Any]


class TFTPRequest(TypedDict):
    """
    A request and where it came from.

    ``address`` is the IP address as text, an IPv4 peer always as a dotted quad, and the port;
    ``local_address`` the address of this machine that was asked, or None if unknown.  ``prov_dev`` is set
    when the phone is identified.
    """

    address: tuple[str, int]
    local_address: str | None
    packet: Packet
    prov_dev: Any


class ReadService(Protocol):
    """
    What the server, or whoever routes its requests, hands a request to.
    """

    def handle_read_request(self, request: TFTPRequest, response: Response) -> None:
        """
        Answer the request through ``response``, now or later; never answering equals ``ignore()``.
        """


class Answers(Protocol):
    """
    Who carries out what a service answers.
    """

    def accepted(self, fobj: IO[bytes]) -> None:
        """
        Send the file.
        """

    def rejected(self, errcode: bytes, errmsg: str | bytes) -> None:
        """
        Send an error packet.
        """

    def ignored(self) -> None:
        """
        Send nothing.
        """


class Response:
    """
    A service's answer: one of :meth:`accept`, :meth:`reject`, :meth:`ignore`, once, from any thread.

    Whoever routes requests may ask to be told what became of it.  An exception of such a callback is logged
    and does no harm; one that is added too late is called at once.
    """

    _log = Logger()

    blame: Callable[[BaseException], object] | None = None
    """Who is told of an error in reading the file, if it's a plugin's; may be set."""

    copy: Callable[[bytes], object] | None = None
    """Is given each piece of the file as it is read; may be set before there is an answer."""

    served_path: str | None = None
    """The file that is sent, if it is one of a folder."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._answered = False
        self._first: list[Callable[[Status], object]] = []
        self._end: list[Callable[[int, float, bool], object]] = []
        self._status: Status | None = None
        self._outcome: tuple[int, float, bool] | None = None

    @property
    def answered(self) -> bool:
        """
        Whether a service has answered.
        """
        return self._answered

    def accept(self, fobj: IO[bytes]) -> None:
        """
        Send the content of a binary file object, read with ``read(n)`` and closed once by the server.

        :raises ValueError: if there is an answer already; the file object then remains the caller's.
        """
        self._answer_once()
        self._answers.accepted(fobj)

    def reject(self, errcode: bytes, errmsg: str | bytes) -> None:
        """
        Send an error packet.

        :param errcode: one of the two-byte ``ERR_`` constants.
        :raises ValueError: if there is an answer already.
        """
        self._answer_once()
        self._answers.rejected(errcode, errmsg)

    def ignore(self) -> None:
        """
        Send nothing.

        :raises ValueError: if there is an answer already.
        """
        self._answer_once()
        self._answers.ignored()

    def on_first(self, callback: Callable[[Status], object]) -> None:
        """
        Call ``callback(status)`` once, when the first packet is sent or it is clear that none will be: the
        service ignored the request, nobody answered in time, the phone asked anew, the server stops.

        :param callback: its argument is ``"ok"``, an error number, or ``"ignored"``.
        """
        if self._status is None:
            self._first.append(callback)
        else:
            self._tell(callback, self._status)

    def on_end(self, callback: Callable[[int, float, bool], object]) -> None:
        """
        Call ``callback(bytes_sent, seconds, ok)`` once, after ``on_first``, when all is over.

        :param callback: it gets the bytes of the file that the phone acknowledged, the time since the
            request came, and whether the phone acknowledged the last block.  Refused and ignored requests
            end with ``(0, seconds, False)``.
        """
        if self._outcome is None:
            self._end.append(callback)
        else:
            self._tell(callback, *self._outcome)

    def started(self, status: Status) -> None:
        """
        For the server: what the first packet says.
        """
        if self._status is None:
            self._status = status
            callbacks, self._first = self._first, []
            for callback in callbacks:
                self._tell(callback, status)

    def ended(self, bytes_sent: int, seconds: float, ok: bool) -> None:
        """
        For the server: nothing more will be sent.
        """
        if self._outcome is None:
            self._outcome = (bytes_sent, seconds, ok)
            callbacks, self._end = self._end, []
            for callback in callbacks:
                self._tell(callback, *self._outcome)

    def _answer_once(self) -> None:
        if self._answered:
            raise ValueError("this request is answered already")
        self._answered = True

    def _tell(self, callback: Callable[..., object], *values: object) -> None:
        try:
            callback(*values)
        except Exception:
            self._log.failure("telling what became of a TFTP request")


def as_plugins_see_it(request: Request, caller: Caller) -> TFTPRequest:
    """
    Return the mapping that services get.
    """
    values: dict[bytes, Any] = {}
    for name, value in request.options:
        values.setdefault(name.lower(), value)
    if b"blksize" in values:
        values[b"blksize"] = options.number(values[b"blksize"])
        if values[b"blksize"] is None:
            del values[b"blksize"]
    return {
        "address": (caller.address, caller.port),
        "local_address": caller.local,
        "packet": {
            "opcode": request.opcode,
            "filename": request.filename,
            "mode": request.mode,
            "options": values,
        },
        "prov_dev": None,
    }
