"""
Downloads that nobody wants any more.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred

from provd.downloads import partial
from tests.support import free_port

from .case import CONTENT, Case, data, folder
from .servers import part, sha1


class Cancelled(Case):
    async def hears_of_it(self, fetching: Deferred[Any]) -> None:
        fetching.cancel()
        with self.assertRaises(CancelledError):
            await fetching
        self.assertFalse(self.target.exists())

    def fetching(self, url: str, **meant: Any) -> Deferred[None]:
        return Deferred.fromCoroutine(self.downloads.to_file(url, self.target, **meant))

    async def test_before_there_is_an_answer_it_hangs_up(self) -> None:
        url, server = self.script(None)
        answered, lost = server.answered, server.lost
        fetching = self.fetching(url)
        await answered
        await self.hears_of_it(fetching)
        await lost

    async def test_in_the_middle_it_hangs_up_and_keeps_what_came(self) -> None:
        url, server = self.script(part(CONTENT, 0, 600_000))
        server.stays_open = True
        lost, kept = server.lost, Deferred[None]()

        def progress(now: int, _end: int | None) -> None:
            if now and not kept.called:
                reactor.callLater(0, kept.callback, None)  # type: ignore[attr-defined]

        fetching = self.fetching(url, sha1=sha1(CONTENT), progress=progress)
        await kept
        await self.hears_of_it(fetching)
        await lost
        kept_bytes = self.partial.read_bytes()
        self.assertEqual(kept_bytes, CONTENT[: len(kept_bytes)])
        self.assertGreaterEqual(len(kept_bytes), 512 * 1024)

    async def test_while_it_connects(self) -> None:
        for url in (f"http://127.0.0.1:{free_port()}/f", f"ftp://127.0.0.1:{free_port()}/f"):
            await self.hears_of_it(Deferred.fromCoroutine(self.downloads.read(url, 10)))

    async def test_while_it_waits_for_another(self) -> None:
        url, server = self.script(None)
        answered = server.answered
        first = self.fetching(url)
        await answered
        await self.hears_of_it(self.fetching(url))
        await self.hears_of_it(first)

    async def test_while_the_disk_is_busy_it_ends_with_the_disk(self) -> None:
        url = self.ports.serve(folder(f=data(b"1"))) + "/f"
        busy: list[Deferred[Any]] = []

        def slowly(work: Any) -> Deferred[Any]:
            busy.append(Deferred())
            return busy[-1]

        self.patch(partial, "deferToThread", slowly)
        fetching = self.fetching(url)
        ended: list[Any] = []
        fetching.addBoth(ended.append)
        fetching.cancel()
        self.assertEqual(ended, [])
        while busy:
            busy.pop().callback(0)
        self.assertTrue(ended[0].check(CancelledError))
