"""
Files over FTP.
"""

from __future__ import annotations

from typing import Any

from twisted.cred.checkers import AllowAnonymousAccess
from twisted.cred.portal import Portal
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.protocols.ftp import FTPFactory, FTPRealm
from twisted.python.failure import Failure

from provd.errors import DownloadError

from .case import CONTENT, Case
from .servers import sha1


class Talk(LineReceiver):
    """
    A conversation with a server that sends ``CONTENT``, from where it is told to.
    """

    factory: Server

    def connectionMade(self) -> None:
        self.offset = 0
        self.sendLine(b"220 hello")

    def lineReceived(self, line: bytes) -> None:
        command, _, argument = line.partition(b" ")
        self.factory.commands.append(line)
        answer = self.factory.answers.get(command)
        if answer is not None:
            self.sendLine(answer)
        elif command == b"REST":
            self.offset = int(argument)
            self.sendLine(b"350 go on")
        elif command == b"PASV":
            port = self.factory.listen()
            self.sendLine(b"227 ok (10,0,0,1,%d,%d)" % divmod(port, 256))
        elif command == b"RETR":
            self.sendLine(b"150 here it comes")
            end, verdict = self.factory.transfers.pop(0)
            self.factory.send(self, CONTENT[self.offset : end], verdict)
        else:
            self.sendLine(b"200 ok")


class Server(Factory):
    """
    :param transfers: for each, at which byte it ends and what the server says then; None to hang up.
    :param answers: to commands, in the place of those that a server should give.
    """

    protocol = Talk  # type: ignore[assignment]

    def __init__(self, case: Case, *transfers: tuple[int, bytes | None], **answers: bytes) -> None:
        self.transfers = list(transfers)
        self.answers = {name.encode(): answer for name, answer in answers.items()}
        self.commands: list[bytes] = []
        self._case = case

    def listen(self) -> int:
        server = self

        class Data(Protocol):
            def connectionMade(self) -> None:
                server._data = self
                server._flush()

            def connectionLost(self, reason: Failure = connectionDone) -> None:
                server._end()

        self._data: Any = None
        self._transfer: tuple[Talk, bytes, bytes | None] | None = None
        return self._case.ports.listen(Factory.forProtocol(Data))

    def send(self, talk: Talk, content: bytes, verdict: bytes | None) -> None:
        self._transfer = (talk, content, verdict)
        self._flush()

    def _flush(self) -> None:
        if self._data is not None and self._transfer is not None:
            self._data.transport.write(self._transfer[1])
            self._data.transport.loseWriteConnection()

    def _end(self) -> None:
        """
        Say how it went, once the client has read it all.
        """
        if self._transfer is None:
            return
        talk, _, verdict = self._transfer
        if verdict is None:
            talk.transport.loseConnection()
        else:
            talk.sendLine(verdict)


WHOLE = (10**9, b"226 that was it")


class RealServer(Case):
    def setUp(self) -> None:
        super().setUp()
        self.folder.joinpath("pub").mkdir()
        self.folder.joinpath("pub", "a b.rom").write_bytes(CONTENT)
        factory = FTPFactory(Portal(FTPRealm(str(self.folder)), [AllowAnonymousAccess()]))
        factory.passivePortRange = range(1)
        self.addCleanup(factory.stopFactory)
        self.url = f"ftp://127.0.0.1:{self.ports.listen(factory)}/pub"

    async def test_a_file_is_fetched(self) -> None:
        await self.downloads.to_file(f"{self.url}/a%20b.rom", self.target, size=len(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)

    async def test_what_is_not_there_or_not_allowed_is_an_error(self) -> None:
        self.assertIn("550 ", str(await self.fails(f"{self.url}/other")))
        error = await self.fails(f"{self.url.replace('//', '//user:wrong@')}/a%20b.rom")
        self.assertIn("530 ", str(error))
        self.assertNotIn("wrong", str(error))
        await self.fails(f"{self.url}/a%0d%0aDELE%20b")
        await self.fails(self.url.removesuffix("pub"))


class OtherServers(Case):
    def served(self, *transfers: tuple[int, bytes | None], **answers: bytes) -> tuple[str, Server]:
        server = Server(self, *transfers, **answers)
        return f"ftp://127.0.0.1:{self.ports.listen(server)}/f", server

    async def test_a_broken_download_goes_on_where_it_broke(self) -> None:
        for verdict in (None, b"426 cut short"):
            url, server = self.served((1000, verdict), WHOLE)
            await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
            self.assertEqual(self.target.read_bytes(), CONTENT)
            self.assertIn(b"REST 1000", server.commands)

    async def test_without_a_digest_it_begins_again(self) -> None:
        url, server = self.served((1000, None), WHOLE)
        await self.downloads.to_file(url, self.target)
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertNotIn(b"REST 1000", server.commands)

    async def test_a_server_that_gives_no_parts_begins_again(self) -> None:
        url, server = self.served((1000, None), WHOLE, REST=b"502 what?")
        await self.downloads.to_file(url, self.target, sha1=sha1(CONTENT))
        self.assertEqual(self.target.read_bytes(), CONTENT)
        self.assertEqual(server.transfers, [])

    async def test_a_login_that_fails_later_throws_nothing_away(self) -> None:
        self.partial.write_bytes(CONTENT[:1000])
        url, _ = self.served(PASS=b"530 too many users")
        self.assertIn("530 too many users", str(await self.fails(url, sha1=sha1(CONTENT))))
        self.assertEqual(self.partial.read_bytes(), CONTENT[:1000])

    async def test_a_file_is_not_whole_before_the_server_says_so(self) -> None:
        url, _ = self.served((10**9, b"551 the disk is broken"))
        self.assertIn("551 the disk is broken", str(await self.fails(url)))

    async def test_more_than_was_meant_is_refused(self) -> None:
        url, _ = self.served(WHOLE)
        with self.assertRaises(DownloadError) as caught:
            await self.downloads.read(url, 1000)
        self.assertIn("is larger than 1000 bytes", str(caught.exception))

    async def test_who_it_is_and_where_the_file_lies_are_told_as_the_url_says(self) -> None:
        url, server = self.served(WHOLE)
        await self.downloads.to_file(url.replace("//", "//me:p%40w@").replace("/f", "/%2Ffw/f"), self.target)
        for command in (b"USER me", b"PASS p@w", b"TYPE I", b"RETR /fw/f"):
            self.assertIn(command, server.commands)

    async def test_a_server_that_falls_silent_is_given_up(self) -> None:
        url, _ = self.served(PASV=b"")
        self.assertIn("no byte for 0.05 s", str(await self.fails(url, timeout=0.05)))

    async def test_an_answer_that_cannot_be_read_is_an_error(self) -> None:
        for answer in (b"227 here", b"227 ok (1,2)", b"99", b"999 what"):
            url, _ = self.served(PASV=answer)
            await self.fails(url, timeout=0.1)
            self.flushLoggedErrors()
