"""
What only a real connection can show.
"""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from provd.http import channel
from provd.http.site import Site
from provd.servers.http import HTTPNoListingFileService


class DownloadingPhone(TestCase):
    """
    A phone that is unplugged, or stops reading, or speaking, in the middle of its firmware.
    """

    timeout = 30

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with open(Path(folder.name) / "large.rom", "wb") as file:
            file.truncate(64 << 20)
        with open(Path(folder.name) / "small.rom", "wb") as file:
            file.truncate(1 << 20)
        self.patch(channel, "STALLED_MILLISECONDS", 500)
        self.site = Site(HTTPNoListingFileService(folder.name), reactor)
        self.port = reactor.listenTCP(0, self.site, interface="127.0.0.1")
        self.addCleanup(self.port.stopListening)

    def connect(self, name: str) -> socket.socket:
        phone = socket.socket()
        self.addCleanup(phone.close)
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        phone.connect(("127.0.0.1", self.port.getHost().port))
        phone.sendall(f"GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return phone

    async def until(self, connections: int) -> None:
        while len(self.site.channels) != connections:
            await deferLater(reactor, 0.02)

    async def test_one_is_dropped_once_it_takes_nothing_any_more(self) -> None:
        self.connect("large.rom")
        self.connect("small.rom")
        await self.until(2)
        await self.until(0)

    async def test_one_that_closes_its_half_after_the_request_gets_it_all(self) -> None:
        phone = self.connect("large.rom")
        phone.shutdown(socket.SHUT_WR)
        answer = await deferToThread(lambda: sum(map(len, iter(lambda: phone.recv(1 << 20), b""))))
        self.assertGreater(answer, 64 << 20)
        await self.until(0)

    async def test_one_that_takes_a_little_now_and_then_is_not(self) -> None:
        phone = self.connect("small.rom")
        await self.until(1)
        for _ in range(30):
            await deferLater(reactor, 0.05)
            phone.recv(4096)
        self.assertEqual(len(self.site.channels), 1)
        phone.close()
        await self.until(0)
