"""
Whom the server answers, how often, and until when.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.pnp.answering import Answering
from provd.pnp.links import Link, links
from provd.pnp.subscription import Subscription
from tests.pnp.test_subscription import asked

LINK = Link("lan", "192.0.2.5", ipaddress.IPv4Network("192.0.2.0/24"))
PHONE = ("192.0.2.7", 5060)
URL = "http://192.0.2.5:8667/K/"


class Office:
    """
    An answering server, and what it has sent.
    """

    link = LINK

    def __init__(self) -> None:
        self.clock = Clock()
        self.sent: list[tuple[bytes, tuple[str, int]]] = []
        self.asked: list[str] = []
        self.url: str | None = URL
        self.waiting: Deferred[None] | None = None
        self.answering = Answering(self.identify, self.clock)

    async def identify(self, subscription: Subscription, address: str, link: Link) -> str | None:
        self.asked.append(address)
        if self.waiting is not None:
            await self.waiting
        return self.url

    def own(self) -> str:
        return "192.0.2.5:40000"

    def write(self, datagram: bytes, target: tuple[str, int]) -> None:
        self.sent.append((datagram, target))

    def hears(self, datagram: bytes, source: tuple[str, int] = PHONE) -> list[tuple[str, tuple[str, int]]]:
        """
        Return the first words of what is sent at once, and to whom.
        """
        self.sent.clear()
        self.answering.asked(datagram, source, self)
        return self.words()

    def words(self) -> list[tuple[str, tuple[str, int]]]:
        return [(datagram.split(b" ")[0].decode(), target) for datagram, target in self.sent]

    def branch(self) -> str:
        return self.sent[-1][0].partition(b"branch=")[2].partition(b";")[0].decode()

    def answered(self, branch: str, status: int = 200) -> None:
        via = f"SIP/2.0/UDP 192.0.2.5:40000;branch={branch}"
        self.answering.heard(f"SIP/2.0 {status} OK\r\nVia: {via}\r\nCSeq: 1 NOTIFY\r\n\r\n".encode())


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.answering.stop()


BOTH = [("SIP/2.0", PHONE), ("NOTIFY", ("192.0.2.7", 5062))]


def test_phone_is_answered_and_notified_at_the_port_that_it_names(office: Office) -> None:
    assert office.hears(asked()) == BOTH


def test_notification_is_sent_again_until_it_is_answered(office: Office) -> None:
    office.hears(asked())
    branch = office.branch()
    office.sent.clear()
    office.clock.advance(0.5)
    office.clock.advance(1)
    assert [word for word, _ in office.words()] == ["NOTIFY", "NOTIFY"]
    assert office.branch() == branch
    office.answered(branch)
    office.sent.clear()
    office.clock.pump([1] * 40)
    assert office.sent == []
    assert office.answering.answered == 1
    assert not office.clock.getDelayedCalls()


def test_notification_that_nobody_answers_is_given_up(office: Office) -> None:
    office.hears(asked())
    office.clock.pump([1] * 40)
    assert office.answering.answered == 0
    assert not office.clock.getDelayedCalls()


def test_request_that_is_sent_again_gets_the_same_answer_and_no_second_notification(office: Office) -> None:
    office.hears(asked())
    first = office.sent[0]
    assert office.hears(asked()) == [("SIP/2.0", PHONE)]
    assert office.sent == [first]
    assert office.asked == ["192.0.2.7"]


def test_request_that_is_sent_again_while_the_first_is_looked_at_waits(office: Office) -> None:
    office.waiting = Deferred()
    assert office.hears(asked()) == []
    assert office.hears(asked()) == []
    office.waiting.callback(None)
    assert office.words() == BOTH


def test_phone_that_nobody_serves_may_ask_again(office: Office) -> None:
    office.url = None
    assert office.hears(asked()) == []
    office.url = URL
    assert office.hears(asked()) == BOTH


@pytest.mark.parametrize(
    "address", ["198.51.100.7", "127.0.0.1", "192.0.2.5", "192.0.2.0", "192.0.2.255", "224.0.1.75", "0.0.0.0"]
)
def test_who_is_not_of_the_network_is_not_answered(office: Office, address: str) -> None:
    assert office.hears(asked(), (address, 5060)) == []
    assert office.asked == []


@pytest.mark.parametrize(
    "contact",
    [None, "<sip:a@198.51.100.7:5062>", "<sip:a@phone.example>", "<sip:a@192.0.2.70:5062>", "*", '"a" <x>'],
)
def test_nobody_else_is_notified_whatever_the_contact_says(office: Office, contact: str | None) -> None:
    assert office.hears(asked(Contact=contact)) == [("SIP/2.0", PHONE), ("NOTIFY", PHONE)]


@pytest.mark.parametrize(
    ("via", "target"),
    [
        ("SIP/2.0/UDP 192.0.2.7:5066;branch=z9hG4bK1", ("192.0.2.7", 5066)),
        ("SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1", ("192.0.2.7", 5060)),
        ("SIP/2.0/UDP 192.0.2.7:99999;branch=z9hG4bK1", ("192.0.2.7", 5060)),
        ("SIP/2.0/UDP 192.0.2.7:5066;branch=z9hG4bK1;rport", ("192.0.2.7", 5062)),
    ],
)
def test_answer_goes_to_the_port_of_the_via_unless_it_wants_it_back(
    office: Office, via: str, target: tuple[str, int]
) -> None:
    assert office.hears(asked(Via=via), ("192.0.2.7", 5062))[0] == ("SIP/2.0", target)


def test_one_address_asks_twenty_times_a_minute_and_others_go_on(office: Office) -> None:
    def ask(number: int, address: str = "192.0.2.7") -> bool:
        via = f"SIP/2.0/UDP {address};branch=z9hG4bK{number};rport"
        return bool(office.hears(asked(Via=via), (address, 5060)))

    assert sum(ask(number) for number in range(50)) == 20
    assert ask(50, "192.0.2.8")
    office.clock.advance(61)
    assert ask(51)


def test_forged_answers_end_nothing(office: Office) -> None:
    office.hears(asked())
    office.answered("z9hG4bKforged")
    office.answering.heard(b"\xff")
    office.sent.clear()
    office.clock.advance(0.5)
    assert [word for word, _ in office.words()] == ["NOTIFY"]


def test_nothing_is_left_after_a_stop(office: Office) -> None:
    office.hears(asked())
    office.answering.stop()
    office.sent.clear()
    office.clock.pump([1] * 40)
    assert office.sent == []


def test_links_are_those_of_this_machine() -> None:
    names = {name for _, name in socket.if_nameindex()}
    for link in links():
        assert link.name in names - {"lo"}
        assert ipaddress.IPv4Address(link.address) in link.network
