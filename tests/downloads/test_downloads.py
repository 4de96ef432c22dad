"""
Files fetched over real sockets.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.trial.unittest import TestCase
from twisted.web import resource, static, util

from provd.downloads.client import Downloads
from provd.downloads.passwords import Passwords
from provd.errors import DownloadError
from tests.support import free_port

from .servers import Ports, ProxyFactory, Scripted, locked, part, sha1

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
        self.downloads = Downloads(reactor, self.proxies, self.passwords)
        self.downloads.PAUSE = 0.001  # type: ignore[misc]

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
        self.assertEqual(await self.downloads.read(url, 5), b"12345")
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
        from twisted.internet.defer import Deferred, gatherResults

        url = self.ports.serve(folder(f=data(CONTENT))) + "/f"
        both = [Deferred.fromCoroutine(self.downloads.to_file(url, self.target)) for _ in range(2)]
        await gatherResults(both)
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_other_schemes_and_hosts_that_do_not_answer_are_errors(self) -> None:
        for url, problem in (
            ("file:///etc/passwd", "isn't an http"),
            ("http:///x", "isn't an http"),
            (f"http://127.0.0.1:{free_port()}/f", "no connection"),
            (f"ftp://127.0.0.1:{free_port()}/f", "no connection"),
        ):
            self.assertIn(problem, str(await self.fails(url)))


class Interruptions(Case):
    async def test_a_broken_download_goes_on_where_it_broke(self) -> None:
        url, server = self.script(
            part(CONTENT, 0, 1000), part(CONTENT, 1000, 5000), part(CONTENT, 5000, 10**9)
        )
        await self.downloads.to_file(url, self.target, size=len(CONTENT), sha1=sha1(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertNotIn(b"Range", server.requests[0])
        self.assertIn(b"\r\nRange: bytes=1000-\r\n", server.requests[1])
        self.assertIn(b'\r\nIf-Range: "1"\r\n', server.requests[1])

    async def test_a_later_download_goes_on_where_an_earlier_one_broke(self) -> None:
        url, server = self.script(
            part(CONTENT, 0, 1000), part(CONTENT, 1000, 1000), part(CONTENT, 1000, 10**9)
        )
        self.assertIn("the connection was lost", str(await self.fails(url, sha1=sha1(CONTENT))))
        self.assertEqual(self.partial.read_bytes(), CONTENT[:1000])
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertIn(b"Range: bytes=1000-", server.requests[2])

    async def test_without_a_digest_it_begins_again(self) -> None:
        self.partial.write_bytes(b"old")
        url, server = self.script(part(b"12345", 0, 5))
        await self.downloads.to_file(url, self.target, size=5)
        self.assertNotIn(b"Range", server.requests[0])
        self.assertEqual(self.target.read_bytes(), b"12345")

    async def test_what_was_left_of_another_file_is_thrown_away(self) -> None:
        self.partial.write_bytes(b"old")
        url, server = self.script(part(b"12345", 3, 5), part(b"12345", 0, 5))
        await self.downloads.to_file(url, self.target, size=5, sha1=sha1(b"12345"))
        self.assertEqual(self.target.read_bytes(), b"12345")
        self.assertEqual(len(server.requests), 2)

    async def test_a_server_that_gives_no_parts_begins_again(self) -> None:
        url, _ = self.script(part(CONTENT, 0, 1000), part(CONTENT, 0, 10**9))
        await self.downloads.to_file(url, self.target, size=len(CONTENT), sha1=sha1(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_a_file_that_became_shorter_begins_again(self) -> None:
        self.partial.write_bytes(b"123456789")
        gone = b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n"
        url, _ = self.script(gone, part(b"12345", 0, 5))
        await self.downloads.to_file(url, self.target, sha1=sha1(b"12345"))
        self.assertEqual(self.target.read_bytes(), b"12345")

    async def test_a_part_that_was_not_asked_for_is_refused(self) -> None:
        self.partial.write_bytes(b"12")
        url, _ = self.script(part(b"12345", 3, 5))
        self.assertIn("wasn't asked for", str(await self.fails(url, sha1=sha1(b"12345"))))

    async def test_a_chunked_answer_that_is_cut_short_is_no_file(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"
        url, _ = self.script(head, head)
        await self.fails(url)

    async def test_a_server_that_falls_silent_is_given_up(self) -> None:
        url, _ = self.script(None)
        self.assertIn("no answer for 0.05 s", str(await self.fails(url, timeout=0.05)))

    async def test_a_cancelled_download_hangs_up(self) -> None:
        from twisted.internet.defer import CancelledError, Deferred

        url, _ = self.script(None)
        fetching = Deferred.fromCoroutine(self.downloads.to_file(url, self.target))
        reactor.callLater(0.02, fetching.cancel)  # type: ignore[attr-defined]
        with self.assertRaises(CancelledError):
            await fetching


class Ways(Case):
    async def test_redirections_are_followed_but_not_for_ever(self) -> None:
        root = folder(f=data(b"1"), again=util.Redirect(b"/f"), loop=util.Redirect(b"/loop"))
        url = self.ports.serve(root)
        await self.downloads.to_file(f"{url}/again", self.target)
        self.assertEqual(self.target.read_bytes(), b"1")
        self.target.unlink()
        self.assertIn("without end", str(await self.fails(f"{url}/loop")))

    async def test_nobody_is_sent_to_a_local_file_or_shown_a_password_elsewhere(self) -> None:
        url, _ = self.script(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n")
        self.assertIn("redirects to what isn't", str(await self.fails(url)))
        other, seen = self.script(part(b"1", 0, 1))
        url, _ = self.script(b"HTTP/1.1 302 Found\r\nLocation: %s\r\n\r\n" % other.encode())
        await self.downloads.to_file(url.replace("//", "//me:secret@"), self.target)
        self.assertNotIn(b"Authorization", seen.requests[0])

    async def test_passwords_are_shown_where_they_are_asked_for(self) -> None:
        for scheme, algorithm in (("basic", ""), ("digest", "md5"), ("digest", "sha")):
            url = self.ports.serve(locked(b"1", scheme, algorithm))
            error = await self.fails(f"{url}/f")
            self.assertEqual(error.status, 401)
            self.passwords.add(None, url, "me", "se:cret")
            await self.downloads.to_file(f"{url}/f", self.target)
            self.target.unlink()
            self.passwords.add(None, url, None, None)
            await self.fails(f"{url}/f")

    async def test_a_password_in_the_url_is_used_and_never_told(self) -> None:
        url = self.ports.serve(locked(b"1", "basic")).replace("//", "//me:se%3Acret@")
        await self.downloads.to_file(f"{url}/f", self.target)
        self.target.unlink()
        error = await self.fails(f"{url.replace('cret', 'ven')}/f")
        self.assertNotIn("se%3Aven", str(error))

    async def test_a_proxy_is_used_from_when_it_is_set(self) -> None:
        url = self.ports.serve(folder(f=data(b"1"))) + "/f"
        proxy = ProxyFactory(b"Proxy-Authorization: Basic bWU6cHc=")
        address = f"127.0.0.1:{self.ports.listen(proxy)}"
        await self.downloads.to_file(url, self.target)
        self.assertEqual(proxy.requests, [])
        self.proxies["http"] = f"http://me:pw@{address}"
        await self.downloads.to_file(url, self.target)
        self.assertTrue(proxy.requests[0].startswith(f"GET {url} HTTP/1.1\r\n".encode()))
        self.proxies["http"] = f"http://{address}"
        self.target.unlink()
        self.assertEqual((await self.fails(url)).status, 407)

    async def test_ftp_goes_through_its_proxy(self) -> None:
        self.proxies["ftp"] = f"http://127.0.0.1:{self.ports.listen(ProxyFactory())}"
        await self.downloads.to_file("ftp://example.invalid/x/f", self.target)
        self.assertEqual(self.target.read_bytes(), b"over ftp")
