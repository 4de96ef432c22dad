"""
Files fetched over real sockets: whole, wrong, or not there.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from provd.downloads.client import Downloads
from provd.errors import DownloadError
from tests.support import free_port

from .case import CONTENT, Case, data, folder
from .servers import part, sha1


def encoded(content: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    return head % len(content) + content


class Files(Case):
    async def test_a_file_is_fetched_and_checked_and_its_progress_told(self) -> None:
        url = self.ports.serve(folder(f=data(CONTENT)))
        told: list[tuple[int, int | None]] = []
        await self.downloads.to_file(
            f"{url}/f",
            self.target,
            size=len(CONTENT),
            sha1=sha1(CONTENT),
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            progress=lambda now, end: told.append((now, end)),
        )
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertFalse(self.partial.exists())
        self.assertEqual((told[0], told[-1]), ((0, len(CONTENT)), (len(CONTENT), len(CONTENT))))
        self.assertEqual(told, sorted(told))

    async def test_an_empty_file_is_a_file(self) -> None:
        await self.downloads.to_file(self.ports.serve(folder(f=data(b""))) + "/f", self.target, size=0)
        self.assertEqual(self.target.read_bytes(), b"")

    async def test_a_small_file_is_read_at_once(self) -> None:
        url = self.ports.serve(folder(f=data(b"12345"))) + "/f"
        told: list[tuple[int, int | None]] = []
        content = await self.downloads.read(url, 5, progress=lambda now, end: told.append((now, end)))
        self.assertEqual((content, told[-1]), (b"12345", (5, 5)))
        with self.assertRaises(DownloadError):
            await self.downloads.read(url, 4)

    async def test_what_is_not_there_is_an_error_with_its_status(self) -> None:
        error = await self.fails(self.ports.serve(folder()) + "/f")
        self.assertEqual((error.status, error.problem), (404, "404 Not Found"))

    async def test_a_file_that_is_not_the_one_meant_is_not_kept(self) -> None:
        url = self.ports.serve(folder(f=data(b"12345"))) + "/f"
        self.assertIn("5 bytes instead of 6", str(await self.fails(url, size=6)))
        self.assertIn("larger than 4 bytes", str(await self.fails(url, size=4)))
        self.assertIn("SHA1 is", str(await self.fails(url, sha1="0" * 40)))
        self.assertIn("SHA256 is", str(await self.fails(url, sha256="0" * 64)))
        self.assertFalse(self.partial.exists())

    async def test_a_file_that_was_there_stays_until_the_new_one_is_whole(self) -> None:
        self.target.write_bytes(b"old")
        with self.assertRaises(DownloadError):
            await self.downloads.to_file(
                self.ports.serve(folder(f=data(b"new"))) + "/f", self.target, sha1="0" * 40
            )
        self.assertEqual(self.target.read_bytes(), b"old")

    async def test_a_folder_that_cannot_be_written_is_an_error(self) -> None:
        self.target = self.folder / "missing" / "file"
        error = await self.fails(self.ports.serve(folder(f=data(b"1"))) + "/f")
        self.assertIn("can't be kept: No such file", str(error))

    async def test_two_at_once_follow_each_other(self) -> None:
        url = self.ports.serve(folder(f=data(CONTENT))) + "/f"
        clients = [self.downloads, Downloads(reactor, {})]
        await gatherResults([Deferred.fromCoroutine(one.to_file(url, self.target)) for one in clients])
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertFalse(self.partial.exists())

    async def test_other_schemes_and_hosts_that_do_not_answer_are_errors(self) -> None:
        for url, problem in (
            ("file:///etc/passwd", "isn't an http"),
            ("http:///x", "isn't an http"),
            ("http://[::1/x", "isn't an http"),
            ("ftp://127.0.0.1:99999/x", "isn't an http"),
            (f"http://127.0.0.1:{free_port()}/f", "no connection"),
            (f"ftp://127.0.0.1:{free_port()}/f", "no connection"),
        ):
            self.assertIn(problem, str(await self.fails(url)))
            with self.assertRaises(DownloadError):
                await self.downloads.read(url, 10)

    async def test_a_host_that_nobody_knows_is_an_error(self) -> None:
        @implementer(IHostnameResolver)
        class Ignorant:
            def resolveHostName(self, receiver: Any, *arguments: Any, **more: Any) -> Any:
                receiver.resolutionBegan(None)
                receiver.resolutionComplete()
                return receiver

        former = reactor.installNameResolver(Ignorant())  # type: ignore[attr-defined]
        self.addCleanup(reactor.installNameResolver, former)  # type: ignore[attr-defined]
        for url in ("http://nowhere.invalid/x", "ftp://nowhere.invalid/x"):
            self.assertIn("no such host", str(await self.fails(url)))
            with self.assertRaises(DownloadError):
                await self.downloads.read(url, 10)

    async def test_more_than_was_meant_is_refused_at_once(self) -> None:
        for answer in (part(CONTENT, 0, 0), b"HTTP/1.1 200 OK\r\n\r\n123456"):
            url, server = self.script(answer)
            server.stays_open = True
            lost = server.lost
            self.assertIn("is larger than 5 bytes", str(await self.fails(url, size=5, sha1=sha1(CONTENT))))
            await lost
            self.assertFalse(self.partial.exists())

    async def test_a_digest_may_be_in_capitals(self) -> None:
        url = self.ports.serve(folder(f=data(b"1"))) + "/f"
        await self.downloads.to_file(url, self.target, sha1=sha1(b"1").upper())
        self.assertEqual(self.target.read_bytes(), b"1")

    async def test_an_encoding_that_was_not_asked_for_is_refused(self) -> None:
        url, server = self.script(encoded(gzip.compress(b"1")), encoded(gzip.compress(b"1")))
        self.assertIn("comes encoded (gzip)", str(await self.fails(url)))
        with self.assertRaises(DownloadError):
            await self.downloads.read(url, 1000)
        self.assertIn(b"\r\nAccept-Encoding: identity\r\n", server.requests[0])

    async def test_a_file_that_is_compressed_itself_is_kept_as_it_comes(self) -> None:
        content = gzip.compress(b"1")
        url, _ = self.script(encoded(content), encoded(content))
        await self.downloads.to_file(url, self.target, sha1=sha1(content))
        self.assertEqual(self.target.read_bytes(), content)
        self.target.unlink()
        await self.downloads.to_file(f"{url}.tar.gz", self.target)
        self.assertEqual(self.target.read_bytes(), content)

    async def test_the_connection_of_an_answer_that_nobody_reads_is_closed(self) -> None:
        url, server = self.script(b"HTTP/1.1 404 Not Found\r\nContent-Length: 3000000\r\n\r\n" + CONTENT)
        server.stays_open = True
        lost = server.lost
        await self.fails(url)
        await lost

    async def test_a_server_is_told_who_asks(self) -> None:
        url, server = self.script(part(b"1", 0, 1))
        await self.downloads.to_file(url, self.target)
        self.assertIn(b"\r\nUser-Agent: accent-fetchfw/1.0\r\n", server.requests[0])

    async def test_what_is_there_instead_of_a_partial_file_is_not_followed(self) -> None:
        other = self.folder / "other"
        other.write_bytes(b"other")
        self.partial.symlink_to(other)
        url = self.ports.serve(folder(f=data(b"12345"))) + "/f"
        await self.downloads.to_file(url, self.target, sha1=sha1(b"12345"))
        self.assertEqual((self.target.read_bytes(), other.read_bytes()), (b"12345", b"other"))
