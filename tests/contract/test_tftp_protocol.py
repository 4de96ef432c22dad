"""
plugin-api, 11.6: the files of a plugin over TFTP, with the clients that people use and with odd requests.
"""

from __future__ import annotations

import os

from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue

from provd.errors import StoreError
from provd.tftp.wire import ERR_FNF, ERR_UNDEF, OP_WRQ, Error
from tests.contract.kit import PHONE
from tests.contract.tftp import TFTPContractTest
from tests.support import need_program

NAME = f"{PHONE}.rom"


class Clients(TFTPContractTest):
    async def fetch(self, program: str, *arguments: str) -> bytes:
        """
        Run a client, whose arguments name the file ``TARGET`` and the port ``PORT``; return what it got.
        """
        target = self.site.folder / "got"
        target.unlink(missing_ok=True)
        port = self.site.settings.general.tftp_port
        given = [word.replace("TARGET", str(target)).replace("PORT", str(port)) for word in arguments]
        out, errors, code = await getProcessOutputAndValue(program, given, env=dict(os.environ))
        self.assertEqual(code, 0, out + errors)
        return target.read_bytes()

    async def whole(self, program: str, *arguments: str) -> None:
        for size in (0, 1, 511, 512, 513, 1428, 100_000):
            content = os.urandom(size)
            self.put(NAME, content)
            self.assertEqual(await self.fetch(program, *arguments), content, size)

    async def test_tftp_hpa(self) -> None:
        program = need_program("tftp", "tftp-hpa")
        await self.whole(program, "-m", "binary", "127.0.0.1", "PORT", "-c", "get", NAME, "TARGET")

    async def test_atftp(self) -> None:
        program = need_program("atftp")
        await self.whole(program, "-g", "-r", NAME, "-l", "TARGET", "127.0.0.1", "PORT")
        sized = ("--option", "blksize 1428", "--option", "tsize 0", "--option", "timeout 3")
        await self.whole(program, *sized, "-g", "-r", NAME, "-l", "TARGET", "127.0.0.1", "PORT")

    async def test_busybox(self) -> None:
        program = need_program("busybox")
        for sized in ((), ("-b", "1428")):
            await self.whole(program, "tftp", *sized, "-g", "-r", NAME, "-l", "TARGET", "127.0.0.1", "PORT")

    async def test_curl_with_backslashes_and_slashes(self) -> None:
        program = need_program("curl")
        for name in (f"Communicator\\{NAME}", f"sub/{NAME}"):
            self.put(name, name.encode())
            url = f"tftp://127.0.0.1:PORT/{name}"
            got = await self.fetch(program, "-sS", "--path-as-is", "-o", "TARGET", url)
            self.assertEqual(got, name.encode())


class OddRequests(TFTPContractTest):
    async def test_writing_isnt_supported(self) -> None:
        self.assertEqual(await self.ask(NAME, opcode=OP_WRQ), Error(ERR_UNDEF, b"not supported"))
        self.assertEqual(self.site.devices(), [])

    async def test_other_modes_are_refused(self) -> None:
        self.put(NAME)
        self.assertEqual(await self.ask(NAME, mode=b"OCTET"), b"hello")
        self.assertEqual(await self.ask(NAME, mode=b"mail"), Error(ERR_UNDEF, b"mode not supported"))

    async def test_text_mode_has_line_ends_of_the_network(self) -> None:
        self.put(NAME, b"a\nb\r\n")
        self.assertEqual(await self.ask(NAME, mode=b"netascii"), b"a\r\nb\r\0\r\n")

    async def test_who_tells_nothing_is_told_that_nothing_is_there(self) -> None:
        self.assertEqual(await self.ask("a.cfg"), Error(ERR_FNF, b"File not found"))

    async def test_without_a_service_there_is_nothing(self) -> None:
        self.put(NAME)
        self.plugin.tftp_service = None
        self.assertEqual(await self.ask(NAME), Error(ERR_FNF, b"File not found"))

    async def test_identification_that_fails_is_error_0(self) -> None:
        def failing(*_: object) -> Deferred[None]:
            raise StoreError("the disk is full")

        self.patch(self.site.parts.pipeline, "process", failing)
        self.assertEqual(await self.ask(NAME), Error(ERR_UNDEF, b"Internal error"))
        self.assertEqual(len(self.flushLoggedErrors(StoreError)), 1)

    async def test_block_sizes_are_granted_within_their_bounds(self) -> None:
        content = os.urandom(70_000)
        self.put(NAME, content)
        for asked, granted in ((b"8", b"8"), (b"1428", b"1428"), (b"65464", b"65464"), (b"65465", b"65464")):
            phone = self.phone()
            fetched = await phone.ask(NAME.encode(), options=((b"blksize", asked),))
            self.assertEqual((fetched, phone.granted), (content, {b"blksize": granted}))
        for asked in (b"7", b"0", b"-1", b"big", b""):
            phone = self.phone()
            fetched = await phone.ask(NAME.encode(), options=((b"blksize", asked),))
            self.assertEqual((fetched, phone.granted), (content, {}), asked)
