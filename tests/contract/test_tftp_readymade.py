"""
plugin-api, 11.4: the TFTP services that plugins need not write themselves.
"""

from __future__ import annotations

from pathlib import Path

from provd.pluginkit.files import temporary_beside
from provd.tftp.wire import ERR_ACCESS, ERR_FNF, Error
from tests.contract.kit import PHONE
from tests.contract.tftp import TFTPContractTest


class ReadyMadeServices(TFTPContractTest):
    entry = """
    def _tftp(self, path):
        return ByName({
            b'file': TFTPFileService(path),
            b'null': TFTPNullService(),
            b'denied': TFTPNullService(ERR_ACCESS, 'denied'),
            b'named': TFTPNullService(errmsg='no such phone'),
            b'text': TFTPStringService('caf\\u00e9'),
            b'raw': TFTPStringService(b'\\x00\\xff'),
            b'hook': Renames(TFTPFileService(path)),
            b'log': TFTPLogService(logger.info, TFTPLogService(logger, TFTPStringService('logged'))),
        })

import logging

try:
    from wazo_provd.servers.tftp.packet import ERR_ACCESS
    from wazo_provd.servers.tftp.service import (
        TFTPHookService, TFTPLogService, TFTPNullService, TFTPStringService,
    )
except ImportError:
    from provd.servers.tftp.packet import ERR_ACCESS
    from provd.servers.tftp.service import TFTPHookService, TFTPLogService, TFTPNullService, TFTPStringService

logger = logging.getLogger('plugin.brand')


class Renames(TFTPHookService):
    def __init__(self, service):
        TFTPHookService.__init__(self, service)

    def _pre_handle(self, request):
        request['packet']['filename'] = request['packet']['filename'].rpartition(b'\\\\')[2]


class ByName:
    def __init__(self, services):
        self._services = services

    def handle_read_request(self, request, response):
        name, _, rest = request['packet']['filename'].partition(b':')
        if rest:
            request['packet']['filename'] = rest
        self._services.get(name, self._services[b'file']).handle_read_request(request, response)
"""

    async def known(self) -> None:
        """
        Have the phone known by its address.
        """
        await self.ask(PHONE)

    async def test_a_folder(self) -> None:
        await self.known()
        for name in ("a.cfg", "sub/b.cfg", "Communicator\\c.cfg", ".hidden"):
            self.put(name, name.encode())
        for name, path in {
            "a.cfg": "a.cfg",
            "/a.cfg": "a.cfg",
            "//sub///b.cfg": "sub/b.cfg",
            "sub/../a.cfg": "a.cfg",
            "Communicator\\c.cfg": "Communicator\\c.cfg",
            ".hidden": ".hidden",
        }.items():
            self.assertEqual(await self.ask(f"file:{name}"), path.encode(), name)

    async def test_what_is_not_in_the_folder(self) -> None:
        await self.known()
        self.put("a.cfg")
        folder = self.site.served("brand")
        old = folder.parent / "tftpboot-old"
        old.mkdir()
        (old / "x").write_bytes(b"secret")
        (folder / "out").symlink_to("../tftpboot-old/x")
        Path(temporary_beside(folder / "a.cfg")).write_bytes(b"half")
        (temporary,) = folder.glob(".provd-*")
        for name in (
            "none",
            "A.CFG",
            "..",
            "../tftpboot-old/x",
            "/../tftpboot-old/x",
            "x/../../tftpboot-old/x",
            "..\\tftpboot-old\\x",
            "out",
            "\xe9.cfg",
            "/",
            temporary.name,
        ):
            self.assertEqual(await self.ask(f"file:{name}"), Error(ERR_FNF, b"File not found"), name)

    async def test_refusals(self) -> None:
        await self.known()
        self.assertEqual(await self.ask("null:x"), Error(ERR_FNF, b"File not found"))
        self.assertEqual(await self.ask("denied:x"), Error(ERR_ACCESS, b"denied"))
        self.assertEqual(await self.ask("named:x"), Error(ERR_FNF, b"no such phone"))

    async def test_texts(self) -> None:
        await self.known()
        self.assertEqual(await self.ask("text:x"), "café".encode())
        self.assertEqual(await self.ask("raw:x"), b"\0\xff")

    async def test_a_hook_may_change_the_request(self) -> None:
        await self.known()
        self.put("a.cfg")
        self.assertEqual(await self.ask("hook:Communicator\\a.cfg"), b"hello")

    async def test_a_log_has_one_line_for_each_request(self) -> None:
        await self.known()
        with self.assertLogs("plugin.brand", "INFO") as lines:
            self.assertEqual(await self.ask("log:a\nb"), b"logged")
        told = "TFTP request from 127.0.0.1: b'a\\nb' (b'octet')"
        self.assertEqual([record.getMessage() for record in lines.records], [told] * 2)
