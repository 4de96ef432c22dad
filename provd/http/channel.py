"""
One connection to this server, whose other end may be slow, hostile or unplugged.
"""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.web import http
from zope.interface import implementer

# A phone on a bad line sends its few headers within this; a slow attacker would hold its connection for ever.
HEADER_SECONDS = 20
BODY_SECONDS = 30
IDLE_SECONDS = 60
# The kernel gives up a connection whose peer takes nothing for this long (RFC 5482), as when a phone is
# unplugged in the middle of its firmware.
STALLED_MILLISECONDS = 60_000
# int() raises for 4,300 digits and more.
_LONGEST_LENGTH = 1000


@implementer(IHalfCloseableProtocol)
class Channel(http.HTTPChannel):
    """
    Has a deadline for the headers and one for the body of each request, and looks at a pipelined request only
    once the answer before it is on its way: else a client that reads nothing has any number of answers made.

    A request that comes in one piece, as nearly all do, costs no timer.
    """

    _log = Logger()

    _deadline: Any = None
    _complete = False
    _in_body = False
    _lingers = False
    _lost = False
    _host: Any = None
    _peer: Any = None

    def getHost(self) -> Any:
        """
        Return this end of the connection, asking the kernel once: Twisted asks for every request.
        """
        if self._host is None:
            self._host = super().getHost()
        return self._host

    def getPeer(self) -> Any:
        """
        Return the other end, asked for once as well.
        """
        if self._peer is None:
            self._peer = super().getPeer()
        return self._peer

    def connectionMade(self) -> None:
        super().connectionMade()
        self.factory.channels.add(self)
        handle = getattr(self.transport, "getHandle", lambda: None)()
        if isinstance(handle, socket.socket) and handle.family != socket.AF_UNIX:
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MILLISECONDS)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._disarm()
        self._lost = True
        self.factory.lost(self)
        super().connectionLost(reason)

    def readConnectionLost(self) -> None:
        """
        Answer a client that has closed its half after its request, but don't wait for a plugin for ever: it
        may just as well be gone.  Called again whenever the channel goes on reading.
        """
        if not self._handlingRequest:
            self.loseConnection()
        elif self._deadline is None:
            self._deadline = self.factory.clock.callLater(IDLE_SECONDS, self._late)

    def writeConnectionLost(self) -> None:
        """
        Nothing: only whole connections are closed here.
        """

    def dataReceived(self, data: bytes) -> None:
        if not self._lingers:
            self._take(data)

    def _take(self, data: bytes) -> None:
        self._complete = False
        try:
            super().dataReceived(data)
        except Exception:
            # Twisted would log each without limit.
            self._log.failure("a request can't be parsed", stranger=getattr(self.getPeer(), "host", "?"))
            self.abort()
            return
        if self._lingers:
            return
        if self._complete or self._handlingRequest:
            self._disarm()
        elif self.paused:
            self._networkProducer.pauseProducing()
        elif self._deadline is None:
            seconds = BODY_SECONDS if self._in_body else HEADER_SECONDS
            self._deadline = self.factory.clock.callLater(seconds, self._late)

    def headerReceived(self, line: bytes) -> bool:
        if len(line) > _LONGEST_LENGTH and line[:14].lower() == b"content-length":
            self._respondToBadRequestAndDisconnect()
            return False
        taken: bool = super().headerReceived(line)
        return taken

    def allHeadersReceived(self) -> None:
        self._disarm()
        self._in_body = True
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        self._complete = True
        self._in_body = False
        super().allContentReceived()

    def lineLengthExceeded(self, line: bytes) -> None:
        self._respondToBadRequestAndDisconnect()

    def _respondToBadRequestAndDisconnect(self) -> None:
        transport: Any = self.transport
        transport.write(self.factory.bad_request())
        self.loseConnection()

    def requestDone(self, request: Any) -> None:
        if self._waitingForTransport:
            self.paused = True
        super().requestDone(request)

    def resumeProducing(self) -> None:
        """
        Go on, as the transport has sent what it held.
        """
        super().resumeProducing()
        if self.paused and not self._waitingForTransport:
            self.paused = False
            if self._buffer:
                self.dataReceived(b"")

    def setTimeout(self, period: float | None) -> float | None:
        """
        Begin the time anew that the connection may be idle, or forget it while a request is answered: the
        timer goes on then, to no effect, as one for each request would take a fiftieth of the daemon's time.
        """
        if period is not None or self._lost:
            former: float | None = super().setTimeout(period)
        else:
            former, self.timeOut = self.timeOut, None
        return former

    def timeoutConnection(self) -> None:
        if self.timeOut is None:
            return
        if self._waitingForTransport:
            # It is still taking its answer; if it stops doing so, the kernel ends the connection.
            self.setTimeout(self.timeOut)
        else:
            self.loseConnection()

    def end(self) -> None:
        """
        Close the connection, once the request that is being answered, if there is one, has its answer.
        """
        if self._lingers or not self._handlingRequest:
            self.loseConnection()
            return
        self.persistent = 0
        request = self.requests[0]
        if not request.startedWriting:
            request.responseHeaders.setRawHeaders(b"connection", [b"close"])

    def _late(self) -> None:
        self._deadline = None
        if self._handlingRequest and self._waitingForTransport:
            self.readConnectionLost()
        else:
            self.abort()

    def linger(self) -> None:
        """
        Drop what else comes, until the other end has read its answer and hangs up, or is late.
        """
        self._lingers = True
        self._disarm()
        self._deadline = self.factory.clock.callLater(BODY_SECONDS, self._late)

    def abort(self) -> None:
        """
        Close the connection without another word.
        """
        transport: Any = self.transport
        transport.abortConnection()

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
