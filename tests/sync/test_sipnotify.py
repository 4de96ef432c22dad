"""
A NOTIFY sent by the daemon, to phones and registrars over real sockets.
"""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.protocol import DatagramProtocol
from twisted.trial.unittest import SkipTest, TestCase

from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.settings.model import Sip
from provd.sip import transaction as siptransaction
from provd.sync.phone import Line, Phone
from provd.sync.sip import NotRegistered
from provd.sync.sipnotify import SipWay
from provd.sync.sipport import SipPort
from provd.sync.ways import Notify
from tests.support import free_port
from tests.sync.failing import reason
from tests.sync.record import Record

CHECK_SYNC = Notify("check-sync;reboot=true")
USER, PASSWORD = "auth1", "hunter2"


class Peer(DatagramProtocol):
    """
    A phone, or a registrar.

    :ivar requests: the datagrams that came, as text.
    :ivar answer: returns, for a request, the lines of a response before those that are copied; None for none.
    """

    def __init__(self, interface: str) -> None:
        self.requests: list[str] = []
        self.answer: Callable[[str], str | None] = lambda request: "SIP/2.0 200 OK"
        self.interface = interface
        here: Any = reactor
        self._port = here.listenUDP(0, self, interface=interface)
        self.port = self._port.getHost().port

    def stop(self) -> Any:
        return self._port.stopListening()

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        request = datagram.decode()
        self.requests.append(request)
        first = self.answer(request)
        if first is not None:
            copied = [line for line in request.split("\r\n") if line.partition(":")[0] in _COPIED]
            response = "\r\n".join([first, *copied, "Content-Length: 0", "", ""])
            self.transport.write(response.encode(), addr)

    def headers(self, number: int = -1) -> dict[str, str]:
        lines = self.requests[number].partition("\r\n\r\n")[0].split("\r\n")[1:]
        return {name: value for name, _, value in (line.partition(": ") for line in lines)}


_COPIED = ("Via", "From", "To", "Call-ID", "CSeq")


def proves(header: str, algorithm: str, uri: str) -> bool:
    """
    Tell whether a header shows that its writer knows the password (RFC 7616), computed on its own.
    """
    found = dict(re.findall(r'(\w+)="?([^",]*)"?', header))
    name = {"MD5": "md5", "SHA-256": "sha256"}[algorithm]

    def digest(text: str) -> str:
        return hashlib.new(name, text.encode()).hexdigest()

    secret = digest(f"{USER}:{found['realm']}:{PASSWORD}")
    middle = f"{found['nonce']}:{found['nc']}:{found['cnonce']}:{found['qop']}"
    wanted = digest(f"{secret}:{middle}:{digest(f'NOTIFY:{uri}')}")
    return (found["username"], found["uri"], found["response"]) == (USER, uri, wanted)


class Case(TestCase):
    timeout = 20

    def setUp(self) -> None:
        for name, value in (("T1", 0.02), ("T2", 0.08), ("T4", 0.02)):
            self.patch(siptransaction, name, value)
        self.line: Line | None = None
        self.record = Record()
        self.port = self.open(Sip())
        self.way = SipWay(self.port, self.record, lambda phone: self.line)
        self.peer = self.listen()
        self.patch(SipWay, "PHONE_PORT", self.peer.port)
        self.registered(self.peer)
        self.phone = Phone("d1", None, "127.0.0.1", "u1")

    def open(self, settings: Sip) -> SipPort:
        port = SipPort(settings, reactor)
        port.startService()
        self.addCleanup(port.stopService)
        return port

    def listen(self, interface: str = "127.0.0.1") -> Peer:
        peer = Peer(interface)
        self.addCleanup(peer.stop)
        return peer

    def registered(self, registrar: Peer, **keys: Any) -> None:
        self.line = Line("u1", USER, Secret(PASSWORD), registrar.interface, registrar.port, **keys)


