from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from provd.errors import Conflict, InvalidDocument, NotFound, StoreError
from tests.app.office import AUTOPROV, MAC, MASTER, TENANT, FakePlugin, Office
from tests.support import failed_with, result_of

CONFIG: dict[str, Any] = {"id": "c1", "parent_ids": [], "raw_config": {}}
TRANSIENT: dict[str, Any] = {"id": "t1", "parent_ids": ["c1"], "raw_config": {}, "transient": True}
DEVICE: dict[str, Any] = {
    "id": "d1",
    "mac": MAC,
    "ip": "192.0.2.17",
    "plugin": "acme",
    "config": "c1",
    "tenant_uuid": TENANT,
    "is_new": False,
    "configured": True,
}


def office(*devices: dict[str, Any], **changes: Any) -> Office:
    made = Office(devices or [{**DEVICE, **changes}], [CONFIG, TRANSIENT, AUTOPROV])
    made.plugin.files.update(
        {
            device["id"]: {}
            for device in made.devices()
            if device.get("configured") and device.get("plugin") == "acme"
        }
    )
    return made


def updated(at: Office, device: dict[str, Any], **options: Any) -> Any:
    return at.reactor.result(Deferred.fromCoroutine(at.all.update(device, **options)))


def writes(at: Office) -> list[Any]:
    seen: list[Any] = []
    durably = at.store.durably

    def note(write: Any, settled: Any) -> None:
        seen.append(write)
        durably(write, settled)

    at.store.durably = note  # type: ignore[method-assign]
    return seen


def test_an_unchanged_device_is_neither_stored_nor_configured() -> None:
    at = office()
    seen = writes(at)
    assert updated(at, DEVICE) == DEVICE
    assert (seen, at.plugin.calls) == ([], [])


def test_a_change_that_concerns_no_file_is_stored_alone() -> None:
    at = office()
    assert updated(at, {**DEVICE, "description": "x"}) == at.device() == {**DEVICE, "description": "x"}
    assert at.plugin.calls == []


@pytest.mark.parametrize("claimed", [True, False, None])
def test_whether_a_device_is_configured_is_known_here_alone(claimed: bool | None) -> None:
    at = office()
    updated(at, {**DEVICE, "configured": claimed, "description": "x"})
    assert at.device()["configured"] is True
    at = office(configured=False)
    updated(at, {**DEVICE, "configured": claimed, "description": "x"})
    assert at.device()["configured"] is False


def test_old_files_go_before_new_ones_come() -> None:
    at = office()
    updated(at, {**DEVICE, "model": "X1"})
    assert at.plugin.calls == [("deconfigure", "d1"), ("configure", "d1")]
    assert at.device() == {**DEVICE, "model": "X1"}


def test_a_device_that_has_no_files_loses_none() -> None:
    at = office(configured=False)
    updated(at, {**DEVICE, "model": "X1"})
    assert at.plugin.calls == [("configure", "d1")]
    assert at.device()["configured"]


def test_the_old_plugin_removes_and_the_new_one_writes() -> None:
    at = office()
    at.manager.add(other := FakePlugin("other"))
    updated(at, {**DEVICE, "plugin": "other"})
    assert at.plugin.calls == [("deconfigure", "d1")]
    assert other.calls == [("configure", "d1")]


@pytest.mark.parametrize(
    "changes", [{"plugin": "gone"}, {"config": "gone"}, {"plugin": None}, {"config": None}]
)
def test_without_a_plugin_or_config_a_device_is_not_configured(changes: dict[str, Any]) -> None:
    at = office()
    updated(at, {**DEVICE, **changes})
    assert at.device() == {**DEVICE, **changes, "configured": False}
    assert at.plugin.files == {}


def test_a_plugin_that_fails_leaves_the_device_unconfigured_but_changed() -> None:
    at = office()
    at.plugin.fails = ValueError()
    updated(at, {**DEVICE, "model": "X1"})
    assert at.device() == {**DEVICE, "model": "X1", "configured": False}


