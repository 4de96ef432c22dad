"""
Files over TLS, directly and through a tunnel.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import reactor, ssl
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.internet.tcp import Client
from twisted.web import util
from twisted.web.client import BrowserLikePolicyForHTTPS

from provd.downloads.client import Downloads
from provd.errors import DownloadError
from tests.tls import self_signed

from .case import CONTENT, Case, data, folder
from .servers import ProxyFactory, Scripted, locked, part


def certificate() -> tuple[Any, Any]:
    """
    Return what a server of localhost shows, and what trusts it.
    """
    pem, private = self_signed()
    shown = ssl.PrivateCertificate.loadPEM(private + pem)
    return shown.options(), BrowserLikePolicyForHTTPS(
        ssl.trustRootFromCertificates([ssl.Certificate.loadPEM(pem)])
    )


class TLS(Case):
    def setUp(self) -> None:
        super().setUp()
        shown, trust = certificate()
        url = self.ports.serve(folder(f=data(CONTENT)), tls=shown) + "/f"
        self.url = url.replace("127.0.0.1", "localhost")
        self.trusting = Downloads(reactor, self.proxies, policy=trust)

    async def test_a_certificate_that_is_trusted(self) -> None:
        await self.trusting.to_file(self.url, self.target)
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_a_certificate_that_is_not(self) -> None:
        self.assertIn("no trusted connection: certificate verify failed", str(await self.fails(self.url)))
        with self.assertRaises(DownloadError) as caught:
            await self.trusting.read(self.url.replace("localhost", "127.0.0.1"), 10**9)
        self.assertIn("its certificate is that of another host", str(caught.exception))

    async def test_a_server_that_speaks_no_tls(self) -> None:
        class Greeting(Protocol):
            def connectionMade(self) -> None:
                assert self.transport is not None
                self.transport.write(b"220 hello\r\n")

        port = self.ports.listen(Factory.forProtocol(Greeting))
        error = await self.fails(f"https://127.0.0.1:{port}/f", timeout=5.0)
        self.assertIn("no trusted connection: ", str(error))

    async def test_http_leads_to_https(self) -> None:
        shown, trust = certificate()
        self.trusting = Downloads(reactor, self.proxies, self.passwords, policy=trust)
        there = self.ports.serve(locked(b"1", "basic"), tls=shown).replace("127.0.0.1", "localhost") + "/g"
        here = self.ports.serve(folder(f=util.Redirect(there.encode()))) + "/f"
        self.passwords.add(None, there, "me", "se:cret")
        await self.trusting.to_file(here, self.target)
        self.assertEqual(self.target.read_bytes(), b"1")

    async def test_a_cancelled_download_does_not_wait_for_a_farewell(self) -> None:
        shown, trust = certificate()
        server = Scripted(part(CONTENT, 0, 600_000), stays_open=True)
        port = self.ports.listen(server, tls=shown)
        kept: Deferred[None] = Deferred()

        def progress(now: int, _end: int | None) -> None:
            if now and not kept.called:
                reactor.callLater(0, kept.callback, None)  # type: ignore[attr-defined]

        fetching = Deferred.fromCoroutine(
            Downloads(reactor, {}, policy=trust).read(f"https://localhost:{port}/f", 10**9, progress=progress)
        )
        await kept
        server.last.transport.pauseProducing()
        fetching.cancel()
        with self.assertRaises(CancelledError):
            await fetching
        await deferLater(reactor, 0)  # type: ignore[arg-type]
        readers = reactor.getReaders()  # type: ignore[attr-defined]
        self.assertEqual([reader for reader in readers if isinstance(reader, Client)], [])
        lost = server.lost
        server.last.transport.abortConnection()
        await lost

    async def test_through_a_tunnel(self) -> None:
        proxy = ProxyFactory(b"Proxy-Authorization: Basic bWU6cHc=")
        address = f"127.0.0.1:{self.ports.listen(proxy)}"
        self.proxies["https"] = f"me:pw@{address}"
        await self.trusting.to_file(self.url, self.target)
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertTrue(proxy.requests[0].startswith(b"CONNECT localhost:"))
        self.assertEqual(len(proxy.requests), 1)
        self.target.unlink()
        self.proxies["https"] = address
        self.assertIn("the proxy refuses: it answers '407", str(await self.fails(self.url)))

    async def test_a_proxy_that_hangs_up(self) -> None:
        url, _ = self.script(b"")
        self.proxies["https"] = url.removeprefix("http://").removesuffix("/f")
        self.assertIn("the proxy refuses: it hangs up", str(await self.fails(self.url)))

    async def test_a_proxy_that_says_neither_yes_nor_no(self) -> None:
        for answer, problem in (
            (b"HTTP/1.1 200", "hangs up"),
            (b"SMTP ready\r\n\r\n", "it answers 'ready'"),
            (b"x" * 20_000, "its answer is too long"),
        ):
            url, _ = self.script(answer)
            self.proxies["https"] = url.removeprefix("http://").removesuffix("/f")
            self.assertIn(problem, str(await self.fails(self.url)))

    async def test_a_proxy_that_says_nothing(self) -> None:
        url, server = self.script(None)
        lost = server.lost
        self.proxies["https"] = url.removeprefix("http://").removesuffix("/f")
        self.assertIn("no answer for 0.05 s", str(await self.fails(self.url, timeout=0.05)))
        await lost
