"""
A daemon with one third-party plugin, for tests of what such plugins may rely on.
"""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from tests.daemon.site import Site, install_plugin

# Ends within the class of the plugin; a test goes on from there.
BRAND = """
try:
    from accent_provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from accent_provd.plugins import StandardPlugin
    from accent_provd.servers.http import HTTPNoListingFileService
    from accent_provd.servers.tftp.service import TFTPFileService
except ImportError:
    from provd.devices.pgasso import BasePgAssociator, DeviceSupport
    from provd.plugins import StandardPlugin
    from provd.servers.http import HTTPNoListingFileService
    from provd.servers.tftp.service import TFTPFileService

import io
import os
import re

from twisted.internet import defer, reactor, threads
from twisted.web import server
from twisted.web.resource import Resource


class BrandExtractor:
    seen = []

    def extract(self, request, request_type):
        self.seen.append(self._seen(request, request_type.value))
        return defer.succeed(getattr(self, '_' + request_type.value)(request))

    def _seen(self, request, kind):
        return request.path if kind == 'http' else request

    def _http(self, request):
        return self._info((request.getHeader(b'User-Agent') or b'').decode('ascii'))

    def _tftp(self, request):
        return self._info(request['packet']['filename'].decode('ascii'))

    def _dhcp(self, request):
        if 60 in request['options'] and request['options'][60].startswith('Brand '):
            return {'vendor': 'Brand', 'model': request['options'][60][6:].rstrip('\\x00')}

    def _info(self, text):
        match = re.search(r'brand([\\da-f]{12})', text)
        if match:
            return {'vendor': 'Brand', 'mac': ':'.join(re.findall('..', match.group(1)))}


class BrandAssociator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return DeviceSupport.EXACT if vendor == 'Brand' else DeviceSupport.IMPROBABLE


class BrandPlugin(StandardPlugin):
    IS_PLUGIN = True

    http_dev_info_extractor = BrandExtractor()
    tftp_dev_info_extractor = http_dev_info_extractor
    dhcp_dev_info_extractor = http_dev_info_extractor
    pg_associator = BrandAssociator()

    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self.http_service = self._http(self._tftpboot_dir)
        self.tftp_service = self._tftp(self._tftpboot_dir)

    def _http(self, path):
        return HTTPNoListingFileService(path)

    def _tftp(self, path):
        return TFTPFileService(path)
"""

PHONE = "brand0200000000aa"
"""A phone of that brand: its ``User-Agent``, and what is in each name that it asks for over TFTP."""


class Answer(NamedTuple):
    """
    What a phone gets.

    :param headers: by lower-case name.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> Any:
        """
        What the plugin shows of itself, as its ``repr()``.
        """
        return ast.literal_eval(self.body.decode())


class ContractTest(TestCase):
    """
    Runs a daemon with one plugin for each test.

    :cvar entry: of ``entry.py``, what comes after :data:`BRAND`.
    """

    timeout = 60
    general: dict[str, Any] = {}
    sections: dict[str, Any] = {}
    entry = ""

    def setUp(self) -> Deferred[None]:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.site = Site(Path(temporary.name), self.general, first_start={"plugins": []}, **self.sections)
        self.before_start()
        self.addCleanup(lambda: Deferred.fromCoroutine(self.site.stop()))
        return Deferred.fromCoroutine(self.site.start())

    def before_start(self) -> None:
        """
        Prepare the data folder.
        """
        install_plugin(self.site.folder, "brand", BRAND + self.entry)

    @property
    def plugin(self) -> Any:
        return self.site.parts.manager.get("brand")

    @property
    def seen(self) -> list[Any]:
        """
        What the extractor was shown: paths over HTTP, whole requests of the other protocols.
        """
        seen: list[Any] = self.plugin.http_dev_info_extractor.seen
        return seen

    def put(self, name: str, content: bytes = b"hello") -> None:
        """
        Put a file into the folder that the plugin serves.
        """
        path = self.site.served("brand") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    async def http(self, path: str, *options: str, agent: str = PHONE) -> Answer:
        """
        Ask over HTTP; ``options`` are curl's.
        """
        port = self.site.settings.general.http_proxied_listen_port
        heads = self.site.folder / "heads"
        url = f"http://127.0.0.1:{port}{path}"
        status, body = await self.site.curl("--path-as-is", "-D", str(heads), "-A", agent, *options, url)
        lines = heads.read_bytes().decode("latin-1").split("\r\n\r\n")[-2].split("\r\n")[1:]
        named = (line.partition(": ") for line in lines)
        return Answer(status, {name.lower(): value for name, _, value in named}, body)
