"""
Provisioning keys in URLs, files that can't be trusted, and stages that a site brings.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.task import deferLater

from provd.errors import StoreError
from provd.identification.pipeline import Found, Visit
from tests.app.office import AUTOPROV, MASTER, TENANT, FakePlugin, Office, phone
from tests.identification.known_phone import CONFIG, KEYS, KNOWN, TELLS
from tests.support import failed_with, result_of

# Provisioning keys in URLs.


def with_keys(device: dict[str, Any]) -> Office:
    return Office([device], [AUTOPROV, CONFIG], keys=KEYS)


def test_another_tenant_s_key_opens_no_device() -> None:
    office = with_keys(KNOWN)
    found = office.found(phone(**TELLS), visit=Visit(tenant=MASTER))
    assert found == Found(None, None, foreign=True)
    assert (office.trace.device_id, office.trace.retriever) == (None, None)
    assert office.devices() == [KNOWN]
    assert office.found(phone(**TELLS), visit=Visit(tenant=TENANT)).device == KNOWN


def test_a_new_device_is_configured_with_the_key_that_its_phone_came_with() -> None:
    new = {**KNOWN, "tenant_uuid": MASTER, "is_new": True}
    office = with_keys(new)
    office.found(phone(**TELLS), visit=Visit(tenant=TENANT))
    assert office.device() == new
    assert office.plugin.files["known"]["http_base_url"] == "http://192.0.2.1:8667/tenant-key"
    office.plugin.calls.clear()
    office.found(phone(**TELLS), visit=Visit(tenant=TENANT))
    assert office.plugin.calls == []


# Files that can't be trusted.


def test_a_device_whose_files_are_in_doubt_is_configured_again_once() -> None:
    other = {**KNOWN, "id": "other", "mac": "00:15:65:00:00:02", "ip": "192.0.2.18", "plugin": "other"}
    office = Office([KNOWN, other], [CONFIG], [FakePlugin(), FakePlugin("other")], in_doubt=["other"])
    for _ in range(2):
        office.found(phone(**TELLS))
        office.found(phone("/x", "192.0.2.18", **{**TELLS, "mac": other["mac"]}))
    assert office.trace.changes == ()
    assert [office.manager.get(name).calls for name in ("acme", "other")] == [[], [("configure", "other")]]


# What a site brings.


class Waiting:
    """
    A site's retriever that looks elsewhere first.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def retrieve(self, dev_info: dict[str, str]) -> Any:
        (device,) = await self.app.dev_find({"mac": dev_info["mac"]}) or [None]
        await deferLater(self.app.pg_mgr.reactor, 0)
        return device


def test_a_device_that_a_waiting_retriever_found_is_read_again() -> None:
    office = Office([KNOWN], [CONFIG], retrievers=[f"{__name__}.Waiting"])
    waiting = office.ask(phone(**{**TELLS, "version": "2"}))
    result_of(office.store.devices.update({**KNOWN, "description": "changed meanwhile"}))
    office.reactor.result(waiting)
    assert office.device() == {**KNOWN, "description": "changed meanwhile", "version": "2"}


def test_a_phone_that_became_known_while_a_retriever_waited_is_not_added_twice() -> None:
    office = Office(retrievers=["mac", f"{__name__}.Waiting", "add"])
    asked = [office.ask(phone(**TELLS)) for _ in range(3)]
    assert len({office.reactor.result(each).device["id"] for each in asked}) == 1
    assert len(office.devices()) == 1


class Deep:
    """
    A site's updater that changes a device inside.
    """

    def __init__(self, app: Any) -> None:
        pass

    def update(self, device: dict[str, Any], *rest: Any) -> None:
        device.setdefault("options", {})["switchboard"] = True


def test_what_a_site_s_updater_changes_inside_is_seen() -> None:
    office = Office([{**KNOWN, "options": {}}], [CONFIG], updaters=[f"{__name__}.Deep"])
    office.found(phone(**TELLS))
    assert office.device()["options"] == {"switchboard": True}
    assert office.trace.changes == ("options",)


class Failing:
    def __init__(self, app: Any) -> None:
        pass

    async def update(self, *rest: Any) -> None:
        raise StoreError("no")


def test_a_failing_updater_fails_the_request_and_frees_the_device() -> None:
    office = Office([KNOWN], [CONFIG], updaters=[f"{__name__}.Failing"])
    for _ in range(2):
        failed_with(StoreError, office.ask(phone(**TELLS)))
