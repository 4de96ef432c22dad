from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provd.app.phoneurls import PhoneURLs
from provd.app.rawconfigs import CannotConfigure, RawConfigs, read_base_raw_config
from provd.app.tenants import Tenants
from provd.errors import InvalidDocument, InvalidSettings
from provd.logs import Secret
from provd.store.memory import MemoryStore
from tests.app.office import MASTER, TENANT
from tests.logged import logged

URL = "http://192.0.2.1:8667"
DEVICE = {"id": "d1", "config": "c1", "tenant_uuid": TENANT}


def raw_configs(
    *configs: dict[str, Any],
    below: dict[str, Any] | None = None,
    advertised: str | None = URL,
    keys: dict[str, str] | None = None,
) -> RawConfigs:
    store = MemoryStore((), [{"parent_ids": [], **config} for config in configs])
    tenants = Tenants(MASTER, {tenant: Secret(key) for tenant, key in (keys or {}).items()})
    return RawConfigs(
        store.configs,
        below or {},
        PhoneURLs(advertised, 8667, lambda: "192.0.2.9"),
        tenants,
        69,
        keys is not None,
    )


def rendered(raw: dict[str, Any], device: dict[str, Any] = DEVICE, **site: Any) -> dict[str, Any]:
    return raw_configs({"id": "c1", "raw_config": raw}, **site).for_device(device)


# The file below every config.


@pytest.mark.parametrize(
    "content", [{}, {"X_comment": "x"}, {"ntp_ip": "a", "odd_name": 5, "http_port": "8667"}]
)
def test_the_base_raw_config_is_read_as_it_is(tmp_path: Path, content: dict[str, Any]) -> None:
    path = tmp_path / "base.json"
    path.write_text(json.dumps(content))
    assert read_base_raw_config(path) == content


