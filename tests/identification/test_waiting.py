"""
Requests that meet each other while a plugin writes files.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from provd.errors import NotFound, StoreError
from provd.identification.pipeline import UNSERVED, Found, Visit
from provd.settings.stages import VARIANTS
from tests.app.office import AUTOPROV, TENANT, FakePlugin, Office, phone
from tests.identification.known_phone import CONFIG, IP, KEYS, KNOWN, OWN_FILE, TELLS
from tests.support import result_of

OTHER_MAC = "00:15:65:00:00:02"
OTHER: dict[str, Any] = {**KNOWN, "id": "other", "mac": OTHER_MAC, "ip": "192.0.2.18"}


class BlockingPlugin(FakePlugin):
    """
    A plugin that waits, in its own thread, until it may go on.
    """

    BLOCKING = True

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()
        self.threads: set[str] = set()

    def configure(self, device: dict[str, Any], raw_config: dict[str, Any]) -> None:
        assert self.may_go_on.wait(10)
        self.threads.add(threading.current_thread().name)
        super().configure(device, raw_config)


def has_fired(deferred: Deferred[Any]) -> bool:
    return deferred.called and not deferred.paused


def test_first_requests_of_one_phone_at_the_same_time_make_one_device() -> None:
    office = Office()
    asked = [office.ask(phone(path, **TELLS)) for path in ("/common.cfg", OWN_FILE, "/common.cfg")]
    assert not any(map(has_fired, asked))  # the plugin's turn hasn't come
    assert office.reactor.turns() == 1
    found = [result_of(each) for each in asked]
    assert {each.device["id"] for each in found} == {"d1"}
    assert all(each.device["configured"] for each in found)  # each is answered after the file is there
    assert found[1].device["remote_state_sip_username"]
    assert len(office.config_ids()) == 2
    assert office.plugin.calls == [("configure", "d1")]


def test_the_same_with_a_plugin_that_blocks() -> None:
    plugin = BlockingPlugin()
    office = Office(plugins=[plugin])
    office.calls.start()
    try:
        asked = [office.ask(phone(**TELLS)) for _ in range(3)]
        office.reactor.turns()
        assert not any(map(has_fired, asked))
        known = office.ask(phone("/x", "192.0.2.99"))  # others are answered meanwhile
        assert has_fired(known)
        plugin.may_go_on.set()
        assert {office.reactor.result(each).device["id"] for each in asked} == {"d1"}
        assert plugin.calls == [("configure", "d1")]
        assert threading.current_thread().name not in plugin.threads
    finally:
        plugin.may_go_on.set()
        office.reactor.result(office.calls.stop())


def deleted_while_it_waits(office: Office) -> Any:
    result_of(office.all.locks.acquire("known"))
    waiting = office.ask(phone(**TELLS))
    result_of(office.store.devices.delete("known"))
    office.all.locks.release("known")
    return office.reactor.result(waiting)


def test_a_device_that_is_deleted_while_a_request_waits_begins_anew() -> None:
    office = Office([KNOWN], [CONFIG, AUTOPROV])
    assert deleted_while_it_waits(office).device == office.device()
    assert (office.device()["id"], office.trace.retriever) == ("d1", "add")


def test_a_device_that_is_deleted_while_a_request_waits_is_not_served_where_none_are_added() -> None:
    office = Office([KNOWN], [CONFIG], retrievers=VARIANTS["retriever"]["secure"])
    assert deleted_while_it_waits(office) is UNSERVED
    assert office.trace.device_id is None
    assert office.devices() == []
    assert office.all.locks._waiting == {}


def test_a_device_that_changes_while_a_request_waits_is_read_again() -> None:
    office = Office([KNOWN], [CONFIG, AUTOPROV])
    result_of(office.all.locks.acquire("known"))
    waiting = office.ask(phone(**{**TELLS, "version": "2"}))
    changed = {**KNOWN, "description": "new", "config": "autoprov"}
    result_of(office.store.devices.update(changed))
    office.all.locks.release("known")
    assert office.reactor.result(waiting).device == {**changed, "version": "2"}
    assert office.plugin.files["known"]["sip_lines"]["1"]["username"] == "apAb12Cd34"


def test_a_device_that_gets_another_tenant_while_a_request_waits_is_foreign() -> None:
    office = Office([{**KNOWN, "tenant_uuid": None}], [CONFIG], keys=KEYS)
    result_of(office.all.locks.acquire("known"))
    waiting = office.ask(phone(**TELLS), visit=Visit(tenant="somebody's"))
    result_of(office.store.devices.update({**KNOWN, "tenant_uuid": TENANT}))
    office.all.locks.release("known")
    assert result_of(waiting) == Found(None, None, foreign=True)
    assert not office.all.locks.is_wanted("known")
    result_of(office.all.locks.acquire("known"))  # free


def test_a_thousand_requests_of_one_phone_wait_without_harm() -> None:
    office = Office()
    asked = [office.ask(phone(**TELLS)) for _ in range(1000)]
    office.reactor.turns()
    assert {result_of(each).device["id"] for each in asked} == {"d1"}


def test_two_phones_that_take_an_address_from_each_other_do_not_wait_for_each_other() -> None:
    office = Office([KNOWN, OTHER], [CONFIG])
    swapped = [
        office.ask(phone("/x", OTHER["ip"], **{**TELLS, "version": "2"})),
        office.ask(phone("/x", IP, **{**TELLS, "mac": OTHER_MAC, "version": "2"})),
    ]
    for each in swapped:
        office.reactor.result(each)
    assert [device["ip"] for device in office.devices()] == [OTHER["ip"], IP]


@pytest.mark.parametrize("address", [IP, "192.0.2.99"])
def test_an_address_taken_from_a_device_that_is_being_configured_stays_taken(address: str) -> None:
    office = Office([KNOWN, OTHER], [CONFIG])
    first = office.ask(phone("/x", address, **{**TELLS, "version": "2"}))
    second = office.ask(phone("/x", address, **{**TELLS, "mac": OTHER_MAC}))
    assert has_fired(second)
    assert not has_fired(first)
    office.reactor.result(first)
    mine, other = office.devices()
    assert (other["ip"], mine["version"]) == (address, "2")
    assert mine.get("ip") is None if address == "192.0.2.99" else "ip" not in mine


class SlowDisk:
    """
    Holds durable writes back until they are let through.
    """

    def __init__(self, office: Office) -> None:
        self.held: list[Any] = []
        office.store.durably = lambda write, settled: self.held.append(settled)  # type: ignore[method-assign]

    def write(self, error: Exception | None = None) -> None:
        held, self.held = self.held, []
        for settled in held:
            settled(error)


def test_an_address_taken_while_the_disk_is_busy_undoes_nothing_that_a_client_was_told() -> None:
    office = Office([KNOWN, OTHER], [CONFIG])
    disk = SlowDisk(office)
    soon: list[Any] = []
    office.store.soon = soon.append  # type: ignore[method-assign]
    put = Deferred.fromCoroutine(office.all.update({**KNOWN, "description": "by a client"}))
    office.found(phone("/x", IP, **{**TELLS, "mac": OTHER_MAC}))
    assert [write.document_id for write in soon] == ["other"]  # nothing overtakes what the client waits for
    disk.write()
    assert "ip" not in result_of(put)
    mine, other = office.devices()
    assert (mine["description"], mine.get("ip"), other["ip"]) == ("by a client", None, IP)


def test_taking_an_address_from_a_device_that_is_being_deleted_fails_nobody() -> None:
    office = Office([KNOWN, OTHER], [CONFIG])
    disk = SlowDisk(office)
    deleted = Deferred.fromCoroutine(office.store.devices.delete("known"))
    found = office.found(phone("/x", IP, **{**TELLS, "mac": OTHER_MAC}))
    assert found.device is not None
    disk.write()
    result_of(deleted)
    assert [device["id"] for device in office.devices()] == ["other"]


# Any number of phones, in any order, at any time.

MACS = [f"00:15:65:00:00:0{number}" for number in range(4)]
ADDRESSES = [f"192.0.2.{number}" for number in range(3)]

asks = st.tuples(
    st.sampled_from(ADDRESSES),
    st.fixed_dictionaries(
        {},
        optional={
            "mac": st.sampled_from(MACS),
            "sn": st.sampled_from("ab"),
            "vendor": st.sampled_from(["Acme", "Acme", "Other"]),
            "model": st.sampled_from(["X1", "X2"]),
            "version": st.sampled_from("12"),
        },
    ),
    st.sampled_from(["/common.cfg", OWN_FILE]),
)
deletions = st.sampled_from(MACS)
turns = st.just("turn")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(asks, asks, turns, deletions), max_size=40), st.sampled_from([0, 1]))
def test_whatever_phones_do_there_is_one_device_for_each_mac_and_one_for_each_address(
    steps: list[Any], nat: int
) -> None:
    office = Office(nat=nat)
    waiting = []
    for step in steps:
        if step == "turn":
            office.reactor.turn()
        elif isinstance(step, str):
            for device_id in office.store.devices.find("mac", step):
                waiting.append(Deferred.fromCoroutine(delete(office, device_id)))
        else:
            address, said, path = step
            waiting.append(office.ask(phone(path, address, **said)))
        check(office, nat)
    for each in waiting:
        office.reactor.result(each)
    check(office, nat)
    assert office.all.locks._waiting == {}
    assert len(office.all._under_way) == 0
    for device in office.devices():
        plugin = office.manager.get(device.get("plugin"))
        assert device["configured"] == (plugin is not None and device["id"] in plugin.files)
        assert office.store.configs.get(device["config"])["transient"]


async def delete(office: Office, device_id: str) -> None:
    async with office.all.locks.hold(device_id):
        try:
            device = office.store.devices.get(device_id)
            await office.store.devices.delete(device_id)
        except NotFound:
            return
        await office.configuring.deconfigure(device)


def check(office: Office, nat: int) -> None:
    devices = office.devices()
    macs = [device["mac"] for device in devices if "mac" in device]
    assert len(macs) == len(set(macs))
    assert all(device.keys() & {"mac", "sn"} for device in devices)  # no junk
    addresses = [device["ip"] for device in devices if "ip" in device]
    assert nat == 1 or len(addresses) == len(set(addresses))


def test_secure_chains_keep_their_devices_whatever_is_asked() -> None:
    office = Office([KNOWN, OTHER], [CONFIG], retrievers=VARIANTS["retriever"]["secure"])
    for mac in MACS:
        for address in ADDRESSES:
            office.found(phone("/x", address, mac=mac, vendor="Acme"))
    assert {device["id"] for device in office.devices()} == {"known", "other"}


def test_a_store_that_fails_while_a_request_waits_fails_the_request_and_frees_the_device() -> None:
    office = Office([KNOWN], [CONFIG])
    waiting = office.ask(phone(**{**TELLS, "version": "2"}))
    result_of(office.store.close())
    with pytest.raises(StoreError):
        office.reactor.result(waiting)
    assert office.all.locks._waiting == {}
    assert office.device() == KNOWN
    assert office.plugin.files.keys() == {"known"}  # put back as they were


def test_a_phone_is_found_by_what_its_device_is_just_learning() -> None:
    nameless = {key: value for key, value in KNOWN.items() if key != "mac"}
    office = Office([nameless], [CONFIG])
    asked = [office.ask(phone("/x", address, **TELLS)) for address in (IP, "192.0.2.99")]
    assert [office.reactor.result(each).device["id"] for each in asked] == ["known", "known"]
    assert office.device() == {**KNOWN, "ip": "192.0.2.99"}
