from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment
from twisted.internet.defer import Deferred

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
    assert {event["stranger"] for event in events} == {"d1"}
    assert events.texts()[0].startswith(f"acme failed to configure d1: {type(error).__name__} at ")
    assert events.texts()[1].startswith(f"acme failed to deconfigure d1: {type(error).__name__} at ")
    assert SECRET not in events.everything()


def fail(error: BaseException) -> None:
    raise error


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
