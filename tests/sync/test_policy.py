"""
Whom a device's synchronization reaches, and whom never.
"""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from zope.interface.verify import verifyObject

from provd.store.memory import MemoryStore
from provd.sync.phone import Phone
from provd.sync.policy import DevicesOnRecord, Synchronizer
from provd.sync.sip import CannotNotify, ISynchronizer, NotRegistered
from provd.sync.ways import Notify
from tests.support import failed_with, result_of

MAC, OTHER_MAC = "00:15:65:aa:0b:01", "00:15:65:aa:0b:02"


class RecordingWay:
    """
    :ivar registered: the endpoints for which a phone is registered.
    :ivar found: whether phones are found where they are registered.
    """

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.registered = {"u1"}
        self.found = False

    def health(self) -> dict[str, str]:
        return {"status": "ok"}

    async def to_endpoint(self, phone: Phone, notify: Notify) -> None:
        if phone.endpoint not in self.registered:
            raise NotRegistered(f"no phone is registered as {phone.endpoint}")
        self.sent.append(("endpoint", phone.endpoint, notify))

    async def to_contact(self, phone: Phone, notify: Notify) -> bool:
        if self.found:
            self.sent.append(("contact", phone.mac, notify))
        return self.found

    async def to_peer(self, endpoint: str, notify: Notify) -> None:
        self.sent.append(("peer", endpoint, notify))

    async def to_address(self, phone: Phone, ip: str, notify: Notify) -> None:
        self.sent.append(("address", ip, notify))


class Office:
    """
    Devices on record, each with the config of the same id whose lines are ``users``.
    """

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.users: dict[str, list[str]] = {}
        self.way = RecordingWay()
        self.record = DevicesOnRecord(self._by, lambda device, user: user in self.users.get(device["id"], []))
        self.synchronizer = Synchronizer(self.way, self.record, _begin, None)

    def _by(self, key: str, value: str) -> Any:
        return map(self.store.devices.get, self.store.devices.find(key, value))

    def device(self, name: str, user: str | None = None, lines: list[str] | None = None, **keys: str) -> Any:
        if user is not None:
            keys["remote_state_sip_username"] = user
        device = {"id": name, **keys}
        result_of(self.store.devices.insert(device))
        self.users[name] = lines or []
        return device


def _begin(function: Any, *arguments: Any) -> Deferred[None]:
    return Deferred.fromCoroutine(function(*arguments))


@pytest.fixture
def office() -> Office:
    return Office()


CHECK_SYNC = Notify("check-sync")


@pytest.mark.parametrize(
    ("device", "target"),
    [
        ({"remote_state_sip_username": "u1", "ip": "192.0.2.1"}, ("endpoint", "u1")),
        ({"remote_state_sip_username": "u1"}, ("endpoint", "u1")),
        ({"remote_state_sip_username": "u2", "ip": "192.0.2.1"}, ("address", "192.0.2.1")),
        ({"remote_state_sip_username": "ap12345678", "ip": "192.0.2.1"}, ("address", "192.0.2.1")),
        ({"remote_state_sip_username": "", "ip": "192.0.2.1"}, ("address", "192.0.2.1")),
        ({"ip": "192.0.2.1"}, ("address", "192.0.2.1")),
    ],
)
def test_the_endpoint_goes_before_the_address(
    office: Office, device: dict[str, Any], target: tuple[str, str]
) -> None:
    verifyObject(ISynchronizer, office.synchronizer)
    result_of(office.store.devices.insert({"id": "d1", **device}))
    result_of(office.synchronizer.sip_notify_device({"id": "d1", **device}, "check-sync"))
    assert office.way.sent == [(*target, CHECK_SYNC)]


@pytest.mark.parametrize("user", ["ap1234567", "ab12345678", "ap123456789"])
def test_only_ten_characters_that_begin_with_ap_are_the_shared_account(office: Office, user: str) -> None:
    office.way.registered.add(user)
    device = office.device("d1", user, ip="192.0.2.1")
    result_of(office.synchronizer.sip_notify_device(device, "check-sync"))
    assert office.way.sent == [("endpoint", user, CHECK_SYNC)]