def test_files_may_be_written_again_without_a_change() -> None:
    at = office()
    seen = writes(at)
    updated(at, DEVICE, again=True)
    assert at.plugin.calls == [("configure", "d1")]  # over its own: those that hold the same stay
    assert seen == []


def test_the_hook_sees_the_configured_device_and_what_it_changes_is_stored() -> None:
    at = office(configured=False)
    seen = []

    def hook(device: dict[str, Any]) -> None:
        seen.append((device["configured"], list(at.plugin.calls)))
        device["remote_state_sip_username"] = "u"

    updated(at, {**DEVICE, "model": "X1"}, hook=hook)
    assert seen == [(True, [("configure", "d1")])]
    assert at.device()["remote_state_sip_username"] == "u"


@pytest.mark.parametrize(("tenant", "is_new"), [(MASTER, True), (TENANT, False)])
def test_a_device_of_the_master_tenant_is_new(tenant: str, is_new: bool) -> None:
    at = office()
    updated(at, {**DEVICE, "tenant_uuid": tenant, "is_new": not is_new})
    assert at.device()["is_new"] is is_new


def test_a_document_of_an_older_server_gets_its_tenant_with_the_next_write() -> None:
    at = office({"id": "d1", "mac": MAC})
    updated(at, {"id": "d1", "mac": MAC, "description": "x"})
    assert at.device() == {
        "id": "d1",
        "mac": MAC,
        "description": "x",
        "configured": False,
        "tenant_uuid": MASTER,
        "is_new": True,
    }


def test_a_plugin_gets_a_device_with_all_that_it_may_count_on() -> None:
    given: list[dict[str, Any]] = []
    at = office({"id": "d1", "plugin": "acme", "config": "c1"})
    at.plugin.meanwhile = given.append
    updated(at, {"id": "d1", "plugin": "acme", "config": "c1", "model": "X1"})
    assert given == [
        {
            "id": "d1",
            "plugin": "acme",
            "config": "c1",
            "model": "X1",
            "tenant_uuid": MASTER,
            "is_new": True,
            "configured": False,
        }
    ]


def test_getting_the_master_tenant_spelled_out_writes_no_files() -> None:
    at = office({**DEVICE, "tenant_uuid": None})
    updated(at, {**DEVICE, "tenant_uuid": MASTER})
    assert at.plugin.calls == []
    updated(at, {**DEVICE, "tenant_uuid": TENANT})
    assert at.plugin.calls == [("deconfigure", "d1"), ("configure", "d1")]


def test_a_transient_config_goes_with_its_last_device() -> None:
    second = {**DEVICE, "id": "d2", "config": "t1"}
    at = office({**DEVICE, "config": "t1"}, second)
    updated(at, DEVICE)
    assert "t1" in at.config_ids()
    updated(at, {**second, "config": "c1"})
    assert at.config_ids() == ["c1", "autoprov"]


def test_no_other_config_goes() -> None:
    at = office()
    updated(at, {**DEVICE, "config": "t1"})
    updated(at, {**DEVICE, "config": "missing"})
    assert at.config_ids() == ["c1", "autoprov"]


def test_a_config_that_somebody_else_is_deleting_fails_nobody() -> None:
    at = office(config="t1")
    held: list[Any] = []
    at.store.durably = lambda write, settled: held.append((write, settled))  # type: ignore[method-assign]
    deleted = Deferred.fromCoroutine(at.store.configs.delete("t1"))
    put = Deferred.fromCoroutine(at.all.update(DEVICE, durable=False))
    at.reactor.turns()
    assert result_of(put)["config"] == "c1"
    held[0][1](None)
    result_of(deleted)


def test_an_unknown_device_is_not_found() -> None:
    error = failed_with(NotFound, office().all.update({"id": "gone"}))
    assert (error.kind, error.name) == ("device", "gone")


