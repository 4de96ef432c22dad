"""
The daemon's TCP listeners, and how each ends what is under way when it stops.
"""

from __future__ import annotations

from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError

from provd.errors import InvalidSettings

#: How long requests under way may take to end when the daemon stops, in seconds.
GRACE = 5.0
# Hundreds of phones connect in one second after a power cut.
_BACKLOG = 1024


class Server(Protocol):
    """
    A factory of connections.
    """

    def drain(self, seconds: float) -> Deferred[None]:
        """
        End all connections, those that are being answered once they are, or after so many seconds; fires
        when there is none left.
        """


class SiteService(Service):
    """
    A site, or another server, on a TCP port.

    :param setting: the dotted key that an administrator changes if the port is in use.
    """

    def __init__(
        self, name: str, site: Server, interface: str, port: int, setting: str, reactor: Any
    ) -> None:
        self.name = name
        self._site = site
        self._where = interface, port
        self._setting = setting
        self._reactor = reactor
        self._port: Any = None

    @property
    def port(self) -> int:
        """
        The TCP port in use; the one configured before it is bound.
        """
        return self._port.getHost().port if self._port is not None else self._where[1]

    def startService(self) -> None:
        """
        Listen.

        :raises InvalidSettings: if the port can't be had.
        """
        interface, port = self._where
        try:
            self._port = self._reactor.listenTCP(port, self._site, _BACKLOG, interface)
        except CannotListenError as error:
            why = f"can't listen on {interface} port {port}: {error.socketError}"
            if self._setting == "general.http_proxied_listen_port" and port == 8667:
                why += (
                    "; if nginx listens there in front of provd, as older installations have it, set"
                    " http_proxied_listen_interface 127.0.0.1, http_proxied_listen_port 18667 and"
                    " http_proxied_trusted_proxies_count 1"
                )
            raise InvalidSettings({self._setting: why}) from error
        super().startService()

    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._port is not None:
            await self._port.stopListening()
        await self._site.drain(GRACE)
