"""
The files of packages: fetched, found in the cache, or put there by hand.
"""

from __future__ import annotations

import io
import re
from random import Random
from typing import Any

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.logger import LogLevel
from twisted.web import resource, server

from provd.app.running import followed
from provd.errors import Refused
from provd.pluginkit.packages import downloaders, fetching
from provd.plugins import FetchfwPluginHelper
from tests.downloads.servers import ProxyFactory, Scripted, locked, part, sha1
from tests.logged import logged
from tests.pluginkit.packaged import HAND, PackageCase
from tests.pluginkit.packages.archives import make_zip


class Halfway(resource.Resource):
    """
    Sends a file up to its middle, and the rest when it is told to.
    """

    isLeaf = True

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content
        self._middle = len(content) // 2
        self.asked: list[Any] = []

    def render_GET(self, request: Any) -> int:
        request.setHeader(b"content-length", b"%d" % len(self._content))
        request.write(self._content[: self._middle])
        self.asked.append(request)
        return server.NOT_DONE_YET

    def go_on(self) -> None:
        self.asked[0].write(self._content[self._middle :])
        self.asked[0].finish()


class Caching(PackageCase):
    async def test_the_operation_tells_how_much_has_come(self) -> None:
        large = Random(1).randbytes(2 * 1024**2)
        self.content = make_zip(self.folder.parent / "large.zip", **{"a.rom": large}).read_bytes()
        halfway, size = Halfway(self.content), len(self.content)
        done, operation = self.helper(self.ports.serve(halfway)).install("fw")
        wanted = (
            rf"install_pkg\|progress\(download\|progress\(progress;[1-9]\d*/{size}\)\)\(install\|waiting\)"
        )
        while not re.fullmatch(wanted, str(operation)):
            await deferLater(reactor, 0.01)  # type: ignore[arg-type]
        halfway.go_on()
        await done
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": large})

    async def test_what_is_in_the_cache_is_not_fetched(self) -> None:
        self.cached("fw.zip", self.content)
        await self.helper("http://127.0.0.1:1").install("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_cached_file_with_a_wrong_checksum_is_fetched_again(self) -> None:
        self.cached("fw.zip", self.content[::-1])
        helper = self.helper(self.serve())
        with logged() as events:
            await helper.install("fw")[0]
        (warning,) = events.texts(LogLevel.warn)
        self.assertIn(f"{self.folder}/var/cache/fw.zip is fetched again: its SHA-1 is ", warning)
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_download_that_is_cut_short_is_taken_up_again(self) -> None:
        server = Scripted(part(self.content, 0, 50), part(self.content, 50, 10**6))
        await self.helper(f"http://127.0.0.1:{self.ports.listen(server)}").install("fw")[0]
        self.assertIn(b"Range: bytes=50-", server.requests[1])
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_file_that_is_not_the_one_meant_fails(self) -> None:
        error, text = await self.fails(self.helper(self.serve(), sha1="1" * 40))
        self.assertIn("SHA1", str(error))
        self.assertTrue(text.startswith("install_pkg|fail(download|fail(fail"), text)

    async def test_a_file_that_must_be_put_there_by_hand_is_named(self) -> None:
        helper = self.helper(self.serve())
        await helper.install("fw")[0]
        with logged() as events:
            await followed("install of extra", *helper.install("extra")).done
        (line,) = events.texts(LogLevel.error)
        self.assertIn(f"plugin acme: package extra: hand.bin must be put into {self.folder}/var/cache", line)
        self.cached("hand.bin", HAND)
        await helper.install("extra")[0]
        self.assertEqual(self.served()["extra/hand.bin"], HAND)

    async def test_one_that_was_put_there_by_hand_must_be_the_one_meant(self) -> None:
        helper = self.helper(self.serve())
        self.cached("hand.bin", b"head")
        error, _ = await self.fails(helper, "extra")
        wanted = f"hand.bin must be put into {self.folder}/var/cache by hand: its SHA-1 is {sha1(b'head')}"
        self.assertIn(wanted, str(error))
        self.assertEqual((self.folder / "var" / "cache" / "hand.bin").read_bytes(), b"head")

    async def test_a_published_size_may_be_wrong_where_the_checksum_is_right(self) -> None:
        size = len(self.content)
        for published in (0, size - 1, size + 1):
            done, operation = self.helper(self.serve(), size=published).install("fw")
            await done
            self.assertIn(f"(success;{size}/{size})", str(operation))
            (self.folder / "var" / "cache" / "fw.zip").unlink()


class Passing(PackageCase):
    async def test_proxies_may_change_at_run_time(self) -> None:
        proxy = ProxyFactory()
        helper = self.helper(self.serve())
        self.proxies["http"] = f"http://127.0.0.1:{self.ports.listen(proxy)}"
        await helper.install("fw")[0]
        self.assertEqual(len(proxy.requests), 1)

    async def test_a_password_is_shown_to_who_asks(self) -> None:
        url = self.ports.serve(locked(self.content, "digest"))
        downloaders = FetchfwPluginHelper.new_downloaders()
        helper = self.helper(url, "downloader: auth", downloaders)
        await self.fails(helper)
        downloaders["auth"].add_password(None, url, "me", "se:cret")  # type: ignore[attr-defined]
        await helper.install("fw")[0]
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_a_downloader_of_a_plugin_s_own_is_used(self) -> None:
        asked = []

        class Own:
            def __init__(self, content: bytes) -> None:
                self.content = content

            def download(self, url: str, timeout: float = 15.0) -> Any:
                asked.append(url)
                return io.BytesIO(self.content)

        await self.fails(self.helper("own://x", downloaders={"default": Own(b"other")}))
        await self.helper("own://x", downloaders={"default": Own(self.content)}).install("fw")[0]
        self.assertEqual(asked, ["own://x/fw.zip"] * 2)
        self.assertEqual(self.served(), {"firmware/1.0/a.rom": b"rom"})

    async def test_one_that_sends_more_than_it_should_is_not_kept(self) -> None:
        class Endless:
            def read(self, size: int) -> bytes:
                return bytes(size)

            def close(self) -> None:
                pass

        class Own:
            def download(self, url: str, timeout: float = 15.0) -> Any:
                return Endless()

        self.patch(fetching, "_MAX_BYTES", 10**6)
        error, _ = await self.fails(self.helper("own://x", downloaders={"default": Own()}))
        self.assertIn("is larger than 1000000 bytes", str(error))
        self.assertEqual(list((self.folder / "var" / "cache").iterdir()), [])

    async def test_one_that_fails_leaves_nothing(self) -> None:
        class Own:
            def download(self, url: str, timeout: float = 15.0) -> Any:
                raise LookupError(url)

        helper = self.helper("own://x", downloaders={"default": Own()})
        done, operation = helper.install("fw")
        await self.assertFailure(done, LookupError)
        self.assertTrue(str(operation).startswith("install_pkg|fail(download|fail(fail"), str(operation))
        with self.assertRaises(Refused):
            helper.uninstall("fw")

    async def test_a_plugin_may_download_in_a_thread_of_its_own(self) -> None:
        url = self.serve()
        handlers = FetchfwPluginHelper.new_handlers(self.proxies)
        downloader = FetchfwPluginHelper.new_downloaders_from_handlers(handlers)["default"]
        with await deferToThread(downloader.download, f"{url}/fw.zip") as content:
            self.assertEqual(content.read(), self.content)
        with self.assertRaises(RuntimeError):
            downloader.download(url)
        with self.assertRaises(TypeError):
            FetchfwPluginHelper.new_downloaders_from_handlers([object()])  # type: ignore[list-item]

    def test_none_downloads_in_the_thread_that_the_reactor_will_run_in(self) -> None:
        self.patch(downloaders, "isInIOThread", lambda: False)
        downloader = FetchfwPluginHelper.new_downloaders()["default"]
        with self.assertRaises(RuntimeError):
            downloader.download("http://127.0.0.1:1/")