def test_a_device_that_cannot_be_stored_keeps_its_document_and_its_files() -> None:
    at = office(config="t1")
    at.store.is_full = True
    with pytest.raises(StoreError):
        updated(at, {**DEVICE, "model": "X1"})
    assert at.device() == {**DEVICE, "config": "t1"}
    assert at.plugin.calls == [
        ("deconfigure", "d1"),
        ("configure", "d1"),
        ("deconfigure", "d1"),
        ("configure", "d1"),
    ]
    assert "t1" in at.config_ids()
    assert len(at.all._under_way) == 0


def test_a_document_that_is_no_json_changes_no_file() -> None:
    at = office()
    before = dict(at.plugin.files)
    with pytest.raises(InvalidDocument):
        updated(at, {**DEVICE, "model": "X1", "X_odd": {1, 2}})
    assert (at.device(), at.plugin.files.keys()) == (DEVICE, before.keys())
    assert len(at.all._under_way) == 0


def test_a_device_that_had_no_files_gets_none_when_it_cannot_be_stored() -> None:
    at = office(configured=False)
    at.store.is_full = True
    with pytest.raises(StoreError):
        updated(at, {**DEVICE, "model": "X1"})
    assert at.plugin.files == {}


def test_nothing_that_a_caller_gave_is_changed() -> None:
    at = office()
    device = {**DEVICE, "model": "X1", "configured": False, "is_new": True}
    before = dict(device)
    updated(at, device)
    assert device == before


# Coming.


def inserted(at: Office, device: dict[str, Any]) -> Any:
    return at.reactor.result(Deferred.fromCoroutine(at.all.insert(device)))


def test_a_new_device_is_stored_and_configured() -> None:
    at = Office(configs=[CONFIG])
    device = inserted(at, {"plugin": "acme", "config": "c1", "configured": False, "is_new": False})
    assert device == at.device()
    assert device == {
        "id": "d1",
        "plugin": "acme",
        "config": "c1",
        "configured": True,
        "tenant_uuid": MASTER,
        "is_new": True,
    }


def test_a_new_device_that_cannot_be_configured_claims_nothing() -> None:
    at = Office(configs=[CONFIG])
    device = inserted(at, {"id": "mine", "tenant_uuid": TENANT, "configured": True})
    assert device == {"id": "mine", "tenant_uuid": TENANT, "is_new": False, "configured": False}


@pytest.mark.parametrize(
    ("device", "error"),
    [
        ({"id": "d1"}, Conflict),
        ({"id": "../x"}, InvalidDocument),
        ({"id": 5}, InvalidDocument),
        ({"x": object()}, InvalidDocument),
    ],
)
def test_a_device_that_cannot_be_taken_leaves_nothing(device: dict[str, Any], error: Any) -> None:
    at = office()
    failed_with(error, at.all.insert(device))
    assert at.devices() == [DEVICE]


def test_ids_that_are_taken_are_passed_over() -> None:
    at = office(DEVICE, {**DEVICE, "id": "d2"})
    held: list[Any] = []
    at.store.durably = lambda write, settled: held.append(settled)  # type: ignore[method-assign]
    Deferred.fromCoroutine(at.store.devices.insert({**DEVICE, "id": "d3"}))  # on its way to the disk
    device = result_of(at.all.add_seen({"mac": "00:15:65:00:00:09"}))
    assert device is not None
    assert device["id"] == "d4"
    held[0](None)


def test_a_phone_that_was_seen_is_stored_as_such() -> None:
    at = Office(configs=())
    assert result_of(at.all.add_seen({"mac": MAC, "ip": "192.0.2.1"})) == at.device()
    assert at.device() == {
        "id": "d1",
        "mac": MAC,
        "ip": "192.0.2.1",
        "added": "auto",
        "tenant_uuid": MASTER,
        "is_new": True,
        "configured": False,
    }
    assert result_of(Office(master=None).all.add_seen({"mac": MAC})) is None


