"""
What stand-ins for other daemons share: a port of their own, with connections that can be broken.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor
from twisted.web import http, resource, server


class StandIn(resource.Resource):
    """
    A server of HTTP on the loopback interface; ``port`` stays the same when it starts again.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self._port: Any = None
        self._channels: list[http.HTTPChannel] = []
        self.port = 0

    def start(self) -> None:
        site = server.Site(self)
        site.protocol = self._connected
        self._port = reactor.listenTCP(self.port, site, interface="127.0.0.1")  # type: ignore[attr-defined]
        self.port = self._port.getHost().port

    def _connected(self) -> Any:
        channel = http.HTTPChannel()
        self._channels.append(channel)
        return channel

    async def stop(self) -> None:
        channels, self._channels = self._channels, []
        for channel in channels:
            if channel.transport is not None:
                channel.transport.abortConnection()
        if self._port is not None:
            port, self._port = self._port, None
            await port.stopListening()