def test_where_a_phone_is_registered_goes_before_its_address(office: Office) -> None:
    office.way.found = True
    device = office.device("d1", "ap12345678", ip="192.0.2.1", mac=MAC)
    result_of(office.synchronizer.sip_notify_device(device, "check-sync", ["A=b"]))
    assert office.way.sent == [("contact", MAC, Notify("check-sync", (("A", "b"),)))]


def test_an_address_of_several_devices_is_refused(office: Office) -> None:
    one = office.device("d1", ip="192.0.2.1")
    other = office.device("d2", "u1", ip="192.0.2.1")
    error = failed_with(CannotNotify, office.synchronizer.sip_notify_device(one, "check-sync"))
    assert "192.0.2.1 is the address of 2 devices" in str(error)
    failed_with(CannotNotify, office.synchronizer.sip_notify_by_ip("192.0.2.1", "check-sync"))
    assert office.way.sent == []
    result_of(office.synchronizer.sip_notify_device(other, "check-sync"))
    result_of(office.store.devices.delete("d2"))
    result_of(office.synchronizer.sip_notify_device(one, "check-sync"))
    assert [sent[:2] for sent in office.way.sent] == [("endpoint", "u1"), ("address", "192.0.2.1")]


def test_why_the_endpoint_did_not_do_is_told_too(office: Office) -> None:
    device = office.device("d1", "u2", ip="192.0.2.1")
    office.device("d2", ip="192.0.2.1")
    error = failed_with(CannotNotify, office.synchronizer.sip_notify_device(device, "check-sync"))
    assert "registered as u2; 192.0.2.1 is" in str(error)


@pytest.mark.parametrize("keys", [{}, {"user": "ap12345678"}, {"ip": ""}])
def test_a_device_that_cannot_be_reached_is_a_failure(office: Office, keys: dict[str, str]) -> None:
    device = office.device("d1", **keys)
    failed_with(CannotNotify, office.synchronizer.sip_notify_device(device, "check-sync"))
    assert office.way.sent == []


def test_plugins_may_notify_a_peer_or_an_address_themselves(office: Office) -> None:
    office.device("d1", ip="192.0.2.1")
    result_of(office.synchronizer.sip_notify_by_peer("u7", "check-sync"))
    result_of(office.synchronizer.sip_notify_by_ip("192.0.2.1", "check-sync"))
    result_of(office.synchronizer.sip_notify("192.0.2.9", "check-sync"))
    assert [sent[:2] for sent in office.way.sent] == [
        ("peer", "u7"),
        ("address", "192.0.2.1"),
        ("address", "192.0.2.9"),
    ]


def test_a_document_of_odd_types_does_no_harm(office: Office) -> None:
    device = {"id": "d1", "remote_state_sip_username": 5, "ip": ["x"], "mac": None}
    failed_with(CannotNotify, office.synchronizer.sip_notify_device(device, "check-sync"))


def test_who_is_configured_for_a_user_has_the_right_to_its_endpoint(office: Office) -> None:
    office.device("old", "u1")  # taken off the network while it had the user
    office.device("new", "u1", ["u1"])
    assert not office.record.has_rivals(Phone("new", endpoint="u1"))
    assert office.record.has_rivals(Phone("old", endpoint="u1"))
    office.device("second", "u1", ["u1"])
    assert office.record.has_rivals(Phone("new", endpoint="u1"))
    assert not office.record.has_rivals(Phone("new", endpoint="u2"))
    assert not office.record.has_rivals(Phone("new"))


def test_what_is_on_record_of_another_device_is_anothers(office: Office) -> None:
    office.device("d1", "u1", mac=MAC)
    assert not office.record.is_anothers_endpoint(Phone("d1"), "u1")
    assert office.record.is_anothers_endpoint(Phone("d2"), "u1")
    assert not office.record.is_anothers_endpoint(Phone("d2"), "u2")
    assert not office.record.is_anothers(Phone("d1"), MAC)
    assert office.record.is_anothers(Phone("d2"), MAC)
    assert not office.record.is_anothers(Phone("d2"), OTHER_MAC)