class ThroughTheRegistrar(Case):
    async def test_a_notify_is_what_phones_expect(self) -> None:
        notify = Notify("check-sync", (("Content-Type", "text/plain"), ("Content", "a"), ("Content", "b")))
        await self.way.to_endpoint(self.phone, notify)
        uri = f"sip:u1@127.0.0.1:{self.peer.port}"
        (request,) = self.peer.requests
        self.assertTrue(request.startswith(f"NOTIFY {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:"))
        self.assertTrue(request.endswith("\r\nContent-Length: 4\r\n\r\na\r\nb"))
        headers = self.peer.headers()
        self.assertRegex(headers.pop("Via"), r"^SIP/2.0/UDP 127.0.0.1:\d+;branch=z9hG4bK[0-9a-f]{24};rport$")
        self.assertRegex(headers.pop("From"), f"^<{uri}>;tag=[0-9a-f]+$")
        self.assertRegex(headers.pop("Contact"), r"^<sip:provd@127.0.0.1:\d+>$")
        self.assertTrue(headers.pop("Call-ID"))
        self.assertEqual(
            headers,
            {
                "Max-Forwards": "70",
                "To": f"<{uri}>",
                "CSeq": "1 NOTIFY",
                "Event": "check-sync",
                "Content-Type": "text/plain",
                "Subscription-State": "terminated",
                "Content-Length": "4",
            },
        )

    async def test_an_outbound_proxy_goes_first(self) -> None:
        proxy = self.listen()
        self.registered(self.peer, proxy=("127.0.0.1", proxy.port))
        await self.way.to_endpoint(self.phone, CHECK_SYNC)
        self.assertEqual((len(proxy.requests), self.peer.requests), (1, []))
        self.assertEqual(proxy.headers()["Route"], f"<sip:127.0.0.1:{proxy.port};lr>")

    async def test_a_phone_that_is_not_registered_is_told(self) -> None:
        for status in (404, 410, 480):
            self.peer.answer = lambda request, status=status: f"SIP/2.0 {status} Gone"  # type: ignore[misc]
            with self.assertRaises(NotRegistered):
                await self.way.to_endpoint(self.phone, CHECK_SYNC)

    async def test_any_other_final_response_is_a_failure_with_its_code(self) -> None:
        for status in (301, 403, 489, 500, 603):
            self.peer.answer = lambda request, status=status: f"SIP/2.0 {status} No"  # type: ignore[misc]
            self.assertIn(
                f"answered with {status}", await reason(self.way.to_endpoint(self.phone, CHECK_SYNC))
            )

    async def test_without_a_registrar_nothing_is_sent(self) -> None:
        self.line = None
        self.assertIn("isn't known", await reason(self.way.to_peer("u1", CHECK_SYNC)))

    async def test_nor_where_another_device_has_the_endpoint(self) -> None:
        self.record.rivals = True
        await reason(self.way.to_endpoint(self.phone, CHECK_SYNC))
        self.assertEqual(self.peer.requests, [])

    async def test_what_is_no_host_is_not_looked_up_or_told(self) -> None:
        for host in ("127.0.0.1\r\nEvil: 2", "x" * 254, "a\0b"):
            self.line = Line("u1", USER, None, host, self.peer.port)
            told = await reason(self.way.to_endpoint(self.phone, CHECK_SYNC))
            self.assertEqual(told, "the host of the line's registrar isn't one")

    async def test_a_registrar_that_has_a_name(self) -> None:
        self.line = Line("a b@ü", USER, None, "localhost", self.peer.port)
        await self.way.to_peer("u1", CHECK_SYNC)
        self.assertIn("NOTIFY sip:a%20b%40%C3%BC@localhost:", self.peer.requests[0])
        self.line = Line("u1", USER, None, "absent.invalid", None)
        self.assertIn("no such host", await reason(self.way.to_peer("u1", CHECK_SYNC)))


class ToTheAddress(Case):
    async def test_the_account_of_the_phone_is_tried_before_anonymous(self) -> None:
        self.peer.answer = lambda request: "SIP/2.0 404 No" if "sip:u1@" in request else "SIP/2.0 200 OK"
        await self.way.to_address(self.phone, "127.0.0.1", CHECK_SYNC)
        uris = [request.split()[1] for request in self.peer.requests]
        self.assertEqual(uris, ["sip:u1@127.0.0.1", "sip:anonymous@127.0.0.1"])

    async def test_a_phone_whose_account_is_not_known(self) -> None:
        await self.way.to_address(Phone("d1"), "127.0.0.1", CHECK_SYNC)
        self.assertTrue(self.peer.requests[0].startswith("NOTIFY sip:anonymous@127.0.0.1 SIP/2.0"))
        self.assertFalse(await self.way.to_contact(self.phone, CHECK_SYNC))

    async def test_both_kinds_of_addresses_from_one_port(self) -> None:
        if not socket.has_ipv6:
            raise SkipTest("no IPv6")
        way = SipWay(self.open(Sip(listen_interface="::")), self.record, lambda phone: None)
        peer = self.listen("::1")
        self.patch(SipWay, "PHONE_PORT", peer.port)
        await way.to_address(Phone("d1"), "::1", CHECK_SYNC)
        self.assertIn("NOTIFY sip:anonymous@[::1] SIP/2.0\r\nVia: SIP/2.0/UDP [::1]:", peer.requests[0])
        self.patch(SipWay, "PHONE_PORT", self.peer.port)
        await way.to_address(Phone("d1"), "127.0.0.1", CHECK_SYNC)
        self.assertIn("Via: SIP/2.0/UDP 127.0.0.1:", self.peer.requests[0])
        error = await reason(self.way.to_address(Phone("d1"), "::1", CHECK_SYNC))
        self.assertIn("sip.listen_interface", error)


