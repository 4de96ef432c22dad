from __future__ import annotations

from typing import Any

import pytest

from provd.app.configs import Configs
from provd.errors import StoreError
from provd.store.memory import MemoryStore
from tests.app.office import AUTOPROV, LINE
from tests.logged import logged
from tests.support import failed_with, result_of


def configs(*documents: dict[str, Any], devices: Any = ()) -> tuple[Configs, MemoryStore]:
    store = MemoryStore(devices, documents)
    return Configs(store.configs, store.devices), store


def test_an_autocreated_config_is_stored() -> None:
    made, store = configs({**AUTOPROV, "id": "other", "role": "default"}, AUTOPROV)
    config = result_of(made.autocreate())
    assert config is not None
    assert config["id"].startswith("autoprov")
    assert config["id"] in made
    assert store.configs.get(config["id"]) == config


def test_the_first_config_with_the_role_is_used() -> None:
    made, _ = configs({**AUTOPROV, "id": "second"}, {**AUTOPROV, "id": "first"})
    config = result_of(made.autocreate())
    assert config is not None
    assert config["parent_ids"] == ["second"]


def test_a_missing_template_is_told_once_until_there_is_one_again() -> None:
    made, store = configs()
    with logged() as events:
        assert [result_of(made.autocreate()) for _ in range(3)] == [None] * 3
        result_of(store.configs.insert(AUTOPROV))
        result_of(made.autocreate())
        result_of(store.configs.delete("autoprov"))
        result_of(made.autocreate())
    assert len(events.texts()) == 2


def test_a_template_s_password_is_not_told() -> None:
    raw = {"sip_lines": {"1": {}, "2": LINE}}
    made, _ = configs({**AUTOPROV, "raw_config": raw})
    with logged() as events:
        assert result_of(made.autocreate()) is None
    assert LINE["password"] not in events.everything()


def test_a_full_disk_is_an_error() -> None:
    made, store = configs(AUTOPROV)
    store.is_full = True
    failed_with(StoreError, made.autocreate())


@pytest.mark.parametrize(
    ("config", "devices", "is_left"),
    [
        ({"transient": True}, [], False),
        ({"transient": True}, [{"id": "d1", "config": "c1"}], True),
        ({"transient": True}, [{"id": "d1", "config": "other"}], False),
        ({"transient": False}, [], True),
        ({"transient": "yes"}, [], True),
        ({}, [], True),
    ],
)
def test_only_a_transient_config_without_a_device_is_dropped(
    config: dict[str, Any], devices: Any, is_left: bool
) -> None:
    made, _ = configs({"id": "c1", "parent_ids": [], "raw_config": {}, **config}, devices=devices)
    result_of(made.drop_if_unused("c1"))
    assert ("c1" in made) is is_left
    result_of(made.drop_if_unused("unknown"))


@pytest.mark.parametrize(
    ("raw_config", "user"),
    [
        ({"sip_lines": {"1": {"username": "u"}}}, "u"),
        ({"sip_lines": {"2": {"username": "u"}}}, None),
        ({"sip_lines": {"1": {"username": 5}}}, None),
        ({"sip_lines": ["u"]}, None),
        ({"sip_lines": {"1": "u"}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_user_of_line_1_is_the_config_s_own(raw_config: Any, user: str | None) -> None:
    parent = {"id": "parent", "parent_ids": [], "raw_config": {"sip_lines": {"1": {"username": "parent"}}}}
    made, _ = configs(parent, {"id": "c1", "parent_ids": ["parent"], "raw_config": raw_config})
    assert made.own_user("c1") == user
    assert made.own_user("unknown") is None


def test_the_own_user_follows_the_config() -> None:
    store = MemoryStore([], [{"id": "c1", "raw_config": {"sip_lines": {"1": {"username": "u1"}}}}])
    made = Configs(store.configs, store.devices)
    assert [made.own_user("c1"), made.own_user("c1"), made.own_user("c2")] == ["u1", "u1", None]
    changed = {"id": "c1", "raw_config": {"sip_lines": {"1": {"username": "u2"}}}}
    result_of(store.configs.update(changed))
    result_of(store.configs.insert({**changed, "id": "c2"}))
    assert [made.own_user("c1"), made.own_user("c2")] == ["u2", "u2"]
    result_of(store.configs.delete("c1"))
    assert made.own_user("c1") is None
