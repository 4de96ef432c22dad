"""
plugin-api, 11.1 to 11.3: what a plugin's TFTP service is asked, and how it may answer.
"""

from __future__ import annotations

import ast
import gzip
from typing import Any

from provd.tftp.wire import ERR_ACCESS, ERR_NO_USER, ERR_UNDEF, Error
from tests.contract.kit import PHONE
from tests.contract.tftp import TFTPContractTest
from tests.logged import logged


def request_in(content: bytes | Error) -> Any:
    """
    Return the request that the service shows as its answer.
    """
    assert isinstance(content, bytes), content
    return ast.literal_eval(content.decode())


class AServiceOfThePluginsOwn(TFTPContractTest):
    entry = """
    def _tftp(self, path):
        return BrandTFTPService(path)

import gzip
import logging
import threading

try:
    from accent_provd.servers.tftp.packet import ERR_ACCESS, ERR_NO_USER
except ImportError:
    from provd.servers.tftp.packet import ERR_ACCESS, ERR_NO_USER


class Slow:
    # Nothing but what the contract names, and never as much as is asked for.
    def __init__(self, content):
        self._content = content
        self.closed = 0

    def read(self, n):
        piece, self._content = self._content[:min(n, 100)], self._content[min(n, 100):]
        return piece

    def close(self):
        self.closed += 1


class BrandTFTPService:
    def __init__(self, path):
        self._path = path
        self.refused = []
        self.slow = Slow(b'x' * 1300)

    def handle_read_request(self, request, response):
        name = request['packet']['filename'].decode('latin-1')
        getattr(self, '_' + name.rpartition('-')[2])(request, response)

    def _show(self, request, response):
        response.accept(io.BytesIO(repr(request).encode()))

    def _slow(self, request, response):
        response.accept(self.slow)

    def _file(self, request, response):
        response.accept(open(os.path.join(self._path, 'file'), 'rb'))

    def _packed(self, request, response):
        response.accept(gzip.open(os.path.join(self._path, 'file.gz')))

    def _secret(self, request, response):
        response.reject(ERR_ACCESS, 'not for you')

    def _unknown(self, request, response):
        response.reject(errcode=ERR_NO_USER, errmsg=b'who?')

    def _ignored(self, request, response):
        response.ignore()

    def _never(self, request, response):
        pass

    def _later(self, request, response):
        reactor.callLater(0, response.accept, io.BytesIO(b'later'))

    def _computed(self, request, response):
        d = threads.deferToThread(lambda: b'computed')
        d.addCallback(lambda content: response.accept(io.BytesIO(content)))

    def _thread(self, request, response):
        def work():
            response.accept(io.BytesIO(threading.current_thread().name.encode()))
        threading.Thread(target=work, name='my own').start()

    def _refusing(self, request, response):
        threading.Thread(target=lambda: response.reject(ERR_ACCESS, 'no')).start()

    def _twice(self, request, response):
        response.accept(io.BytesIO(b'first'))
        for answer in (
            lambda: response.accept(io.BytesIO(b'second')),
            lambda: response.reject(ERR_ACCESS, 'no'),
            response.ignore,
        ):
            try:
                answer()
            except ValueError as error:
                self.refused.append(error)

    def _raises(self, request, response):
        raise RuntimeError('s3cret')

    def _unreadable(self, request, response):
        class Unreadable(Slow):
            def read(self, n):
                raise RuntimeError('s3cret')
        response.accept(Unreadable(b''))

    def _text(self, request, response):
        response.accept(io.StringIO('s3cret'))
"""

    async def test_what_it_is_asked(self) -> None:
        phone = self.phone()
        shown = request_in(await phone.ask(f"/{PHONE}-show".encode(), b"OCTET"))
        self.assertEqual(shown["address"], phone.address)
        self.assertEqual(
            shown["packet"],
            {
                "opcode": b"\0\1",
                "filename": f"/{PHONE}-show".encode(),
                "mode": b"octet",
                "options": {},
            },
        )
        self.assertEqual(shown["prov_dev"], self.site.device())
        (extracted,) = self.seen
        self.assertEqual(extracted["packet"], shown["packet"])
        self.assertEqual(extracted["address"], phone.address)

    async def test_options_are_as_sent_but_for_the_block_size(self) -> None:
        options = ((b"BLKSIZE", b"1024"), (b"tsize", b"0"), (b"x-brand", b"y"))
        phone = self.phone()
        content = await phone.ask(f"{PHONE}-show".encode(), options=options)
        asked = {b"blksize": 1024, b"tsize": b"0", b"x-brand": b"y"}
        self.assertEqual(request_in(content)["packet"]["options"], asked)
        assert isinstance(content, bytes)
        self.assertEqual(phone.granted, {b"blksize": b"1024", b"tsize": b"%d" % len(content)})

    async def test_odd_names_reach_it_as_they_are(self) -> None:
        await self.ask(f"{PHONE}-show")  # known by its address from now on
        for name in (b"Communicator\\..\\x-show", b"\xe9\xff-show", b"a b//-show"):
            self.assertEqual(request_in(await self.ask(name))["packet"]["filename"], name)

    async def test_it_may_accept_with_anything_that_is_read_and_closed(self) -> None:
        content = bytes(range(256)) * 6
        self.put("file", content)
        self.put("file.gz", gzip.compress(content))
        self.assertEqual(await self.ask(f"{PHONE}-file"), content)
        self.assertEqual(await self.ask(f"{PHONE}-packed"), content)
        self.assertEqual(await self.ask(f"{PHONE}-slow"), b"x" * 1300)
        await self.ask(f"{PHONE}-show")  # so that the last acknowledgement has come
        self.assertEqual(self.plugin.tftp_service.slow.closed, 1)

    async def test_it_may_refuse(self) -> None:
        self.assertEqual(await self.ask(f"{PHONE}-secret"), Error(ERR_ACCESS, b"not for you"))
        self.assertEqual(await self.ask(f"{PHONE}-unknown"), Error(ERR_NO_USER, b"who?"))

    async def test_it_may_ignore_or_forget(self) -> None:
        ignored, forgotten = self.phone(), self.phone()
        await self.ask(f"{PHONE}-show")
        ignored.send(f"{PHONE}-ignored".encode())
        forgotten.send(f"{PHONE}-never".encode())
        await self.ask(f"{PHONE}-show")
        self.assertEqual((ignored.is_answered(), forgotten.is_answered()), (False, False))
        statuses = {trace["request"].rpartition("-")[2]: trace["status"] for trace in self.site.parts.traces}
        self.assertEqual(statuses, {"show": "ok", "ignored": "ignored"})

    async def test_it_may_answer_later_from_any_thread(self) -> None:
        self.assertEqual(await self.ask(f"{PHONE}-later"), b"later")
        self.assertEqual(await self.ask(f"{PHONE}-computed"), b"computed")
        for _ in range(20):
            self.assertEqual(await self.ask(f"{PHONE}-thread"), b"my own")
            self.assertEqual(await self.ask(f"{PHONE}-refusing"), Error(ERR_ACCESS, b"no"))

    async def test_a_second_answer_is_its_mistake_and_changes_nothing(self) -> None:
        self.assertEqual(await self.ask(f"{PHONE}-twice"), b"first")
        self.assertEqual([type(error) for error in self.plugin.tftp_service.refused], [ValueError] * 3)

    async def test_what_it_does_wrong_is_told_once_and_answered(self) -> None:
        with logged() as events:
            for _ in range(2):
                self.assertEqual(await self.ask(f"{PHONE}-raises"), Error(ERR_UNDEF, b"Internal error"))
                self.assertEqual(
                    await self.ask(f"{PHONE}-unreadable"), Error(ERR_UNDEF, b"the file can't be read")
                )
                self.assertEqual(await self.ask(f"{PHONE}-text"), Error(ERR_UNDEF, b"the file can't be read"))
        told = [text for text in events.texts() if text.startswith("the TFTP service of brand failed: ")]
        self.assertEqual([text.split()[6] for text in told], ["RuntimeError", "TypeError"])
        self.assertNotIn("s3cret", events.everything())