class Challenged(Case):
    def challenge(self, kind: str, *challenges: str) -> None:
        """
        Have the peer take only what is authorized.
        """
        status, asked, answered = {
            "phone": (401, "WWW-Authenticate", "Authorization"),
            "proxy": (407, "Proxy-Authenticate", "Proxy-Authorization"),
        }[kind]
        lines = "\r\n".join(f"{asked}: {challenge}" for challenge in challenges)

        def answer(request: str) -> str:
            return "SIP/2.0 200 OK" if f"\r\n{answered}: " in request else f"SIP/2.0 {status} Who\r\n{lines}"

        self.peer.answer = answer

    async def test_the_strongest_challenge_is_answered(self) -> None:
        md5 = 'Digest realm="r", nonce="n1", qop="auth"'
        self.challenge("phone", md5, 'Digest realm="r", nonce="n2", algorithm=SHA-256, qop="auth"')
        await self.way.to_endpoint(self.phone, CHECK_SYNC)
        first, second = self.peer.headers(0), self.peer.headers(1)
        self.assertTrue(proves(second["Authorization"], "SHA-256", f"sip:u1@127.0.0.1:{self.peer.port}"))
        self.assertEqual((first["Call-ID"], first["From"]), (second["Call-ID"], second["From"]))
        self.assertEqual(second["CSeq"], "2 NOTIFY")
        self.assertNotEqual(first["Via"], second["Via"])

    async def test_a_phone_at_its_address_may_ask_too(self) -> None:
        self.challenge("phone", 'Digest realm="r", nonce="n1", qop="auth"')
        await self.way.to_address(self.phone, "127.0.0.1", CHECK_SYNC)
        self.assertTrue(proves(self.peer.headers()["Authorization"], "MD5", "sip:u1@127.0.0.1"))

    async def test_an_account_that_would_begin_another_header_is_not_sent(self) -> None:
        self.challenge("phone", 'Digest realm="r", nonce="n1", qop="auth"')
        for user in ("x\r\nEvil: 1", "x\ny", "x\0", "\ud800"):
            self.line = Line("u1", user, Secret(PASSWORD), "127.0.0.1", self.peer.port)
            self.peer.requests.clear()
            told = await reason(self.way.to_endpoint(self.phone, CHECK_SYNC))
            self.assertEqual(told, "the account of the line can't stand in a SIP message")
            self.assertEqual(len(self.peer.requests), 1)

    async def test_a_proxy_and_the_phone_may_both_ask(self) -> None:
        def answer(request: str) -> str:
            if "\r\nProxy-Authorization: " not in request:
                return 'SIP/2.0 407 Who\r\nProxy-Authenticate: Digest realm="p", nonce="n", qop="auth"'
            if "\r\nAuthorization: " not in request:
                return 'SIP/2.0 401 Who\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'
            return "SIP/2.0 202 Accepted"

        self.peer.answer = answer
        await self.way.to_endpoint(self.phone, CHECK_SYNC)
        self.assertEqual(len(self.peer.requests), 3)

    async def test_a_stale_nonce_is_renewed(self) -> None:
        def answer(request: str) -> str:
            if 'nonce="new"' in request:
                return "SIP/2.0 200 OK"
            nonce = 'nonce="new", stale=TRUE' if "\r\nAuthorization: " in request else 'nonce="old"'
            return f'SIP/2.0 401 Who\r\nWWW-Authenticate: Digest realm="r", {nonce}'

        self.peer.answer = answer
        await self.way.to_endpoint(self.phone, CHECK_SYNC)
        self.assertEqual(len(self.peer.requests), 3)

    async def test_a_wrong_password_is_told_and_not_shown(self) -> None:
        self.peer.answer = lambda request: 'SIP/2.0 401 Who\r\nWWW-Authenticate: Digest realm="r", nonce="n"'
        error = await reason(self.way.to_endpoint(self.phone, CHECK_SYNC))
        self.assertIn("isn't accepted (401)", error)
        self.assertEqual(len(self.peer.requests), 2)
        self.assertNotIn(PASSWORD, error + "".join(self.peer.requests))

    async def test_challenges_without_end_end(self) -> None:
        lines = 'SIP/2.0 407 Who\r\nProxy-Authenticate: Digest realm="r", nonce="n", stale=true'
        self.peer.answer = lambda request: lines
        self.assertIn("407", await reason(self.way.to_endpoint(self.phone, CHECK_SYNC)))
        self.assertEqual(len(self.peer.requests), 5)

    async def test_what_cannot_be_answered_is_told(self) -> None:
        for challenge in ("Basic realm=r", 'Digest realm="r", nonce="n", qop="auth-int"', "", "Digest"):
            self.challenge("proxy", challenge)
            self.assertIn("isn't known", await reason(self.way.to_endpoint(self.phone, CHECK_SYNC)))
        self.line = Line("u1", "u1", None, "127.0.0.1", self.peer.port)
        self.challenge("proxy", 'Digest realm="r", nonce="n"')
        self.assertIn("none is known", await reason(self.way.to_endpoint(self.phone, CHECK_SYNC)))


