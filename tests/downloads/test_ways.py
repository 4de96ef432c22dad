"""
Redirections, passwords and proxies on the way to a file.
"""

from __future__ import annotations

from twisted.web import util

from .case import Case, data, folder
from .servers import ProxyFactory, Scripted, locked, part

ASKS = b'HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'


def moved(url: str) -> bytes:
    return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % url.encode()


def shown(server: Scripted) -> list[bytes]:
    """
    Return what a server was shown.
    """
    lines = b"\r\n".join(server.requests).split(b"\r\n")
    return [line for line in lines if line.startswith(b"Authorization")]


class Redirections(Case):
    async def test_ten_are_followed_and_no_more(self) -> None:
        steps = {f"s{i}": util.Redirect(f"/s{i + 1}".encode()) for i in range(11)}
        url = self.ports.serve(folder(s11=data(b"1"), **steps))
        await self.downloads.to_file(f"{url}/s1", self.target)
        self.assertEqual(self.target.read_bytes(), b"1")
        self.target.unlink()
        self.assertIn("without end", str(await self.fails(f"{url}/s0")))

    async def test_nobody_is_sent_to_what_is_no_web_server(self) -> None:
        for location in ("file:///etc/passwd", "ftp://127.0.0.1/x", "http://[::1", "http://h:x/"):
            url, _ = self.script(moved(location))
            error = await self.fails(url)
            self.assertRegex(str(error), "redirects to what isn't|isn't an http")

    async def test_a_password_in_the_url_is_shown_to_its_own_server_alone(self) -> None:
        other, seen = self.script(ASKS)
        url, mine = self.script(moved(other))
        await self.fails(url.replace("//", "//me:secret@"))
        self.assertEqual(shown(mine) + shown(seen), [])
        url, mine = self.script(moved("/g"), ASKS, part(b"1", 0, 1))
        await self.downloads.to_file(url.replace("//", "//me:secret@"), self.target)
        self.assertEqual(shown(mine), [b"Authorization: Basic bWU6c2VjcmV0"])

    async def test_a_remembered_password_is_shown_to_its_own_server_alone(self) -> None:
        other, seen = self.script(ASKS)
        url, mine = self.script(ASKS, moved(other))
        self.passwords.add(None, url, "me", "secret")
        await self.fails(url)
        self.assertEqual(len(shown(mine)), 1)
        self.assertEqual(shown(seen), [])

    async def test_digest_is_answered_anew_at_each_step(self) -> None:
        url = self.ports.serve(folder(a=util.Redirect(b"/f/g"), f=locked(b"1", "digest")))
        self.passwords.add(None, url, "me", "se:cret")
        await self.downloads.to_file(f"{url}/a", self.target)
        self.assertEqual(self.target.read_bytes(), b"1")


class Identities(Case):
    async def test_passwords_are_shown_where_they_are_asked_for(self) -> None:
        for scheme, algorithm in (
            ("basic", ""),
            ("digest", "md5"),
            ("digest", "md5-sess"),
            ("digest", "sha"),
        ):
            url = self.ports.serve(locked(b"1", scheme, algorithm))
            error = await self.fails(f"{url}/f")
            self.assertEqual(error.status, 401)
            self.passwords.add(None, url, "me", "se:cret")
            await self.downloads.to_file(f"{url}/f?a=b c&d", self.target)
            self.target.unlink()
            self.passwords.add(None, url, None, None)
            await self.fails(f"{url}/f")

    async def test_a_password_in_the_url_is_used_and_never_told(self) -> None:
        for scheme in ("basic", "digest"):
            url = self.ports.serve(locked(b"1", scheme)).replace("//", "//me:se%3Acret@")
            await self.downloads.to_file(f"{url}/f", self.target)
            self.target.unlink()
            error = await self.fails(f"{url.replace('cret', 'ven')}/f")
            self.assertEqual(error.status, 401)
            self.assertNotIn("ven", str(error))

    async def test_nothing_is_shown_to_who_does_not_ask(self) -> None:
        url, server = self.script(part(b"1", 0, 1))
        self.passwords.add(None, url, "me", "secret")
        await self.downloads.to_file(url.replace("//", "//me:secret@"), self.target)
        self.assertEqual(shown(server), [])


class Proxies(Case):
    async def test_one_is_used_from_when_it_is_set(self) -> None:
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

    async def test_digest_goes_through_one(self) -> None:
        url = self.ports.serve(locked(b"1", "digest"))
        self.passwords.add(None, url, "me", "se:cret")
        self.proxies["http"] = f"http://127.0.0.1:{self.ports.listen(ProxyFactory())}"
        await self.downloads.to_file(f"{url}/f", self.target)
        self.assertEqual(self.target.read_bytes(), b"1")

    async def test_the_proxy_of_another_protocol_is_left_alone(self) -> None:
        url, server = self.script(part(b"1", 0, 1))
        self.proxies["https"] = "me:pw@127.0.0.1:1"
        await self.downloads.to_file(url, self.target)
        self.assertNotIn(b"Proxy-Authorization", server.requests[0])

    async def test_ftp_goes_through_its_own(self) -> None:
        self.proxies["ftp"] = f"http://127.0.0.1:{self.ports.listen(ProxyFactory())}"
        await self.downloads.to_file("ftp://example.invalid/x/f", self.target)
        self.assertEqual(self.target.read_bytes(), b"over ftp")

    async def test_a_setting_that_is_no_proxy_is_an_error(self) -> None:
        for scheme in ("http", "https", "ftp"):
            self.proxies[scheme] = "socks5://me:secret@127.0.0.1:1"
            error = await self.fails(f"{scheme}://127.0.0.1/f")
            self.assertIn(f"the {scheme} proxy that is set isn't one", str(error))
