"""
Which registered phone is meant.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.sync.contacts import Contact, Registered, among_all, of_endpoint
from provd.sync.phone import Phone
from provd.sync.sip import CannotNotify, NotRegistered

MAC, OTHER, STRANGER = "00:15:65:aa:0b:01", "00:15:65:aa:0b:02", "00:15:65:aa:0b:03"
NAT = "198.51.100.7"
AP = "ap12345678"
CLAIMED = Phone("d1", MAC, NAT, "u1")
NEW = Phone("d1", MAC, NAT, AP)


def is_anothers(mac: str) -> bool:
    return mac == OTHER


def at(
    port: int, agent: str = "Acme", endpoint: str = "u1", host: str = NAT, via: str = "10.0.0.5"
) -> Contact:
    return Contact(endpoint, f"sip:{endpoint}@{host}:{port}", agent, via)


@pytest.mark.parametrize(
    ("agent", "macs"),
    [
        ("Yealink SIP-T46S 66.86.0.15 00:15:65:AA:0b:01", {MAC}),
        ("Acme 001565AA0B01", {MAC}),
        ("Acme/00-15-65-aa-0b-01/2", {MAC}),
        ("Acme_001565aa0b01;001565aa0b02", {MAC, OTHER}),
        ("Acme 001565aa0b011", set()),
        ("Acme 00:15:65:aa:0b", set()),
        ("", set()),
    ],
)
def test_mac_addresses_in_a_user_agent(agent: str, macs: set[str]) -> None:
    contact = at(1, agent)
    assert contact.macs == macs
    assert contact.tells(MAC) == (MAC in macs)
    assert not contact.tells(None)


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        (f"sip:u1@{NAT}:5060;ob", NAT),
        (f"sips:{NAT}", NAT),
        (f"sip:u1:x@{NAT};transport=tcp", NAT),
        ("sip:u1@[2001:DB8::0:1]:5060", "2001:db8::1"),
        (f"sip:u1@192.0.2.1:5060;x-ast-orig-host={NAT}:5060", NAT),
        ("sip:u1@Phone.example", "phone.example"),
    ],
)
def test_a_contact_is_at_the_hosts_of_its_uri(uri: str, address: str) -> None:
    assert Contact("u1", uri).is_at(address)
    assert not Contact("u1", uri).is_at("192.0.2.99")
    assert not Contact("u1", uri).is_at(None)
    assert not Contact("u1", uri).is_at("")


class TestOfItsOwnEndpoint:
    def test_the_only_phone_is_taken(self) -> None:
        assert of_endpoint(CLAIMED, [at(1)], is_anothers, True, False) == [at(1)]

    def test_one_that_tells_the_mac_address_of_another_device_is_not(self) -> None:
        with pytest.raises(NotRegistered):
            of_endpoint(CLAIMED, [at(1, OTHER)], is_anothers, False, False)
        assert of_endpoint(CLAIMED, [at(1, STRANGER)], is_anothers, False, False) == [at(1, STRANGER)]

    def test_the_mac_address_tells_which_of_several(self) -> None:
        contacts = [at(1), at(2, f"Acme {MAC}"), at(3, f"Acme {MAC}")]
        assert of_endpoint(CLAIMED, contacts, is_anothers, True, True) == contacts[1:]

    def test_else_the_address_does(self) -> None:
        contacts = [at(1, host="192.0.2.1"), at(2)]
        assert of_endpoint(CLAIMED, contacts, is_anothers, False, True) == contacts[1:]

    def test_a_shared_address_does_not(self) -> None:
        with pytest.raises(CannotNotify, match="several phones are registered as u1"):
            of_endpoint(CLAIMED, [at(1, host="192.0.2.1"), at(2)], is_anothers, True, False)

    def test_nor_does_one_of_two_of_them(self) -> None:
        with pytest.raises(CannotNotify, match="several phones are registered as u1"):
            of_endpoint(CLAIMED, [at(1), at(2)], is_anothers, False, False)

    def test_where_two_devices_had_the_user_the_only_phone_must_be_at_the_address(self) -> None:
        assert of_endpoint(CLAIMED, [at(1)], is_anothers, False, True) == [at(1)]
        with pytest.raises(NotRegistered):
            of_endpoint(CLAIMED, [at(1, host="192.0.2.1")], is_anothers, False, True)


def find(phone: Phone, contacts: list[Contact], is_shared: bool = False) -> list[Contact]:
    registered = Registered()
    for contact in contacts:
        registered.add(contact)
    return among_all(phone, registered, is_anothers, lambda endpoint: endpoint == "u2", is_shared)


class TestAmongAll:
    def test_the_mac_address_tells_under_any_endpoint(self) -> None:
        contacts = [at(1, endpoint=AP), at(2, MAC, AP), at(3, endpoint="u2")]
        assert find(NEW, contacts, True) == contacts[1:2]
        assert find(CLAIMED, contacts, True) == contacts[1:2]

    def test_of_several_endpoints_one_is_enough(self) -> None:
        contacts = [at(1, MAC, "u3"), at(2, MAC, "u4"), at(3, MAC, "u3")]
        assert find(CLAIMED, contacts) == [contacts[0], contacts[2]]

    def test_else_the_only_unclaimed_phone_at_the_address_is_taken(self) -> None:
        contacts = [at(1, endpoint=AP), at(2, endpoint="u2"), at(3, endpoint=AP, host="192.0.2.1")]
        assert find(NEW, contacts) == contacts[:1]
        assert find(CLAIMED, contacts) == contacts[:1]
        assert find(Phone("d1", None, NAT), contacts) == contacts[:1]

    def test_the_address_that_the_phone_itself_knows_counts_too(self) -> None:
        contact = at(1, endpoint=AP, host="192.0.2.1", via=NAT)
        assert find(NEW, [contact]) == [contact]

    def test_without_nat_an_account_that_is_nobodys_is_the_phones(self) -> None:
        second_line = at(1, endpoint="u9", via=NAT)
        assert find(CLAIMED, [second_line]) == [second_line]
        assert find(Phone("d1", None, NAT), [second_line]) == [second_line]

    @pytest.mark.parametrize(
        ("contacts", "is_shared"),
        [
            ([at(1, endpoint=AP), at(2, endpoint=AP)], False),
            ([at(1, endpoint=AP)], True),
            ([at(1, OTHER, AP)], False),
            ([at(1, endpoint="u2")], False),
            ([at(1, endpoint="u2", via=NAT)], False),
            ([at(1, endpoint="u9")], False),
            ([at(1, endpoint="u9", via=NAT)], True),
            ([at(1, OTHER, "u9", via=NAT)], False),
            ([at(1, endpoint="u9", via=NAT), at(2, endpoint="u8", via=NAT)], False),
            ([at(1, endpoint="ap87654321")], False),
            ([at(1, endpoint="ap87654321", via=NAT)], False),
        ],
    )
    def test_what_may_be_another_phone_is_refused(self, contacts: list[Contact], is_shared: bool) -> None:
        with pytest.raises(CannotNotify, match=NAT):
            find(NEW, contacts, is_shared)

    def test_phones_elsewhere_do_not_matter(self) -> None:
        assert find(NEW, [at(1, endpoint=AP, host="192.0.2.1")], True) == []
        assert find(Phone("d1", MAC, None, AP), [at(1, endpoint=AP)]) == []


@given(st.text(), st.text(), st.text())
def test_whatever_asterisk_tells_is_a_contact(uri: str, agent: str, via: str) -> None:
    contact = Contact("u1", uri, agent, via)
    contact.is_at(NAT)
    assert MAC not in contact.macs or "0b" in agent.lower()
