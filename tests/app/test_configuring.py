from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.logger import formatEvent

from provd.errors import InvalidDocument
from provd.pluginkit.errors import RawConfigError
from tests.app.office import FakePlugin, Office
from tests.logged import logged

SECRET = "s3cret-password"
DEVICE: dict[str, Any] = {"id": "d1", "plugin": "acme", "config": "c1", "options": {"switchboard": True}}
CONFIG: dict[str, Any] = {
    "id": "c1",
    "parent_ids": [],
    "raw_config": {"admin_password": SECRET, "sip_lines": {"1": {"username": "u", "password": SECRET}}},
}


class Blocking(FakePlugin):
    BLOCKING = True


def configured(office: Office, device: dict[str, Any] = DEVICE) -> bool:
    result: bool = office.reactor.result(Deferred.fromCoroutine(office.configuring.configure(device)))
    return result


def deconfigured(office: Office, device: dict[str, Any] = DEVICE) -> None:
    office.reactor.result(Deferred.fromCoroutine(office.configuring.deconfigure(device)))


def test_the_plugin_gets_copies_of_its_own() -> None:
    office = Office(configs=[CONFIG])
    device = {**DEVICE, "options": {"switchboard": True}}

    def change(given: dict[str, Any]) -> None:
        given["options"].clear()
        given["mac"] = "changed"

    office.plugin.meanwhile = change
    assert configured(office, device)
    assert device == DEVICE
    office.plugin.files["d1"]["sip_lines"].clear()
    assert configured(office, device)
    assert office.plugin.files["d1"]["sip_lines"]["1"]["auth_username"] == "u"
    assert office.store.configs.get("c1") == CONFIG


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"plugin": None}, None),
        ({"plugin": "not-loaded"}, None),
        ({"config": None}, "d1 is not configured: no config"),
        ({"config": "missing"}, "d1 is not configured: its config doesn't exist"),
    ],
)
def test_without_a_plugin_or_a_config_there_is_nothing_to_call(
    changes: dict[str, Any], why: str | None
) -> None:
    office = Office(configs=[CONFIG])
    with logged() as events:
        assert not configured(office, {**DEVICE, **changes})
    assert office.plugin.calls == []
    assert events.texts() == ([why] if why else [])
    assert [event["stranger"] for event in events] == ["d1"] * len(events)  # anyone could cause such lines


def test_an_invalid_raw_config_is_named_by_its_keys_alone() -> None:
    raw = {
        **CONFIG["raw_config"],
        "http_port": SECRET,
        "protocol": SECRET,
        "sip_lines": {"1": {"password": [SECRET], "dtmf_mode": SECRET}},
        "funckeys": {"1": {"type": SECRET}},
        "locale": SECRET,
    }
    office = Office(configs=[{**CONFIG, "raw_config": raw}])
    with logged() as events:
        assert not configured(office)
    assert "sip_lines.1.password isn't text" in events.texts()[-1]
    assert SECRET not in events.everything()


def template_error() -> Exception:
    try:
        Environment().from_string("{{ password.missing.more }}").render(password=SECRET)
    except Exception as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("plugin", [FakePlugin, Blocking])
@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        RawConfigError(f"can't do {SECRET}"),
        KeyError(SECRET),
        InvalidDocument("raw config", {SECRET: SECRET}),
        SystemExit(SECRET),
        ExceptionGroup(SECRET, [ValueError(SECRET)]),
        template_error(),
        UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_plugin_that_fails_is_logged_without_its_message(plugin: Any, error: BaseException) -> None:
    office = Office(configs=[CONFIG], plugins=[acme := plugin()])
    office.calls.start()
    acme.fails = error
    with logged() as events:
        assert not configured(office)
        acme.deconfigure = lambda device: fail(error)
        deconfigured(office)
        office.reactor.result(office.calls.stop())
    assert len(events.texts()) == 2
    assert events.texts()[0].startswith(f"acme failed to configure d1: {type(error).__name__} at ")
    assert events.texts()[1].startswith(f"acme failed to deconfigure d1: {type(error).__name__} at ")
    assert SECRET not in events.everything()


def fail(error: BaseException) -> None:
    raise error


def fails_for(office: Office, *device_ids: str) -> list[str]:
    """
    Return what is logged when these devices can't be configured.
    """
    with logged() as events:
        for device_id in device_ids:
            assert not configured(office, {**DEVICE, "id": device_id, "ip": "192.0.2.1"})
    mine = [event for event in events if "device" in event]
    # A reason is bounded by itself; devices are as many as a stranger pretends to be.
    assert all("plugin" in event or event["stranger"] == "192.0.2.1" for event in mine)
    return list(map(formatEvent, mine))


