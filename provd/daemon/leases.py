"""
Where the hooks of DHCP servers tell the daemon of leases.
"""

from __future__ import annotations

from time import time
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from provd.app.leases import Leases
from provd.leases.reader import NewsReader
from provd.leases.socketfile import SocketFile, SocketUnusable
from provd.settings.model import Dhcp

from .listeners import GRACE
from .parts import Parts

__all__ = ["LeaseNews"]


class LeaseNews(Service):
    """
    The socket of ``dhcp.socket``.  Phones are served without it: that it can't be had is told, and no more.

    :ivar leases: what takes news, by whichever door.
    """

    name = "leases"
    _log = Logger()

    def __init__(self, settings: Dhcp, parts: Parts, reactor: Any) -> None:
        self.leases = Leases(
            parts.pipeline, parts.leases, parts.app.leased_to_others, parts.traces, time, reactor
        )
        self._path = settings.socket
        self._file = None if settings.socket is None else SocketFile(settings.socket, settings.group)
        self._reactor = reactor
        self._reader: NewsReader | None = None
        self._why = ""

    def startService(self) -> None:
        super().startService()
        if self._file is None:
            return
        try:
            self._reader = NewsReader(self._file.open(), self.leases)
        except SocketUnusable as error:
            self._why = str(error)
            self._log.error("DHCP servers can't tell of leases (dhcp.socket): {why}", why=self._why)
        else:
            self._reactor.addReader(self._reader)

    def stopService(self) -> Deferred[None]:
        """
        Take what has been told by now, and wait until it is done, or for so long.
        """
        super().stopService()
        if self._file is not None and self._reader is not None:
            self._file.remove()
            self._reactor.removeReader(self._reader)
            self._reader.doRead()
            self._reader.connectionLost(None)
        return self.leases.done().addTimeout(GRACE, self._reactor, lambda *_: None)

    def health(self) -> dict[str, Any]:
        """
        Return the member of the status document, nothing if there is no socket to be had.
        """
        if self._path is None:
            return {}
        state: dict[str, Any] = {"status": "fail" if self._why else "ok", "socket": str(self._path)}
        if self._why:
            state["why"] = self._why
        reader = self._reader
        if reader is not None:
            state |= {"received": reader.received, "refused": reader.refused, "lost": reader.lost}
        return {"dhcp": {**state, "waiting": len(self.leases)}}
