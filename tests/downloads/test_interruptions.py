"""
Downloads that break, and how they are taken up.
"""

from __future__ import annotations

from provd.downloads import client
from provd.downloads.client import Downloads

from .case import CONTENT, Case
from .servers import part, sha1

TRIES = Downloads.TRIES


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
            part(CONTENT, 0, 1000), *[part(CONTENT, 1000, 1000)] * TRIES, part(CONTENT, 1000, 10**9)
        )
        self.assertIn("the connection was lost", str(await self.fails(url, sha1=sha1(CONTENT))))
        self.assertEqual(self.partial.read_bytes(), CONTENT[:1000])
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertIn(b"Range: bytes=1000-", server.requests[-1])

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

    async def test_a_part_that_was_not_asked_for_is_not_taken(self) -> None:
        self.partial.write_bytes(b"12")
        url, server = self.script(part(b"12345", 3, 5), part(b"12345", 0, 5))
        await self.downloads.to_file(url, self.target, sha1=sha1(b"12345"))
        self.assertNotIn(b"Range", server.requests[1])
        url, _ = self.script(part(b"12345", 3, 5))
        self.target.unlink()
        self.assertIn("wasn't asked for", str(await self.fails(url)))

    async def test_a_chunked_answer_that_is_cut_short_is_no_file(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"
        url, server = self.script(*[head] * (TRIES + 1))
        self.assertIn("the connection was lost", str(await self.fails(url)))
        self.assertEqual(server.answers, [])

    async def test_a_server_that_falls_silent_is_given_up(self) -> None:
        url, _ = self.script(None)
        self.assertIn("no answer for 0.05 s", str(await self.fails(url, timeout=0.05)))

    async def test_a_server_that_falls_silent_in_the_middle_is_asked_again(self) -> None:
        url, server = self.script(part(CONTENT, 0, 1000), part(CONTENT, 1000, 10**9))
        server.stays_open = True
        lost = server.lost
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT), timeout=0.05)
        await lost
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_another_version_is_never_joined_to_what_came(self) -> None:
        other = bytes(reversed(CONTENT))
        # One server heeds If-Range, one doesn't, and one gives no tag.
        for second in (part(other, 0, 10**9, b'"2"'), part(other, 1000, 10**9, b'"2"')):
            url, _ = self.script(part(CONTENT, 0, 1000), second, part(other, 0, 10**9, b'"2"'))
            await self.downloads.to_file(url, self.target)
            self.assertEqual(self.target.read_bytes(), other)
        untagged = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + text for text in (b"12", b"abcde")]
        url, server = self.script(*untagged)
        await self.downloads.to_file(url, self.target)
        self.assertEqual(self.target.read_bytes(), b"abcde")
        self.assertNotIn(b"Range", server.requests[1])

    async def test_a_file_of_another_size_by_now_begins_again(self) -> None:
        other = CONTENT[:5000]
        untagged = part(other, 1000, 10**9).replace(b'ETag: "1"', b"X: y")
        url, _ = self.script(part(CONTENT, 0, 1000), untagged, part(other, 0, 10**9))
        await self.downloads.to_file(url, self.target)
        self.assertEqual(self.target.read_bytes(), other)

    async def test_parts_that_do_not_fit_together_are_fetched_as_one_once(self) -> None:
        other = bytes(reversed(CONTENT))
        url, server = self.script(
            part(other, 0, 1000), part(CONTENT, 1000, 10**9), part(CONTENT, 0, 10**9), part(other, 0, 10**9)
        )
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertEqual(len(server.answers), 1)

    async def test_a_weak_tag_is_no_reason_to_join_parts(self) -> None:
        dated = part(CONTENT, 0, 1000, b'W/"1"\r\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT')
        url, server = self.script(dated, part(CONTENT, 0, 10**9))
        await self.downloads.to_file(url, self.target)
        self.assertIn(b"\r\nIf-Range: Wed, 01 Jan 2025 00:00:00 GMT\r\n", server.requests[1])

    async def test_a_part_shorter_than_the_rest_is_followed_by_the_next(self) -> None:
        head = b"HTTP/1.1 206 P\r\nContent-Range: bytes %d-%d/5\r\nContent-Length: %d\r\n\r\n"
        url, _ = self.script(part(b"12345", 0, 1), head % (1, 2, 2) + b"23", head % (3, 4, 2) + b"45")
        await self.downloads.to_file(url, self.target)
        self.assertEqual(self.target.read_bytes(), b"12345")

    async def test_a_body_without_a_length_is_not_whole_before_it_has_its_size(self) -> None:
        url, server = self.script(b'HTTP/1.1 200 OK\r\nETag: "1"\r\n\r\n12', part(b"12345", 2, 5))
        await self.downloads.to_file(url, self.target, size=5)
        self.assertEqual(self.target.read_bytes(), b"12345")
        self.assertIn(b"\r\nRange: bytes=2-\r\n", server.requests[1])

    async def test_a_server_that_is_away_for_a_while_is_asked_again(self) -> None:
        away = b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n"
        url, _ = self.script(part(CONTENT, 0, 1000), away, part(CONTENT, 1000, 10**9))
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
        url, server = self.script(away, away)
        self.target.unlink()
        self.assertEqual((await self.fails(url)).status, 503)
        self.assertEqual(len(server.answers), 1)

    async def test_what_broke_at_its_very_beginning_fails_at_once(self) -> None:
        url, server = self.script(*[part(CONTENT, 0, 0)] * 2)
        await self.fails(url, sha1=sha1(CONTENT))
        self.assertEqual(len(server.answers), 1)

    async def test_a_file_that_was_whole_already_is_only_checked(self) -> None:
        self.partial.write_bytes(CONTENT)
        await self.downloads.to_file(
            "http://nowhere.invalid/f", self.target, size=len(CONTENT), sha1=sha1(CONTENT)
        )
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_without_a_digest_nothing_is_left_behind(self) -> None:
        url, _ = self.script(part(CONTENT, 0, 1000), *[part(CONTENT, 1000, 1000)] * TRIES)
        await self.fails(url, size=len(CONTENT))
        self.assertFalse(self.partial.exists())

    async def test_a_small_file_is_taken_up_too(self) -> None:
        url, _ = self.script(part(b"12345", 0, 2), part(b"12345", 2, 5))
        self.assertEqual(await self.downloads.read(url, 5), b"12345")

    async def test_the_pauses_grow(self) -> None:
        pauses: list[float] = []

        async def wait(_reactor: object, seconds: float) -> None:
            pauses.append(seconds)

        self.patch(client, "deferLater", wait)
        self.patch(Downloads, "PAUSE", 1.0)
        nothing = part(CONTENT, 9, 9)
        url, _ = self.script(
            part(CONTENT, 0, 9), nothing, nothing, part(CONTENT, 9, 20), part(CONTENT, 20, 10**9)
        )
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
        self.assertEqual(pauses, [1.0, 2.0, 4.0, 1.0])
