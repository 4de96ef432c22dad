"""
What site classes and plugins of this line of servers call; the rest is tested through the pipeline.
"""

from __future__ import annotations

from threading import Thread
from typing import Any

from twisted.internet.defer import Deferred

from provd.errors import Conflict, NotFound
from tests.app.office import AUTOPROV, MAC, MASTER, Office
from tests.support import failed_with, result_of

CONFIG: dict[str, Any] = {"id": "c1", "parent_ids": [], "raw_config": {}}
DEVICE: dict[str, Any] = {"id": "d1", "mac": MAC, "plugin": "acme", "config": "c1", "tenant_uuid": MASTER}


def test_devices_are_found_by_a_selector() -> None:
    app = Office([DEVICE, {"id": "d2", "mac": MAC}, {"id": "d3"}]).app
    assert [device["id"] for device in result_of(app.dev_find({"mac": MAC}))] == ["d1", "d2"]
    one = result_of(app.dev_find_one({"mac": MAC}))
    assert one is not None
    assert one["id"] == "d1"
    assert result_of(app.dev_find_one({"mac": "other"})) is None


def test_a_plugin_may_update_a_device() -> None:
    office = Office([DEVICE], [CONFIG])
    office.reactor.result(office.app.dev_update({**DEVICE, "model": "X1"}))
    assert (office.device()["model"], office.device()["configured"]) == ("X1", True)
    failed_with(NotFound, office.app.dev_update({"id": "gone"}))
    failed_with(KeyError, office.app.dev_update({}))


def test_an_update_waits_for_the_device() -> None:
    office = Office([DEVICE], [CONFIG])
    result_of(office.all.locks.acquire("d1"))
    waiting = office.app.dev_update({**DEVICE, "description": "x"})
    assert not waiting.called
    office.all.locks.release("d1")
    office.reactor.result(waiting)


def test_a_site_may_insert_a_device() -> None:
    office = Office(configs=[CONFIG])
    device = {"mac": MAC, "plugin": "acme", "config": "c1"}
    assert office.reactor.result(office.app.dev_insert(device)) == device["id"] == "d1"
    assert office.device()["configured"]
    failed_with(Conflict, office.app.dev_insert({"id": "d1"}))


def test_configs_are_read_and_made() -> None:
    office = Office(configs=[AUTOPROV])
    assert result_of(office.app.cfg_retrieve("autoprov")) == AUTOPROV
    assert result_of(office.app.cfg_retrieve("unknown")) is None
    assert result_of(office.app.cfg_create_new()) in office.config_ids()
    assert result_of(Office(configs=[]).app.cfg_create_new()) is None


def test_a_site_s_class_reaches_the_plugins_and_the_nat_parameter() -> None:
    office = Office(nat=1)
    assert office.app.pg_mgr is office.manager
    assert office.app.nat == 1


def test_a_plugin_may_call_from_a_thread_of_its_own() -> None:
    office = Office([{"id": "d1", "description": "old"}])
    begun: list[Deferred[Any]] = []
    device = {"id": "d1", "description": "new", "options": {"switchboard": True}}

    def call() -> None:
        begun.append(office.app.dev_update(device))
        begun.append(office.app.dev_find_one({"id": "d1"}))

    thread = Thread(target=call)
    thread.start()
    thread.join(10)
    device["options"] = device["description"] = "changed meanwhile"
    assert office.device()["description"] == "old"  # nothing was done in the thread
    assert office.reactor.result(begun[0]) is None
    assert office.reactor.result(begun[1])["description"] == "new"
    assert office.device()["options"] == {"switchboard": True}


def test_what_a_plugin_keeps_of_a_device_is_its_own() -> None:
    office = Office([{"id": "d1"}])
    device = {"id": "d1", "options": {"switchboard": True}}
    result_of(office.app.dev_update(device))
    device["options"].clear()  # type: ignore[attr-defined]
    assert office.device()["options"] == {"switchboard": True}
