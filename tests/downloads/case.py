"""
What tests over real sockets share.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.trial.unittest import TestCase
from twisted.web import resource, static

from provd.downloads.client import Downloads
from provd.downloads.passwords import Passwords
from provd.errors import DownloadError

from .servers import Ports, Scripted

CONTENT = bytes(range(256)) * 8192


def folder(**children: Any) -> resource.Resource:
    root = resource.Resource()
    for name, child in children.items():
        root.putChild(name.encode(), child)
    return root


def data(content: bytes) -> static.Data:
    return static.Data(content, "application/octet-stream")


class Case(TestCase):
    timeout = 20

    def setUp(self) -> None:
        self.ports = Ports()
        self.addCleanup(self.ports.stop)
        self.folder = Path(tempfile.mkdtemp())
        self.target = self.folder / "file"
        self.partial = self.folder / "file.tmp"
        self.proxies: dict[str, str] = {}
        self.passwords = Passwords()
        self.patch(Downloads, "PAUSE", 0.001)
        self.downloads = Downloads(reactor, self.proxies, self.passwords)

    async def fails(self, url: str, **meant: Any) -> DownloadError:
        try:
            await self.downloads.to_file(url, self.target, **meant)
        except DownloadError as error:
            self.assertFalse(self.target.exists())
            return error
        raise AssertionError("it should have failed")

    def script(self, *answers: bytes | None) -> tuple[str, Scripted]:
        scripted = Scripted(*answers)
        return f"http://127.0.0.1:{self.ports.listen(scripted)}/f", scripted
