"""
What one request after the other leaves behind; see test_waiting.py for requests that meet each other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.logger import LogLevel

from provd.identification.pipeline import NOBODY, UNSERVED, Found
from provd.identification.requests import RequestType
from provd.settings.stages import VARIANTS
from provd.testing.phones import tftp_request
from tests.app.office import AUTOPROV, LINE, MAC, MASTER, FakePlugin, Office, phone
from tests.identification.known_phone import CONFIG, IP, KNOWN, TELLS, known
from tests.logged import logged
from tests.support import result_of


def test_a_new_phone_is_put_on_record_with_a_plugin_a_config_and_files() -> None:
    office = Office()
    found = office.found(phone(**TELLS))
    device = office.device()
    assert found == Found(device, "acme")
    config_id = device.pop("config")
    assert device == {
        "id": "d1",
        **TELLS,
        "ip": IP,
        "added": "auto",
        "tenant_uuid": MASTER,
        "is_new": True,
        "plugin": "acme",
        "configured": True,
    }
    assert office.store.configs.get(config_id) == {
        "id": config_id,
        "parent_ids": ["autoprov"],
        "raw_config": AUTOPROV["raw_config"],
        "transient": True,
    }
    assert office.plugin.calls == [("configure", "d1")]
    assert office.plugin.files["d1"]["sip_lines"]["1"]["username"] == LINE["username"]
    trace = office.trace
    assert (trace.retriever, trace.device_id, trace.plugin) == ("add", "d1", "acme")
    assert trace.changes == ("config", "configured", "plugin")
    assert trace.extractors == (("acme", TELLS),)


def test_the_phone_s_next_request_finds_it_and_changes_nothing() -> None:
    office = Office()
    office.found(phone(**TELLS))
    before = office.device()
    assert office.found(phone(**TELLS)) == Found(before, "acme")
    assert (office.trace.retriever, office.trace.changes) == ("mac", ())
    assert office.devices() == [before]
    assert len(office.plugin.calls) == 1


def test_creating_a_device_is_told_in_the_security_log(tmp_path: Path) -> None:
    office = Office(security=tmp_path / "security.log")
    office.found(phone(**TELLS))
    office.found(phone(**TELLS))
    (line,) = (tmp_path / "security.log").read_text().splitlines()
    assert line.endswith("New device created automatically from 192.0.2.17: d1")


def test_a_phone_that_no_plugin_knows_is_kept_and_each_request_tries_again() -> None:
    office = Office()
    assert office.found(phone(mac=MAC, vendor="Other")).plugin_id is None
    device = office.device()
    assert "plugin" not in device
    assert device["config"].startswith("autoprov")
    office.manager.add(other := FakePlugin("other", "Other"))
    assert office.found(phone(mac=MAC, vendor="Other")).plugin_id == "other"
    assert office.device() == {**device, "plugin": "other", "configured": True}
    assert other.files.keys() == {device["id"]}


def test_without_an_autocreate_config_a_device_stays_unconfigured_until_there_is_one() -> None:
    office = Office(configs=())
    with logged() as events:
        for _ in range(3):
            assert office.found(phone(**TELLS)).plugin_id == "acme"
    assert "config" not in office.device()
    complaints = [text for text in events.texts(LogLevel.warn) if "autocreate" in text]
    assert complaints == ["new phones get no configuration: no config has the role autocreate"]
    result_of(office.store.configs.insert(AUTOPROV))
    office.found(phone(**TELLS))
    assert office.device()["configured"]


@pytest.mark.parametrize(
    "template",
    [
        {**AUTOPROV, "raw_config": {}},
        {**AUTOPROV, "raw_config": {"sip_lines": {"2": LINE}}},
        {**AUTOPROV, "raw_config": None},
        {**AUTOPROV, "id": "an id with blanks, as old servers allowed"},
        {**AUTOPROV, "id": "x" * 120},
    ],
)
def test_an_autocreate_config_that_cannot_be_copied_fails_no_request(template: dict[str, Any]) -> None:
    office = Office(configs=[template])
    assert office.found(phone(**TELLS)).plugin_id == "acme"
    assert "config" not in office.device()


@pytest.mark.parametrize("request_", [phone(), phone("/wp-login.php"), phone(foo="bar")])
def test_a_request_that_tells_nothing_is_nobody_s_and_leaves_nothing(request_: Any) -> None:
    office = Office()
    assert office.found(request_) is NOBODY
    assert office.devices() == []
    assert office.config_ids() == ["autoprov"]
    assert office.candidates is not None
    assert len(office.candidates) == 0
    assert (office.trace.candidate, office.trace.plugin, office.trace.device_id) == (False, None, None)


def test_an_address_that_tells_only_of_itself_is_a_candidate_until_it_brings_a_mac() -> None:
    office = Office()
    assert office.found(phone(vendor="Acme")) == Found(None, "acme")
    assert (office.trace.candidate, office.trace.plugin) == (True, "acme")
    assert office.found(phone(model="X1", version="1")) == Found(None, "acme")
    assert office.found(phone()) == Found(None, "acme")  # routed by what its address told
    assert (office.devices(), office.config_ids()) == ([], ["autoprov"])
    found = office.found(tftp_request(b'{"mac": "001565aa0b1c"}', IP), RequestType.TFTP)
    assert found.plugin_id == "acme"
    device = office.device()
    assert {key: device[key] for key in (*TELLS, "ip")} == {**TELLS, "ip": IP}
    assert device["configured"]
    assert office.candidates is not None
    assert len(office.candidates) == 0


def test_a_candidate_that_no_plugin_knows_is_not_served_and_not_suspicious() -> None:
    office = Office()
    found = office.found(phone(vendor="Other"))
    assert found == Found(None, None)
    assert found is not NOBODY
    assert office.trace.candidate


def test_another_phone_at_a_candidate_s_address_takes_nothing_over() -> None:
    office = Office()
    office.found(phone(vendor="Other", model="Y9", version="9"))
    office.found(phone(vendor="Acme", mac=MAC))
    assert "model" not in office.device()
    assert office.device()["vendor"] == "Acme"


def test_a_device_without_a_plugin_learns_what_its_address_told_before() -> None:
    office = Office([{"id": "announced", "mac": MAC, "config": "c1"}], [CONFIG])
    office.found(phone(vendor="Acme", model="X1"))
    assert office.found(phone(mac=MAC)).plugin_id == "acme"
    device = office.device()
    assert (device["vendor"], device["model"], device["configured"]) == ("Acme", "X1", True)


def test_a_device_that_contradicts_what_its_address_told_learns_nothing_of_it() -> None:
    office = Office([{"id": "announced", "mac": MAC, "vendor": "Other"}])
    office.found(phone(vendor="Acme", version="9"))
    office.found(phone(mac=MAC))
    assert "version" not in office.device()
    assert office.device()["vendor"] == "Other"


def test_a_known_phone_is_not_given_the_version_of_a_stranger_at_its_address() -> None:
    office = known(ip=None)
    office.found(phone(vendor="Acme", model="X1", version="9"))
    office.found(phone(mac=MAC))
    assert office.device()["version"] == "1"


def test_behind_nat_phones_at_one_address_are_not_mixed() -> None:
    office = Office(nat=1)
    assert office.found(phone(vendor="Acme", model="X1")) == Found(None, "acme")
    assert office.found(phone(version="9")) == Found(None, None)
    assert office.found(phone()) is NOBODY
    office.found(phone(mac=MAC))
    assert office.device().keys() & {"vendor", "model", "version"} == set()
    office.found(phone(mac="00:15:65:00:00:02", vendor="Acme"))
    assert [device["ip"] for device in office.devices()] == [IP, IP]


def test_what_was_told_before_phones_were_behind_nat_counts_no_more() -> None:
    office = Office()
    office.found(phone(vendor="Acme", model="X1"))
    office.app.nat = 1
    office.found(phone(mac=MAC))
    assert office.device().keys() & {"vendor", "model"} == set()


def test_the_secure_chain_serves_known_phones_and_creates_nothing() -> None:
    office = Office([KNOWN], [AUTOPROV, CONFIG], retrievers=VARIANTS["retriever"]["secure"])
    before = office.devices()
    assert office.found(phone(**TELLS)).device == KNOWN
    for said in ({"mac": "00:15:65:00:00:02"}, {"vendor": "Acme"}, {"vendor": "Acme", "sn": "2"}):
        assert office.found(phone("/x", "192.0.2.99", **said)) is UNSERVED
    assert office.found(phone("/x", "192.0.2.99")) is NOBODY
    assert (office.devices(), office.config_ids()) == (before, ["autoprov", "c1"])


def test_secure_updaters_learn_nothing() -> None:
    office = Office([KNOWN], [AUTOPROV, CONFIG], updaters=VARIANTS["updater"]["secure"])
    office.found(phone("/x", "192.0.2.99", **{**TELLS, "version": "2", "sn": "3"}))
    assert office.devices() == [KNOWN]


def test_while_no_master_tenant_is_known_no_device_is_created_and_nobody_suspected() -> None:
    office = Office(master=None)
    assert office.found(phone(**TELLS)) is UNSERVED
    assert office.devices() == []


def test_a_device_that_cannot_be_stored_is_not_served() -> None:
    office = Office()
    result_of(office.store.close())
    assert office.found(phone(**TELLS)) is UNSERVED


def test_a_known_phone_with_nothing_new_costs_no_write_no_plugin_call_and_no_log_line() -> None:
    office = known()
    writes: list[Any] = []
    office.store.soon = writes.append  # type: ignore[method-assign]
    office.store.durably = lambda write, settled: writes.append(write)  # type: ignore[method-assign]
    with logged() as events:
        waiting = office.ask(phone(**TELLS))
        assert result_of(waiting) == Found(KNOWN, "acme")  # without a turn of the reactor
    assert (writes, office.plugin.calls) == ([], [])
    assert events.texts() == []


@pytest.mark.parametrize(
    ("before", "said", "changed", "is_configured_again"),
    [
        ({}, {"version": "2"}, {"version": "2"}, True),
        ({"model": None}, {}, {"model": "X1"}, True),
        ({"vendor": None}, {}, {"vendor": "Acme"}, True),
        ({}, {"uuid": "5f6c0000-0000-4000-8000-00000000000a"}, {}, True),
        ({}, {"sn": "5"}, {"sn": "5"}, False),
        ({"sn": None}, {"sn": "5"}, {"sn": "5"}, False),
        ({}, {"model": "X2"}, {}, False),
        ({}, {"vendor": "Other"}, {}, False),
        ({"plugin": "not-loaded"}, {}, {}, False),
        ({"config": "deleted", "configured": False}, {}, {}, False),
        ({"ip": "192.0.2.99"}, {}, {"ip": IP}, False),
        ({"ip": None}, {}, {"ip": IP}, False),
    ],
)
def test_what_a_known_phone_tells_anew(
    before: dict[str, Any], said: dict[str, str], changed: dict[str, str], is_configured_again: bool
) -> None:
    office = known(**before)
    former = office.device()
    office.found(phone(**{**TELLS, **said}))
    changed = {**changed, **({"uuid": said["uuid"]} if "uuid" in said else {})}
    assert office.device() == {**former, **changed}
    assert office.trace.changes == tuple(sorted(changed))
    calls = [("deconfigure", "known"), ("configure", "known")] if is_configured_again else []
    assert office.plugin.calls == calls
    assert office.config_ids() == ["autoprov", "c1"]


def test_null_values_of_a_device_count_as_absent() -> None:
    nulls = dict.fromkeys(("ip", "vendor", "model", "version", "sn", "plugin", "config"))
    office = Office([{"id": "known", "mac": MAC, **nulls}])
    office.found(phone(**TELLS))
    device = office.device()
    assert (device["vendor"], device["plugin"], device["configured"]) == ("Acme", "acme", True)
    assert device["config"].startswith("autoprov")
    assert device["tenant_uuid"] == MASTER  # a missing tenant is the master tenant, stored at the next write


def test_a_new_address_is_taken_from_all_others_and_configures_nobody() -> None:
    others = [{**KNOWN, "id": f"o{number}", "mac": f"00:15:65:00:00:0{number}"} for number in (1, 2)]
    office = Office([{**KNOWN, "ip": "192.0.2.99"}, *others], [AUTOPROV, CONFIG])
    office.found(phone(**TELLS))
    assert [device.get("ip") for device in office.devices()] == [IP, None, None]
    assert office.plugin.calls == []


def test_an_address_only_request_is_the_known_device_s_at_that_address() -> None:
    office = known()
    assert office.found(phone()) == Found(KNOWN, "acme")
    assert office.trace.retriever == "ip"


def test_a_failing_plugin_leaves_the_device_unconfigured_and_the_request_routed() -> None:
    office = known()
    office.plugin.fails = ValueError("s3cret-password")
    with logged() as events:
        found = office.found(phone(**{**TELLS, "version": "2"}))
    assert found.plugin_id == "acme"
    assert (office.device()["configured"], office.device()["version"]) == (False, "2")
    assert "s3cret" not in events.everything()


def test_what_a_phone_caused_to_change_is_logged_as_caused_by_a_stranger() -> None:
    office = known()
    with logged() as events:
        office.trace.client = IP
        office.found(phone(**{**TELLS, "version": "2"}))
    (event,) = [event for event in events if "changed" in event.get("what", "")]
    assert events.texts() == ["known: changed version"]
    assert "stranger" in event