def test_a_reason_is_told_once_and_each_device_that_it_befalls_once() -> None:
    office = Office(configs=[CONFIG])
    office.plugin.fails = ValueError(SECRET)
    first, *others = fails_for(office, "d1", "d1", "d2", "d3", "d2", "d1")
    assert first.startswith("acme failed to configure d1: ValueError at ")
    assert others == [f"d{number} is not configured, for the reason told of d1" for number in (2, 3)]


def test_a_device_that_was_configured_since_is_told_of_again() -> None:
    office = Office(configs=[CONFIG])
    office.plugin.fails = ValueError()
    fails_for(office, "d1", "d2")
    office.plugin.fails = None
    assert configured(office, {**DEVICE, "id": "d2"})
    office.plugin.fails = ValueError()
    assert fails_for(office, "d1", "d2") == ["d2 is not configured, for the reason told of d1"]


def test_another_reason_and_a_plugin_that_was_replaced_are_told_of_again() -> None:
    office = Office(configs=[CONFIG])
    office.plugin.fails = ValueError()
    fails_for(office, "d1")
    office.plugin.fails = KeyError()
    assert fails_for(office, "d1")[0].startswith("acme failed to configure d1: KeyError at ")
    office.manager.add(office.manager.remove("acme"))
    assert fails_for(office, "d2")[0].startswith("acme failed to configure d2: KeyError at ")


def test_a_plugin_with_too_many_reasons_has_its_devices_told_all_the_same() -> None:
    office = Office(configs=[CONFIG])
    texts = []
    for number in range(60):
        office.plugin.fails = type(f"Error{number}", (Exception,), {})()
        texts += fails_for(office, f"d{number}")
    assert len(texts) == 60
    assert texts[-1] == "d59 is not configured, and not for one of the reasons told"


def test_devices_told_of_are_remembered_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provd.app.complaints._MOST_DEVICES", 3)
    office = Office(configs=[CONFIG])
    office.plugin.fails = ValueError()
    assert len(fails_for(office, *"abcdabcd")) > 4
    assert len(office.configuring._unconfigured._told) <= 3


def test_files_that_may_be_left_behind_are_told_of_by_device() -> None:
    office = Office(configs=[CONFIG])
    office.plugin.deconfigure = lambda device: fail(ValueError())  # type: ignore[method-assign]
    with logged() as events:
        for device_id in ("d1", "d2", "d1"):
            deconfigured(office, {**DEVICE, "id": device_id})
    first, second = events.texts()
    assert first.startswith("acme failed to deconfigure d1: ValueError at ")
    assert second == "d2 may have left files behind, for the reason told of d1"


@pytest.mark.parametrize("plugin", [FakePlugin, Blocking])
def test_a_method_that_answers_later_is_waited_for(plugin: Any) -> None:
    office = Office(configs=[CONFIG], plugins=[acme := plugin()])
    office.calls.start()
    wrote: Deferred[None] = Deferred()
    acme.configure = lambda device, raw_config: wrote
    with logged() as events:
        done = Deferred.fromCoroutine(office.configuring.configure(DEVICE))
        while not any("returned Deferred" in text for text in events.texts()):
            office.reactor.turn()
        assert not done.called
        wrote.callback(None)
        assert office.reactor.result(done) is True
        acme.configure = lambda device, raw_config: defer.fail(ValueError(SECRET))
        assert not configured(office)
        office.reactor.result(office.calls.stop())
    assert SECRET not in events.everything()
    assert "acme failed to configure d1: ValueError at " in events.texts()[-1]


@pytest.mark.parametrize("broken", ["missing", "raising"])
def test_a_plugin_whose_method_cannot_be_had_does_not_configure(broken: str) -> None:
    class Broken:
        id = "acme"

        if broken == "raising":

            @property
            def configure(self) -> Any:
                raise SystemExit

            deconfigure = configure

    office = Office(configs=[CONFIG], plugins=[Broken()])
    with logged() as events:
        assert not configured(office)
        deconfigured(office)
    assert len(events.texts()) == 2


def test_a_config_that_cannot_even_be_flattened_never_raises() -> None:
    nested: Any = {}
    for _ in range(500):
        nested = {"a": nested}
    office = Office(configs=[{**CONFIG, "raw_config": {"X_a": nested}}])
    with logged():
        assert not configured(office)


def test_removing_the_files_of_a_plugin_that_is_gone_is_nothing() -> None:
    office = Office(configs=[CONFIG])
    deconfigured(office, {**DEVICE, "plugin": "not-loaded"})
    deconfigured(office, {"id": "d1"})
    assert office.plugin.calls == []
