"""
What Asterisk is asked, and what is made of its answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.sync.amimessages import Message, MessageParser
from provd.sync.asterisk import AsteriskWay, LookupRefused, SaidNo
from provd.sync.phone import Phone
from provd.sync.sip import CannotNotify, NotRegistered
from provd.sync.ways import Notify
from tests.support import failed_with, result_of
from tests.sync.record import Record

MAC = "00:15:65:aa:0b:01"
NAT = "198.51.100.7"
CHECK_SYNC = Notify("check-sync")
SUCCESS = "Response: Success"


class Asterisk:
    """
    :ivar contacts: by endpoint; each a URI, a User-Agent and a path.
    """

    def __init__(self) -> None:
        self.contacts: dict[str, list[tuple[str, str, str]]] = {"default_outbound_endpoint": []}
        self.asked: list[tuple[str, Any]] = []
        self.error: CannotNotify | None = None
        self.gate: Deferred[None] | None = None

    def health(self) -> dict[str, str]:
        return {"status": "ok"}

    async def ask(self, action: str, fields: Sequence[tuple[str, str]], repeatable: bool) -> list[Message]:
        self.asked.append((action, list(fields)))
        assert repeatable == (action != "PJSIPNotify")
        if self.gate is not None:
            await self.gate
        if repeatable and self.error is not None:
            raise self.error
        return MessageParser().feed(f"banner\n{self._answer(action, dict(fields))}\n\n".encode())

    def _answer(self, action: str, fields: dict[str, str]) -> str:
        if action == "PJSIPShowEndpoint":
            endpoint = fields["Endpoint"]
            if endpoint not in self.contacts:
                raise SaidNo(action, f"Unable to retrieve endpoint {endpoint}")
            events = [
                f"Event: ContactStatusDetail\nURI: {uri}\nUserAgent: {agent}\nPath: {path}\nViaAddress: x:5"
                for uri, agent, path in self.contacts[endpoint]
            ]
            return "\n\n".join([SUCCESS, "Event: AuthDetail\nPassword: x", *events])
        if action == "PJSIPShowContacts":
            if not any(self.contacts.values()):
                raise SaidNo(action, "No Contacts found")
            events = [
                f"Event: ContactList\nEndpoint: {endpoint}\nUri: {uri}\nUserAgent: {agent}\nPath: {path}"
                for endpoint, contacts in self.contacts.items()
                for uri, agent, path in contacts
            ]
            return "\n\n".join([SUCCESS, *events])
        return SUCCESS

    def sent(self) -> list[Any]:
        return [fields for action, fields in self.asked if action == "PJSIPNotify"]


@pytest.fixture
def asterisk() -> Asterisk:
    return Asterisk()


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def way(asterisk: Asterisk, record: Record, clock: Clock) -> AsteriskWay:
    return AsteriskWay(asterisk, record, "default_outbound_endpoint", clock)


PHONE = Phone("d1", MAC, NAT, "u1")


def at(port: int, agent: str = "Acme", path: str = "") -> tuple[str, str, str]:
    return (f"sip:x@{NAT}:{port}", agent, path)


def test_the_only_phone_of_an_endpoint_is_notified_by_that(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts["u1"] = [at(1)]
    result_of(way.to_endpoint(PHONE, Notify("check-sync", (("Content", 'a,"b\\'),))))
    assert asterisk.sent() == [
        [("Variable", "Event=check-sync"), ("Variable", 'Content=a\\,\\"b\\\\'), ("Endpoint", "u1")]
    ]


def test_one_of_several_is_notified_where_it_is(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts["u1"] = [at(1), at(2, f"Acme {MAC}")]
    result_of(way.to_endpoint(PHONE, CHECK_SYNC))
    assert asterisk.sent() == [[("Variable", "Event=check-sync"), ("URI", f"sip:x@{NAT}:2")]]


def test_behind_a_proxy_one_of_several_is_out_of_reach(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts["u1"] = [at(1), at(2, f"Acme {MAC}", "<sip:192.0.2.9;lr>")]
    error = failed_with(CannotNotify, way.to_endpoint(PHONE, CHECK_SYNC))
    assert "through a proxy" in str(error)
    del asterisk.contacts["u1"][0]
    result_of(way.to_endpoint(PHONE, CHECK_SYNC))
    assert asterisk.sent()[-1][-1] == ("Endpoint", "u1")


@pytest.mark.parametrize("contacts", [{}, {"u1": []}])
def test_no_phone_or_no_endpoint_is_not_registered(
    asterisk: Asterisk, way: AsteriskWay, contacts: dict[str, Any]
) -> None:
    asterisk.contacts |= contacts
    failed_with(NotRegistered, way.to_endpoint(PHONE, CHECK_SYNC))
    failed_with(NotRegistered, way.to_peer("u1", CHECK_SYNC))
    assert asterisk.sent() == []


def test_other_refusals_are_not_taken_for_that(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.error = SaidNo("PJSIPShowEndpoint", "Permission denied")
    assert not isinstance(failed_with(CannotNotify, way.to_endpoint(PHONE, CHECK_SYNC)), NotRegistered)


def test_unclaimed_phones_are_told_apart(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts["ap12345678"] = [at(1, "Acme 00:15:65:aa:0b:02"), at(2, f"Acme {MAC}")]
    phone = Phone("d1", MAC, NAT, "ap12345678")
    assert result_of(way.to_contact(phone, CHECK_SYNC))
    assert asterisk.sent()[0][-1] == ("URI", f"sip:x@{NAT}:2")
    assert not result_of(way.to_contact(Phone("d9", None, "192.0.2.9", "ap12345678"), CHECK_SYNC))


def test_another_phone_with_one_of_its_accounts_is_left_alone(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts |= {"u3": [at(1, MAC), at(2)], "u4": [at(3, MAC)]}
    assert result_of(way.to_contact(PHONE, CHECK_SYNC))
    assert [fields[-1] for fields in asterisk.sent()] == [("URI", f"sip:x@{NAT}:1")]


def test_no_contacts_at_all_are_no_mistake(way: AsteriskWay) -> None:
    assert not result_of(way.to_contact(Phone("d1", MAC, NAT, "ap12345678"), CHECK_SYNC))


def test_the_only_unclaimed_phone_is_notified_by_the_account(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts |= {"ap12345678": [at(1)], "u2": [("sip:u2@192.0.2.1", "", "")]}
    assert result_of(way.to_contact(Phone("d1", MAC, NAT, "ap12345678"), CHECK_SYNC))
    assert asterisk.sent()[0][-1] == ("Endpoint", "ap12345678")


def test_an_address_that_is_shared_is_refused(asterisk: Asterisk, way: AsteriskWay, record: Record) -> None:
    record.count = 1
    asterisk.contacts["ap12345678"] = [at(1)]
    failed_with(CannotNotify, way.to_contact(Phone("d1", MAC, NAT, "ap12345678"), CHECK_SYNC))
    assert asterisk.sent() == []


def test_nothing_goes_to_an_address_without_the_endpoint_for_it(asterisk: Asterisk, way: AsteriskWay) -> None:
    result_of(way.to_address(PHONE, "2001:db8::1", CHECK_SYNC))
    assert asterisk.sent() == [[("Variable", "Event=check-sync"), ("URI", "sip:anonymous@[2001:db8::1]")]]
    del asterisk.contacts["default_outbound_endpoint"]
    error = failed_with(CannotNotify, way.to_address(PHONE, NAT, CHECK_SYNC))
    assert "has no endpoint default_outbound_endpoint" in str(error)
    assert len(asterisk.sent()) == 1


def test_where_nothing_may_be_looked_up_it_is_sent_blindly(
    asterisk: Asterisk, way: AsteriskWay, record: Record
) -> None:
    asterisk.error = LookupRefused("no")
    result_of(way.to_endpoint(PHONE, CHECK_SYNC))
    result_of(way.to_peer("u2", CHECK_SYNC))
    result_of(way.to_address(PHONE, NAT, CHECK_SYNC))
    assert not result_of(way.to_contact(PHONE, CHECK_SYNC))
    targets = [fields[-1] for fields in asterisk.sent()]
    assert targets == [("Endpoint", "u1"), ("Endpoint", "u2"), ("URI", f"sip:anonymous@{NAT}")]
    record.rivals = True
    failed_with(CannotNotify, way.to_endpoint(PHONE, CHECK_SYNC))


def test_who_asks_while_a_list_is_coming_gets_that_one(asterisk: Asterisk, way: AsteriskWay) -> None:
    asterisk.contacts["ap12345678"] = [at(1, MAC)]
    asterisk.gate = Deferred()
    phone = Phone("d1", MAC, None, "ap12345678")
    found = [Deferred.fromCoroutine(way.to_contact(phone, CHECK_SYNC)) for _ in range(3)]
    found[0].cancel()
    found[0].addErrback(lambda failure: None)
    assert len(asterisk.asked) == 1
    gate, asterisk.gate = asterisk.gate, None
    gate.callback(None)
    assert [result_of(each) for each in found] == [None, True, True]
    assert len([action for action, _ in asterisk.asked if action == "PJSIPShowContacts"]) == 1
    asterisk.error = SaidNo("PJSIPShowContacts", "no")
    failed_with(CannotNotify, way.to_contact(phone, CHECK_SYNC))
    asterisk.error = None
    assert result_of(way.to_contact(phone, CHECK_SYNC))


def test_others_have_their_turn_while_a_long_list_is_read(
    asterisk: Asterisk, way: AsteriskWay, clock: Clock
) -> None:
    asterisk.contacts |= {f"u{number}": [at(number)] for number in range(1200)}
    asterisk.contacts["ap12345678"] = [at(1, MAC)]
    asking = Deferred.fromCoroutine(way.to_contact(Phone("d1", MAC, NAT, "ap12345678"), CHECK_SYNC))
    assert not asking.called
    clock.advance(0)
    assert result_of(asking)
    assert asterisk.sent()[0][-1] == ("Endpoint", "ap12345678")
