"""
The SIP user that a phone takes on with the file that it fetches (plugin-api 13.5).
"""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import fail, succeed

from provd.identification.pipeline import Found, Visit
from provd.identification.requests import RequestType
from provd.testing.phones import dhcp_request
from tests.app.office import LINE, MAC, Office, phone
from tests.identification.known_phone import CONFIG, IP, KNOWN, OWN_FILE, TELLS, known
from tests.logged import logged


async def later() -> str:
    return "001565aa0b1c.cfg"


@pytest.mark.parametrize(
    ("path", "changes", "user"),
    [
        (OWN_FILE, {}, "u1"),
        ("/folder/001565aa0b1c.cfg?x=1", {}, "u1"),
        ("/001565aa0b1c%2ecfg", {}, "u1"),
        ("/001565AA0B1C.cfg", {}, None),
        ("/common.cfg", {}, None),
        ("/", {}, None),
        (OWN_FILE, {"configured": False}, None),
        (OWN_FILE, {"config": "missing"}, None),
        (OWN_FILE, {"plugin": "not-loaded"}, None),
        (OWN_FILE, {"remote_state_sip_username": "former"}, "u1"),
        ("/common.cfg", {"remote_state_sip_username": "former"}, "former"),
    ],
)
def test_the_file_that_tells_sets_the_user_that_the_phone_took_on(
    path: str, changes: dict[str, Any], user: str | None
) -> None:
    office = known(**changes)
    office.found(phone(path, **TELLS))
    assert office.device().get("remote_state_sip_username") == user
    assert office.plugin.calls == []
    is_news = user != changes.get("remote_state_sip_username")
    assert office.trace.changes == (("remote_state_sip_username",) if is_news else ())


@pytest.mark.parametrize(
    ("method", "user"), [(b"GET", "u1"), (b"HEAD", None), (b"POST", None), (b"PUT", None)]
)
def test_a_phone_takes_on_what_it_downloads_not_what_it_only_asks_about(
    method: bytes, user: str | None
) -> None:
    office = known()
    request = phone(OWN_FILE, **TELLS)
    request.method = method
    assert office.found(request).device == office.device()
    assert office.device().get("remote_state_sip_username") == user


@pytest.mark.parametrize(("is_refused", "user"), [(True, None), (False, "u1")])
def test_a_phone_takes_on_nothing_from_a_file_that_it_is_refused(is_refused: bool, user: str | None) -> None:
    asked: list[tuple[str, str]] = []

    def refused(plugin_id: str, name: str) -> bool:
        asked.append((plugin_id, name))
        return is_refused

    office = known()
    office.found(phone(OWN_FILE, **TELLS), visit=Visit(is_refused=refused))
    assert office.device().get("remote_state_sip_username") == user
    assert set(asked) == {("acme", OWN_FILE[1:])}


@pytest.mark.parametrize(
    "raw_config",
    [{}, {"sip_lines": {}}, {"sip_lines": {"1": {"username": ""}}}, {"sip_lines": {"1": None}}, None],
)
def test_a_config_without_a_user_of_line_1_keeps_the_former_user(raw_config: Any) -> None:
    parent = {**CONFIG, "id": "parent"}
    config = {"id": "c1", "parent_ids": ["parent"], "raw_config": raw_config}
    office = Office([{**KNOWN, "remote_state_sip_username": "former"}], [parent, config])
    office.found(phone(OWN_FILE, **TELLS))
    assert office.device()["remote_state_sip_username"] == "former"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda: b"001565aa0b1c.cfg", "returned bytes where a file name is meant"),
        (lambda: 5, "returned int where a file name is meant"),
        (lambda: succeed("001565aa0b1c.cfg"), "returned Deferred where a plain value is meant"),
        (lambda: fail(ValueError("s3cret")), "returned Deferred where a plain value is meant"),
        (later, "returned coroutine where a plain value is meant"),
    ],
)
def test_a_plugin_that_names_no_file_as_text_names_none(answer: Any, told: str) -> None:
    office = known()
    office.plugin.get_remote_state_trigger_filename = lambda device: answer()  # type: ignore[method-assign]
    with logged() as events:
        for _ in range(2):
            assert office.found(phone(OWN_FILE, **TELLS)).plugin_id == "acme"
    assert "remote_state_sip_username" not in office.device()
    assert events.texts() == [f"the get_remote_state_trigger_filename of acme {told}"]


def test_a_plugin_cannot_change_the_device_that_it_is_asked_about() -> None:
    def vandal(device: dict[str, Any]) -> str:
        device["options"].clear()
        device["mac"] = "changed"
        return "001565aa0b1c.cfg"

    office = known(options={"switchboard": True})
    office.plugin.get_remote_state_trigger_filename = vandal  # type: ignore[method-assign]
    found = office.found(phone(OWN_FILE, **TELLS))
    assert found.device == office.device()
    assert (office.device()["options"], office.device()["mac"]) == ({"switchboard": True}, MAC)


def test_the_user_is_that_of_the_device_as_it_was_just_configured() -> None:
    office = Office()
    found = office.found(phone(OWN_FILE, **TELLS))
    assert found.device is not None
    assert found.device["remote_state_sip_username"] == LINE["username"]
    office = known()
    office.plugin.fails = ValueError()
    office.found(phone(OWN_FILE, **{**TELLS, "version": "2"}))
    assert "remote_state_sip_username" not in office.device()


def test_a_lease_names_no_file() -> None:
    office = known()
    office.plugin.get_remote_state_trigger_filename = lambda device: ""  # type: ignore[method-assign]
    office.found(dhcp_request(IP, MAC), RequestType.DHCP)
    assert office.devices() == [KNOWN]


def test_a_trigger_name_that_cannot_be_told_is_logged_once_and_harms_nothing() -> None:
    def raises(device: dict[str, Any]) -> str:
        raise ValueError("s3cret-password")

    office = known()
    office.plugin.get_remote_state_trigger_filename = raises  # type: ignore[method-assign]
    with logged() as events:
        for _ in range(3):
            assert office.found(phone(OWN_FILE, **TELLS)) == Found(KNOWN, "acme")
    assert len(events.texts()) == 1
    assert "s3cret" not in events.everything()


def test_a_plugin_that_names_its_file_cannot_change_the_device() -> None:
    def changes(device: dict[str, Any]) -> str:
        device["model"] = "changed"
        return "001565aa0b1c.cfg"

    office = known()
    office.plugin.get_remote_state_trigger_filename = changes  # type: ignore[method-assign]
    office.found(phone(OWN_FILE, **TELLS))
    assert office.device() == {**KNOWN, "remote_state_sip_username": "u1"}


def test_a_plugin_without_the_name_methods_is_served() -> None:
    class Old:
        id, BLOCKING, pg_associator = "acme", False, None

    office = Office([KNOWN], [CONFIG], plugins=[Old()])
    assert office.found(phone(OWN_FILE)).device == KNOWN
