"""
Files over TLS, directly and through a tunnel, and over FTP.
"""

from __future__ import annotations

import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from twisted.cred.checkers import AllowAnonymousAccess
from twisted.cred.portal import Portal
from twisted.internet import reactor, ssl
from twisted.protocols.ftp import FTPFactory, FTPRealm
from twisted.web.client import BrowserLikePolicyForHTTPS

from provd.downloads.client import Downloads
from provd.errors import DownloadError

from .servers import ProxyFactory
from .test_downloads import CONTENT, Case, data, folder


def certificate() -> tuple[Any, Any]:
    """
    Return what a server of localhost shows, and what trusts it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
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
        await self.fails(self.url)
        with self.assertRaises(DownloadError):
            await self.trusting.read(self.url.replace("localhost", "127.0.0.1"), 10**9)

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


class FTP(Case):
    def setUp(self) -> None:
        super().setUp()
        self.folder.joinpath("pub").mkdir()
        self.folder.joinpath("pub", "a b.rom").write_bytes(CONTENT)
        factory = FTPFactory(Portal(FTPRealm(str(self.folder)), [AllowAnonymousAccess()]))
        factory.passivePortRange = range(1)
        self.addCleanup(factory.stopFactory)
        self.url = f"ftp://127.0.0.1:{self.ports.listen(factory)}/pub"

    async def test_a_file_over_ftp(self) -> None:
        await self.downloads.to_file(f"{self.url}/a%20b.rom", self.target, size=len(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_what_is_not_there_or_not_allowed_is_an_error(self) -> None:
        await self.fails(f"{self.url}/other")
        await self.fails(f"{self.url.replace('//', '//user:wrong@')}/a%20b.rom")
        await self.fails(f"{self.url}/a%0d%0aDELE%20b")
