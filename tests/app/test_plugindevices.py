from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred

from provd.app.plugindevices import PluginDevices
from tests.app.office import AUTOPROV, FakePlugin, Office


def device(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"d{number}",
        "mac": f"00:15:65:00:00:{number:02x}",
        "plugin": "acme",
        "config": "autoprov",
        "tenant_uuid": "11111111-1111-4111-8111-111111111111",
        "is_new": True,
        "configured": True,
        **more,
    }


class Site:
    """
    Devices 1 to 3 of ``acme``, of which 2 isn't configured, and one of ``other``.
    """

    def __init__(self) -> None:
        self.other = FakePlugin("other", "Other")
        self.office = Office(
            [device(1), device(2, configured=False), device(3), device(4, plugin="other")],
            configs=(AUTOPROV,),
        )
        self.office.manager.add(self.other)
        self.acme = self.office.plugin
        self.devices = PluginDevices(
            self.office.store.devices,
            self.office.all,
            self.office.configuring,
            self.office.staleness,
            self.office.reactor,
        )

    def run(self, coroutine: Any) -> None:
        self.office.reactor.result(Deferred.fromCoroutine(coroutine))

    def flags(self) -> list[bool]:
        return [device["configured"] for device in self.office.devices()]


@pytest.fixture
def site() -> Site:
    return Site()


def test_files_are_removed_where_there_are_any_and_written_anew(site: Site) -> None:
    site.run(site.devices.rewrite("acme"))
    assert site.acme.calls == [
        ("deconfigure", "d1"),
        ("configure", "d1"),
        ("configure", "d2"),
        ("deconfigure", "d3"),
        ("configure", "d3"),
    ]
    assert site.flags() == [True] * 4
    assert site.other.calls == []
    assert site.office.staleness.left == []


def test_one_that_fails_stops_none_of_the_others(site: Site) -> None:
    def fails(device: dict[str, Any]) -> None:
        if device["id"] == "d2":
            raise ValueError

    site.acme.meanwhile = fails
    site.run(site.devices.rewrite("acme"))
    assert site.flags() == [True, False, True, True]


def test_a_device_that_gets_another_plugin_meanwhile_is_left_alone(site: Site) -> None:
    async def move() -> None:
        async with site.office.all.locks.hold("d3"):
            removing = Deferred.fromCoroutine(site.devices.lost("acme"))
            while site.flags()[0]:
                turn: Deferred[None] = Deferred()
                site.office.reactor.callLater(0, turn.callback, None)
                await turn
            await site.office.all.update(device(3, plugin="other"))
        await removing

    site.run(move())
    assert site.flags() == [False, False, True, True]
    assert ("configure", "d3") in site.other.calls


def test_after_a_moment_without_plugin_only_what_failed_is_written_and_the_rest_in_doubt(site: Site) -> None:
    site.run(site.devices.settle("acme"))
    assert site.acme.calls == [("configure", "d2")]
    assert site.office.staleness.left == ["d1", "d3"]


def test_nothing_is_stored_of_files_that_are_removed_for_a_moment(site: Site) -> None:
    site.run(site.devices.deconfigure("acme"))
    assert site.acme.calls == [("deconfigure", "d1"), ("deconfigure", "d3")]
    assert site.flags() == [True, False, True, True]


def test_a_device_that_is_deleted_meanwhile_is_passed_over(site: Site) -> None:
    deleted: list[Deferred[None]] = []

    def delete(device: dict[str, Any]) -> None:
        if not deleted:
            deleted.append(Deferred.fromCoroutine(site.office.all.delete("d3")))

    site.acme.meanwhile = delete
    site.run(site.devices.rewrite("acme"))
    assert [device["id"] for device in site.office.devices()] == ["d1", "d2", "d4"]


def test_a_stop_leaves_the_rest_in_doubt(site: Site) -> None:
    site.acme.meanwhile = lambda device: site.devices.stop()
    with pytest.raises(CancelledError):
        site.run(site.devices.rewrite("acme"))
    assert [call for call in site.acme.calls if call[0] == "configure"] == [("configure", "d1")]
    assert set(site.office.staleness.left) >= {"d2", "d3"}
