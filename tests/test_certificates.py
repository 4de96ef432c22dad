"""
Servers over TLS whose certificates are checked, or not.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from OpenSSL.SSL import Error
from service_identity import VerificationError
from treq.client import HTTPClient
from twisted.internet import reactor, ssl
from twisted.trial.unittest import TestCase
from twisted.web.client import Agent
from twisted.web.resource import Resource

from provd.certificates import https_policy
from tests.downloads.servers import Ports
from tests.tls import self_signed


class Policies(TestCase):
    timeout = 20

    def setUp(self) -> None:
        self.pem, private = self_signed("127.0.0.1")
        ports = Ports()
        self.addCleanup(ports.stop)
        self.url = ports.serve(Resource(), tls=ssl.PrivateCertificate.loadPEM(self.pem + private).options())

    async def status(self, verify: bool | Path, url: str | None = None) -> int:
        client = HTTPClient(Agent(reactor, https_policy(verify)))
        response = await client.get(url or self.url)
        await response.content()
        return int(response.code)

    async def cause(self, verify: bool | Path) -> Any:
        try:
            await self.status(verify)
        except Exception as error:
            return error.reasons[0].value  # type: ignore[attr-defined]
        return None

    def file(self, content: bytes) -> Path:
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        path = folder / "ca.pem"
        path.write_bytes(content)
        return path

    async def test_a_file_names_the_authorities(self) -> None:
        both = self.file(self_signed()[0] + b"and\n" + self.pem)
        localhost = self.url.replace("127.0.0.1", "localhost")
        self.assertEqual([await self.status(both), await self.status(both, localhost)], [404, 404])
        self.assertIsInstance(await self.cause(self.file(self_signed()[0])), Error)

    async def test_without_a_file_the_machine_s_authorities_count(self) -> None:
        self.assertIsInstance(await self.cause(True), Error)

    async def test_anybody_may_be_trusted(self) -> None:
        self.assertEqual(await self.status(False), 404)
        self.assertEqual(await self.status(False, self.url.replace("127.0.0.1", "localhost")), 404)

    async def test_a_certificate_of_another_host_is_refused(self) -> None:
        pem, private = self_signed()
        ports = Ports()
        self.addCleanup(ports.stop)
        self.url = ports.serve(Resource(), tls=ssl.PrivateCertificate.loadPEM(pem + private).options())
        self.assertIsInstance(await self.cause(self.file(pem)), VerificationError)


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\xff"]
)
def test_what_is_no_certificate_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(ValueError, match="certificate"):
        https_policy(tmp_path / "ca.pem")
    with pytest.raises(FileNotFoundError):
        https_policy(tmp_path / "none")
