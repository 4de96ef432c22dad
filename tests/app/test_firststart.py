from __future__ import annotations

import re
from pathlib import Path

import pytest

from provd.app.firststart import (
    is_untouched,
    machine_timezone,
    random_text,
    well_known_configs,
    write_well_known_configs,
)
from provd.model.configs import check_config, flatten
from provd.model.parametertypes import check_structure
from provd.model.rawconfig import check_complete, prepare
from provd.store.memory import MemoryStore
from tests.support import result_of


def test_the_well_known_configs_give_a_phone_a_working_configuration() -> None:
    configs = {config["id"]: config for config in well_known_configs("ntp", "sip", "Europe/Paris")}
    assert list(configs) == ["base", "default", "defaultconfigdevice", "autoprov"]
    for config in configs.values():
        check_config(config)
        check_structure(config["raw_config"])
        assert config["deletable"] is False
    base = {"ip": "a", "http_port": 1, "tftp_port": 69, "http_base_url": "http://a"}
    raw = flatten("autoprov", configs.get, base)
    assert raw is not None
    assert prepare(raw) == []
    check_complete(raw)
    assert (raw["ntp_enabled"], raw["ntp_ip"], raw["timezone"]) == (True, "ntp", "Europe/Paris")
    line = raw["sip_lines"]["1"]
    assert (line["proxy_ip"], line["registrar_ip"], line["display_name"]) == ("sip", "sip", "Autoprov")
    # The name that synchronization takes for an autoprov account: ap and 8 characters.
    assert re.fullmatch("ap[A-Za-z0-9]{8}", line["username"])
    assert raw["sccp_call_managers"] == {"1": {"ip": "sip"}}
    assert configs["autoprov"]["role"] == "autocreate"


def test_every_site_has_passwords_of_its_own() -> None:
    def secrets() -> set[str]:
        *_, devices, autoprov = well_known_configs("ntp", "sip", None)
        raw, account = devices["raw_config"], autoprov["raw_config"]["sip_lines"]["1"]
        return {raw["admin_password"], raw["user_password"], account["password"], account["username"]}

    assert len(secrets() | secrets()) == 8
    assert "timezone" not in well_known_configs("ntp", "sip", None)[0]["raw_config"]
    assert len(random_text(16)) == 16


def test_configs_that_exist_are_left_as_they_are() -> None:
    mine = {"id": "base", "parent_ids": [], "raw_config": {"ntp_ip": "mine"}}
    store = MemoryStore((), [mine])
    result_of(write_well_known_configs(store.configs, well_known_configs("ntp", "sip", None)))
    assert store.configs.get("base") == mine
    assert len(store.configs) == 4


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("usr/share/zoneinfo/Europe/Paris", "Europe/Paris"),
        ("usr/share/zoneinfo/UTC", "UTC"),
        ("usr/share/zoneinfo/Mars/Olympus", None),
        ("usr/share/zoneinfo", None),
        ("etc/copied", None),
        (None, None),
    ],
)
def test_the_machine_s_zone_is_the_one_that_its_link_names(
    tmp_path: Path, target: str | None, name: str | None
) -> None:
    localtime = tmp_path / "localtime"
    if target is not None:
        (tmp_path / target).parent.mkdir(parents=True)
        (tmp_path / target).touch()
        localtime.symlink_to(tmp_path / target)
    assert machine_timezone(localtime) == name


def test_a_link_that_goes_in_circles_names_no_zone(tmp_path: Path) -> None:
    localtime = tmp_path / "localtime"
    localtime.symlink_to(localtime)
    assert machine_timezone(localtime) is None


def test_a_first_start_that_was_cut_short_is_one_still() -> None:
    store = MemoryStore()
    configs = well_known_configs("192.0.2.1", "192.0.2.1", None)
    assert is_untouched(store.devices, store.configs)
    for config in configs:
        assert is_untouched(store.devices, store.configs)
        result_of(write_well_known_configs(store.configs, [config]))
    assert not is_untouched(store.devices, store.configs)


@pytest.mark.parametrize("store", [MemoryStore([{"id": "d1"}]), MemoryStore([], [{"id": "mine"}])])
def test_a_site_with_documents_of_its_own_has_started_before(store: MemoryStore) -> None:
    assert not is_untouched(store.devices, store.configs)