def test_a_missing_file_counts_as_an_empty_object(tmp_path: Path) -> None:
    assert read_base_raw_config(tmp_path / "missing.json") == {}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "isn't JSON"),
        (b"{", "isn't JSON"),
        (b'{"a": "\xe9"}', "utf-8"),
        (b"[1]", "isn't a JSON object"),
        (b"null", "isn't a JSON object"),
        (b"[" * 100_000, ""),
        (b'{"http_port": "s3cret", "admin_password": ["s3cret"]}', "http_port isn't a port"),
        (b'{"XX_a": 1}', "XX_a belongs to plugins"),
        (b'{"http_base_url": "http://host:port"}', ""),
        (b'{"http_base_url": "http://host:99999"}', ""),
    ],
)
def test_any_other_file_is_a_mistake_in_the_settings(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "base.json"
    path.write_bytes(content)
    with pytest.raises(InvalidSettings) as raised:
        read_base_raw_config(path)
    (text,) = raised.value.mistakes.values()
    assert problem in text
    assert str(path) in text
    assert "s3cret" not in text


def test_a_file_that_cannot_be_read_is_one_too(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as raised:
        read_base_raw_config(tmp_path)
    assert "Is a directory" in str(raised.value)


# What is common to all.


@pytest.mark.parametrize(
    ("below", "advertised", "base"),
    [
        ({}, URL, {"http_base_url": URL, "ip": "192.0.2.1", "http_port": 8667}),
        ({}, "http://prov.example.com", {"http_base_url": "http://prov.example.com", "ip": "prov.example.com",
                                         "http_port": 8667}),
        ({}, "https://[2001:db8::1]/a", {"http_base_url": "https://[2001:db8::1]/a", "ip": "2001:db8::1",
                                         "http_port": 8667}),
        ({}, None, {"http_base_url": "http://192.0.2.9:8667", "ip": "192.0.2.9", "http_port": 8667}),
        ({"http_base_url": "http://other:81/x/"}, URL, {"http_base_url": "http://other:81/x", "ip": "other",
                                                        "http_port": 81}),
        ({"ip": "a", "http_port": "82", "tftp_port": 70}, URL,
         {"http_base_url": URL, "ip": "a", "http_port": "82", "tftp_port": 70}),
        ({"ip": None, "http_port": None, "tftp_port": None, "http_base_url": None}, URL,
         {"http_base_url": URL, "ip": "192.0.2.1", "http_port": 8667}),
    ],
)  # fmt: skip
def test_the_base_has_what_every_plugin_counts_on(
    below: dict[str, Any], advertised: str | None, base: dict[str, Any]
) -> None:
    assert raw_configs(below=below, advertised=advertised).base() == {"tftp_port": 69, **base}


def test_each_base_is_private() -> None:
    configs = raw_configs(below={"X_a": {"b": 1}})
    configs.base()["X_a"]["b"] = 2
    assert configs.base()["X_a"] == {"b": 1}


def test_the_flattened_config_is_what_it_inherits_over_the_base() -> None:
    configs = raw_configs(
        {"id": "base", "raw_config": {"ntp_ip": "a", "exten_park": None}},
        {"id": "c1", "parent_ids": ["base", "missing"], "raw_config": {"ip": "b"}},
    )
    assert configs.flattened("c1") == {
        "tftp_port": 69,
        "http_base_url": URL,
        "http_port": 8667,
        "ip": "b",
        "ntp_ip": "a",
        "exten_park": None,
    }
    assert configs.flattened("unknown") is None


# One device.


def test_a_plugin_gets_a_complete_raw_config() -> None:
    line = {"username": "u", "password": "p", "proxy_ip": "a"}
    assert rendered({"sip_lines": {"1": line}, "exten_park": None, "http_port": "8667"}) == {
        "ip": "192.0.2.1",
        "http_port": "8667",
        "tftp_port": 69,
        "http_base_url": URL,
        "sip_lines": {"1": {**line, "auth_username": "u", "registrar_ip": "a"}},
        "sccp_call_managers": {},
        "funckeys": {},
        "sip_transport": "udp",
        "sip_srtp_mode": "disabled",
    }


def test_each_device_gets_the_url_by_which_it_came() -> None:
    store = MemoryStore((), [{"id": "c1", "parent_ids": [], "raw_config": {}}])
    urls = PhoneURLs(None, 8667, lambda: "192.0.2.9")
    configs = RawConfigs(store.configs, {}, urls, Tenants(MASTER, {}), 69, False)
    urls.saw("d1", "http://198.51.100.1:8667")
    raw = configs.for_device(DEVICE)
    assert (raw["http_base_url"], raw["ip"]) == ("http://198.51.100.1:8667", "198.51.100.1")
    assert configs.for_device({**DEVICE, "id": "d2"})["ip"] == "192.0.2.9"


def test_a_url_never_ends_with_a_slash() -> None:
    assert rendered({"http_base_url": "http://other/"})["http_base_url"] == "http://other"
    keyed = rendered({"http_base_url": "http://other/"}, keys={TENANT: "tenant-key"})
    assert keyed["http_base_url"] == "http://other/tenant-key"


@pytest.mark.parametrize(
    ("device", "key"),
    [
        ({"tenant_uuid": TENANT}, "tenant-key"),
        ({"tenant_uuid": MASTER}, "master-key"),
        ({"tenant_uuid": None}, "master-key"),
        ({}, "master-key"),
    ],
)
def test_the_tenant_s_key_is_the_last_part_of_the_url(device: dict[str, Any], key: str) -> None:
    keys = {TENANT: "tenant-key", MASTER: "master-key"}
    raw = rendered({}, {"id": "d1", "config": "c1", **device}, keys=keys)
    assert raw["http_base_url"] == f"{URL}/{key}"
    assert (raw["ip"], raw["http_port"]) == ("192.0.2.1", 8667)


def test_the_key_that_a_new_phone_came_with_counts_until_it_has_a_tenant() -> None:
    keys = {TENANT: "tenant-key", MASTER: "master-key", "third": "third-key"}
    configs = raw_configs({"id": "c1", "raw_config": {}}, keys=keys)
    configs._urls.came_with_key("d1", "third")
    new = {"id": "d1", "config": "c1", "tenant_uuid": MASTER}
    assert configs.for_device(new)["http_base_url"] == f"{URL}/third-key"
    assert configs.for_device(DEVICE)["http_base_url"] == f"{URL}/tenant-key"


def test_without_the_tenant_s_key_nothing_can_be_configured() -> None:
    with pytest.raises(CannotConfigure, match="its tenant has no provisioning key"):
        rendered({}, keys={MASTER: "master-key"})


def test_common_files_and_synchronization_carry_no_key() -> None:
    configs = raw_configs({"id": "c1", "raw_config": {}}, keys={TENANT: "tenant-key"})
    assert configs.base()["http_base_url"] == URL
    assert configs.flattened("c1") == configs.base()


@pytest.mark.parametrize("config", [None, "unknown"])
def test_a_device_needs_a_config_that_exists(config: str | None) -> None:
    with pytest.raises(CannotConfigure):
        rendered({}, {**DEVICE, "config": config})


@pytest.mark.parametrize(
    "raw", [{"http_base_url": None}, {"http_base_url": ""}, {"ip": None}, {"ntp_enabled": True}]
)
@pytest.mark.parametrize("keys", [None, {TENANT: "tenant-key"}])
def test_what_is_missing_is_named(raw: dict[str, Any], keys: Any) -> None:
    with pytest.raises(InvalidDocument) as raised:
        rendered(raw, keys=keys)
    assert len(raised.value.mistakes) == 1
    assert "tenant-key" not in str(raised.value)


# Warnings.


def test_what_is_odd_is_warned_of_once_and_passed_on() -> None:
    raw = {
        "timezone": "Mars/Olympus",
        "config_encryption_enabled": True,
        "locale": "fr_FR.UTF-8",
        "funckeys": {"1": {"type": "odd", "label": "s3cret"}},
    }
    configs = raw_configs({"id": "c1", "raw_config": raw}, {"id": "c2", "raw_config": raw})
    with logged() as events:
        prepared = configs.for_device(DEVICE)
        configs.for_device(DEVICE)
        configs.for_device({**DEVICE, "config": "c2"})
    assert (prepared["timezone"], prepared["config_encryption_enabled"]) == ("Mars/Olympus", True)
    assert (prepared["locale"], prepared["funckeys"]) == ("fr_FR", {})
    assert sorted(events.texts()) == [
        "config c1: 'config_encryption_enabled': not a parameter that provd knows, passed on",
        "config c1: funckeys.'1': dropped, unknown type",
        "config c1: locale: read as fr_FR",
        "config c1: timezone: 'Mars/Olympus' isn't known, passed on",
    ]


@pytest.mark.parametrize("zone", ["Europe/Paris", "US/Eastern", "", None])
def test_known_zones_and_none_are_not_warned_of(zone: str | None) -> None:
    with logged() as events:
        rendered({"timezone": zone})
    assert events.texts() == []


def test_what_is_remembered_of_warnings_is_bounded() -> None:
    many = {f"odd{number}": 1 for number in range(2500)}
    configs = raw_configs({"id": "c1", "raw_config": many})
    with logged() as events:
        configs.for_device(DEVICE)
    assert len(events.texts()) == 2500
    assert len(configs._warned) <= 1000
