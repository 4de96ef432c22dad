"""
The TFTP server as a Twisted service.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from dataclasses import replace

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed

from .counts import Counts
from .limits import Limits, descriptor_room
from .listener import Listener
from .requests import ReadService
from .server import Server
from .sockets import bind_listening
from .watch import Reactor

#: How long transfers under way may take to end when the service stops, in seconds.
GRACE = 5.0


class TFTPService(Service):
    """
    Serves read requests over UDP; writes are refused.

    Binds in ``privilegedStartService``, or when it starts.  When it stops, it stops listening at once and
    gives transfers under way five seconds.

    :param interface: ``0.0.0.0``, ``::`` for both families, or one address.
    :param port: 0 lets the system choose; see :attr:`port`.
    :param root: asked for every request with ``handle_read_request(request, response)``; see
        :class:`~provd.tftp.requests.TFTPRequest` and :class:`~provd.tftp.requests.Response`.
    :param transfers_per_address: requests of one address at a time.
    :param descriptors: sockets and files that transfers may hold; by default what the process may open,
        less a quarter and at least 256.
    :param sockets: bound UDP sockets to use instead of binding one, owned by the service from now on.
    """

    name = "tftp"

    def __init__(
        self,
        reactor: Reactor,
        interface: str,
        port: int,
        root: ReadService,
        *,
        transfers_per_address: int = 250,
        descriptors: int | None = None,
        sockets: Sequence[socket.socket] | None = None,
    ) -> None:
        self._reactor = reactor
        self._where = interface, port
        self._given = list(sockets or ())
        self._listeners: list[Listener] = []
        room = descriptor_room() if descriptors is None else descriptors
        self._server = Server(reactor, root, Limits(transfers_per_address, room))

    @property
    def port(self) -> int:
        """
        The UDP port in use; the one configured before it is bound.
        """
        return self._listeners[0].port if self._listeners else self._where[1]

    @property
    def transfers_per_address(self) -> int:
        """
        Requests of one address at a time; may be set while the service runs, for requests yet to come.
        """
        return self._server.limits.per_address

    @transfers_per_address.setter
    def transfers_per_address(self, count: int) -> None:
        self._server.limits = replace(self._server.limits, per_address=count)

    @property
    def transfers(self) -> int:
        """
        How many files are on their way.
        """
        return len(self._server.transfers)

    @property
    def requests(self) -> int:
        """
        How many requests are under way, files on their way included.
        """
        return len(self._server)

    @property
    def counts(self) -> Counts:
        """
        What became of all transfers.
        """
        return self._server.counts

    def privilegedStartService(self) -> None:
        """
        Bind, while the process may use ports below 1024.

        :raises OSError: if the port is in use, or not allowed.
        """
        super().privilegedStartService()
        self._bind()

    def startService(self) -> None:
        """
        Begin to answer.
        """
        super().startService()
        self._bind()
        for listener in self._listeners:
            listener.start()

    def stopService(self) -> Deferred[None]:
        """
        Stop listening; fires when the last transfer has ended, or been dropped.
        """
        super().stopService()
        for listener in self._listeners:
            listener.close()
        self._listeners = []
        self._server.drop_waiting()
        if not self.transfers:
            self._server.close()
            return succeed(None)
        ended: Deferred[None] = Deferred()
        deadline = self._reactor.callLater(GRACE, self._server.close)

        def close() -> None:
            if deadline.active():
                deadline.cancel()
            self._server.close()
            ended.callback(None)

        self._server.transfers.when_none(close)
        return ended

    def _bind(self) -> None:
        if self._listeners:
            return
        bound, self._given = self._given or [bind_listening(*self._where)], []
        with contextlib.ExitStack() as undo:
            for listening in bound:
                undo.callback(listening.close)
            self._listeners = [
                Listener(self._reactor, self._reactor, listening, self._server.received)
                for listening in bound
            ]
            undo.pop_all()