class OverALossyNetwork(Case):
    async def test_a_request_is_sent_again_until_it_is_answered(self) -> None:
        self.peer.answer = lambda request: None if len(self.peer.requests) < 3 else "SIP/2.0 200 OK"
        await self.way.to_endpoint(self.phone, CHECK_SYNC)
        self.assertEqual((len(self.peer.requests), len(set(self.peer.requests))), (3, 1))

    async def test_a_phone_that_never_answers_is_told(self) -> None:
        self.peer.answer = lambda request: None
        error = await reason(self.way.to_address(self.phone, "127.0.0.1", CHECK_SYNC))
        self.assertEqual(error, f"no answer from 127.0.0.1:{self.peer.port}")

    async def test_hostile_datagrams_do_no_harm(self) -> None:
        def answer(request: str) -> str | None:
            for junk in (b"", b"\0" * 9000, b"SIP/2.0 200 OK\r\n\r\n", b"OPTIONS sip:x SIP/2.0\r\n\r\n"):
                self.peer.transport.write(junk, ("127.0.0.1", own))
            forged = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKguess\r\nCSeq: 1 NOTIFY\r\n\r\n"
            self.peer.transport.write(forged.encode(), ("127.0.0.1", own))
            return "SIP/2.0 486 Busy"

        own = self.port._port.getHost().port
        self.peer.answer = answer
        self.assertIn("486", await reason(self.way.to_endpoint(self.phone, CHECK_SYNC)))

    async def test_a_stop_ends_what_is_under_way(self) -> None:
        self.peer.answer = lambda request: None
        sending = Deferred.fromCoroutine(self.way.to_endpoint(self.phone, CHECK_SYNC))
        await self.port.stopService()
        self.assertEqual(await reason(sending), "this daemon stops")
        self.assertEqual(self.way.health()["status"], "fail")
        self.assertIn("isn't open", await reason(self.way.to_endpoint(self.phone, CHECK_SYNC)))

    async def test_who_asked_may_give_up(self) -> None:
        self.peer.answer = lambda request: None
        sending = Deferred.fromCoroutine(self.way.to_endpoint(self.phone, CHECK_SYNC))
        sending.cancel()
        with self.assertRaises(CancelledError):
            await sending
        self.assertEqual(self.port._transactions, {})


class OwnAddress(Case):
    async def test_behind_nat_the_daemon_names_what_the_settings_say(self) -> None:
        number = free_port(socket.SOCK_DGRAM)
        port = self.open(Sip(listen_interface="127.0.0.1", port=number, advertised_host="pbx.example"))
        await SipWay(port, self.record, lambda phone: self.line).to_endpoint(self.phone, CHECK_SYNC)
        self.assertIn(f"Via: SIP/2.0/UDP pbx.example:{number};", self.peer.requests[0])
        self.assertEqual(self.peer.headers()["Contact"], f"<sip:provd@pbx.example:{number}>")

    def test_a_port_in_use_is_a_mistake_of_the_settings(self) -> None:
        with self.assertRaises(InvalidSettings) as caught:
            SipPort(Sip(listen_interface="127.0.0.1", port=self.peer.port), reactor).startService()
        self.assertEqual(list(caught.exception.mistakes), ["sip.port"])
