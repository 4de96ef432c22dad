from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import succeed
from zope.interface.verify import verifyObject

from provd.identification.interfaces import IUpdater
from provd.identification.requests import RequestType
from provd.identification.updaters import (
    AddInfoDeviceUpdater,
    AutocreateConfigDeviceUpdater,
    CompositeDeviceUpdater,
    DynamicDeviceUpdater,
    NullDeviceUpdater,
    PluginAssociatorDeviceUpdater,
    RemoveOutdatedIpDeviceUpdater,
)
from tests.support import result_of


class App:
    def __init__(self, nat: int = 0) -> None:
        self.nat = nat
        self.forgotten: list[Any] = []
        self.config: str | None = "autoprov1"

    async def forget_address(self, address: str, keeper: str) -> None:
        self.forgotten.append((address, keeper))

    async def autocreate_config(self) -> str | None:
        return self.config


class Plugins:
    def associate(self, dev_info: dict[str, str], solver: Any = None) -> str | None:
        return dev_info.get("vendor")


def updated(updater: Any, device: dict[str, Any], **dev_info: str) -> dict[str, Any]:
    result_of(updater.update(device, dev_info, None, RequestType.HTTP))
    return device


@pytest.mark.parametrize(
    "updater",
    [
        NullDeviceUpdater(),
        RemoveOutdatedIpDeviceUpdater(App()),
        AddInfoDeviceUpdater(),
        DynamicDeviceUpdater("ip"),
        PluginAssociatorDeviceUpdater(Plugins()),
        AutocreateConfigDeviceUpdater(App()),
        CompositeDeviceUpdater([]),
    ],
)
def test_updaters_keep_their_contract(updater: Any) -> None:
    verifyObject(IUpdater, updater)


def test_the_null_updater_learns_nothing() -> None:
    assert updated(NullDeviceUpdater(), {"id": "a"}, model="X1") == {"id": "a"}


@pytest.mark.parametrize(("nat", "forgotten"), [(0, [("192.0.2.1", "a")]), (1, [])])
def test_others_lose_the_address_unless_all_phones_are_behind_nat(nat: int, forgotten: Any) -> None:
    app = App(nat)
    assert updated(RemoveOutdatedIpDeviceUpdater(app), {"id": "a"}, ip="192.0.2.1") == {"id": "a"}
    assert app.forgotten == forgotten


def test_without_an_address_nobody_loses_one() -> None:
    app = App()
    updated(RemoveOutdatedIpDeviceUpdater(app), {"id": "a"}, mac="b")
    assert app.forgotten == []


def test_what_the_device_lacks_is_added_and_nothing_is_overwritten() -> None:
    device = {"id": "a", "vendor": "Kept", "model": None}
    assert updated(AddInfoDeviceUpdater(), device, vendor="New", model="X1", sn="1") == {
        "id": "a",
        "vendor": "Kept",
        "model": "X1",
        "sn": "1",
    }


@pytest.mark.parametrize(
    ("keys", "force", "device"),
    [
        (("ip", "version"), True, {"ip": "new", "version": "new", "model": "old"}),
        (("ip", "version"), False, {"ip": "old", "version": "new", "model": "old"}),
        ("ip", True, {"ip": "new", "version": None, "model": "old"}),
        (["uuid"], True, {"ip": "old", "version": None, "model": "old"}),
    ],
)
def test_given_keys_follow_the_phone(keys: Any, force: bool, device: dict[str, Any]) -> None:
    before = {"ip": "old", "version": None, "model": "old"}
    updater = DynamicDeviceUpdater(keys, force)
    assert updated(updater, before, ip="new", version="new", model="new") == device


@pytest.mark.parametrize(
    ("device", "plugin"), [({}, "acme"), ({"plugin": None}, "acme"), ({"plugin": "not-loaded"}, "not-loaded")]
)
def test_a_plugin_is_looked_for_where_there_is_none(device: dict[str, Any], plugin: str) -> None:
    updater = PluginAssociatorDeviceUpdater(Plugins())
    assert updated(updater, device, vendor="acme")["plugin"] == plugin


def test_no_plugin_leaves_no_key() -> None:
    assert updated(PluginAssociatorDeviceUpdater(Plugins()), {"id": "a"}) == {"id": "a"}


def test_a_config_is_made_where_there_is_none() -> None:
    app = App()
    updater = AutocreateConfigDeviceUpdater(app)
    assert updated(updater, {"id": "a"})["config"] == "autoprov1"
    assert updated(updater, {"id": "a", "config": None})["config"] == "autoprov1"
    assert updated(updater, {"id": "a", "config": "deleted"})["config"] == "deleted"
    app.config = None
    assert updated(updater, {"id": "a"}) == {"id": "a"}


class SiteUpdater:
    def update(self, device: dict[str, Any], *rest: Any) -> Any:
        device["seen"] = dict(device)
        return succeed(None)


def test_updaters_follow_each_other() -> None:
    chain = CompositeDeviceUpdater([AddInfoDeviceUpdater(), SiteUpdater(), DynamicDeviceUpdater("ip", True)])
    assert updated(chain, {"ip": "1"}, ip="2", sn="3") == {
        "ip": "2",
        "sn": "3",
        "seen": {"ip": "1", "sn": "3"},
    }
    assert not chain.is_own
    assert CompositeDeviceUpdater([AddInfoDeviceUpdater()]).is_own