# Finding.


def test_devices_are_found_oldest_first() -> None:
    at = office(*({**DEVICE, "id": name} for name in ("d3", "d1", "d2")))
    assert [device["id"] for device in at.all.by("mac", MAC)] == ["d3", "d1", "d2"]
    assert list(at.all.by("mac", "other")) == []
    assert [device["id"] for device in at.all.by("plugin", "acme")] == ["d3", "d1", "d2"]


@pytest.mark.parametrize(
    ("dev_info", "found"),
    [
        ({"mac": MAC}, "d1"),
        ({"mac": MAC, "sn": "s2"}, "d1"),
        ({"mac": "other", "sn": "s2"}, None),
        ({"sn": "s2"}, "d2"),
        ({"uuid": "u2"}, "d2"),
        ({"sn": "other", "uuid": "u2"}, "d2"),
        ({"ip": "192.0.2.17"}, None),
        ({}, None),
    ],
)
def test_a_phone_is_known_by_its_mac_else_by_another_number(
    dev_info: dict[str, str], found: str | None
) -> None:
    at = office(DEVICE, {"id": "d2", "sn": "s2", "uuid": "u2"})
    device = at.all.known(dev_info)
    assert (device and device["id"]) == found


# Addresses.


def test_all_but_one_lose_an_address() -> None:
    at = office(
        *({**DEVICE, "id": f"d{number}"} for number in range(20)), {**DEVICE, "id": "x", "ip": "192.0.2.99"}
    )
    result_of(at.all.forget_address("192.0.2.17", "d7"))
    assert [device["id"] for device in at.devices() if "ip" in device] == ["d7", "x"]
    result_of(at.all.forget_address("192.0.2.99", "nobody"))
    assert [device["id"] for device in at.devices() if "ip" in device] == ["d7"]


def listening(at: Office) -> list[tuple[str, str]]:
    """
    Return what will be told: the kind, and what differs from before; the store has it by then.
    """
    told: list[tuple[str, str]] = []

    def hear(kind: str, device: dict[str, Any], before: dict[str, Any] | None) -> None:
        assert (device["id"] in at.store.devices) == (kind != "deleted")
        changed = {key for key in device if device[key] != (before or {}).get(key)}
        told.append((kind, "" if before is None else " ".join(sorted(changed))))

    at.all.listener = hear
    return told


def test_a_listener_is_told_what_happens_once_it_is_stored() -> None:
    at = office()
    told = listening(at)
    updated(at, DEVICE)
    assert told == []
    updated(at, {**DEVICE, "description": "x"})
    updated(at, {**DEVICE, "model": "X1"})
    at.reactor.result(Deferred.fromCoroutine(at.all.rewrite("d1")))
    at.reactor.result(Deferred.fromCoroutine(at.all.forget_address("192.0.2.17", "other")))
    at.reactor.result(Deferred.fromCoroutine(at.all.delete("d1")))
    assert told == [
        ("updated", "description"),
        ("updated", "model"),
        ("configured", "model"),
        ("configured", ""),
        ("updated", ""),
        ("deleted", ""),
    ]


@pytest.mark.parametrize("given", [{}, {"id": "mine"}])
def test_a_listener_is_told_of_a_new_device(given: dict[str, Any]) -> None:
    at = office()
    told = listening(at)
    new = {"plugin": "acme", "config": "c1", **given}
    at.reactor.result(Deferred.fromCoroutine(at.all.insert(new)))
    assert told == [("created", ""), ("updated", "configured"), ("configured", "configured")]


def test_a_listener_is_not_told_of_what_cannot_be_stored() -> None:
    at = office()
    told = listening(at)
    with pytest.raises(InvalidDocument):
        updated(at, {**DEVICE, "description": object()})
    with pytest.raises(NotFound):
        at.reactor.result(Deferred.fromCoroutine(at.all.delete("gone")))
    assert told == []
