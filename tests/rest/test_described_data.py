"""
What the description says of documents is what is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from provd.errors import InvalidDocument, InvalidQuery
from provd.leases.news import lease_of
from provd.model.configs import check_config
from provd.model.devicecheck import normalized_device
from provd.model.operation import OperationInProgress, format_oip
from provd.model.parametertypes import NUMBERED, STANDARD_PARAMETERS, check_structure, json_schema
from provd.model.selector import compile_selector
from provd.store.memory import MemoryStore
from tests.rest.described import described
from tests.support import failed_with, result_of


def is_taken(check: Callable[[Any], Any], value: Any) -> bool:
    try:
        check(value)
    except (InvalidDocument, InvalidQuery):
        return False
    return True


NUMBERS = [-1, 0, 1, 7, 8, 514, 4094, 4095, 9999, 10000, 65535, 65536, 10**30, 1.5]
NUMERALS = [str(number) for number in NUMBERS] + [
    "",
    " 1",
    "+1",
    "1\n",
    "1_0",
    "٣",
    "05060",
    "000000007",
    "0" * 10,
]
WORDS = ["x", "SIP", "sip", "udp", "disabled", "SIP-INFO", "warning", "fr_FR", "base"]
ADDRESSES = [
    "00:15:65:aa:bb:01",
    "0-15-65-AA-BB-1",
    "001565aabb01",
    "00:15-65:aa:bb:1",
    "00:15:65:aa:bb",
    "00:15:65:aa:bb:0g",
]
ADDRESSES += ["192.0.2.1", "192.000.02.1", "192.0.2.256", "192.0.2", "192.0.2.1\n", "1.2.3.0004", "::1"]
ADDRESSES += ["2001:DB8::0:1", "::ffff:192.0.2.1", "2001:db8::1::2", "[::1]", "2001:db8::1%", ":", "12345::"]
ADDRESSES += ["5F6c8fd6-2d9f-4d5f-8d3e-6c1c0a9b7f10", "5f6c8fd62d9f4d5f8d3e6c1c0a9b7f10"]
SIMPLE = st.sampled_from([None, True, False, *NUMBERS, *NUMERALS, *WORDS, *ADDRESSES]) | st.text(max_size=3)
VALUES = SIMPLE | st.lists(SIMPLE, max_size=2) | st.just({})


def objects(*names: str, values: st.SearchStrategy[Any] = VALUES) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), values, max_size=3)


ENTRIES = objects(*{name for model in NUMBERED.values() for name in model.model_fields}, "X_a")
TABLES = st.dictionaries(
    st.sampled_from(["1", "12", "0", "x", "", "1\n", "1" * 10]), VALUES | ENTRIES, max_size=2
)
RAW_CONFIGS = objects(
    *sorted(STANDARD_PARAMETERS), "X_a", "other", "XX_a", "XX_", "X", values=VALUES | TABLES
)


@settings(deadline=None)
@given(RAW_CONFIGS)
def test_raw_configs(raw: dict[str, Any]) -> None:
    assert described("RawConfig").is_valid(raw) is is_taken(check_structure, raw)


@settings(deadline=None)
@given(st.sampled_from(sorted(NUMBERED)), TABLES)
def test_entries_of_raw_configs(name: str, table: dict[str, Any]) -> None:
    assert described("RawConfig").is_valid({name: table}) is is_taken(check_structure, {name: table})


KINDS = {
    "proxy_port": range(1, 65536),
    "vlan_id": range(4095),
    "vlan_priority": range(8),
    "line": range(1, 10000),
}


@pytest.mark.parametrize("name", KINDS)
def test_numbers_that_come_as_text(name: str) -> None:
    model = json_schema()
    schemas = [model, *model["$defs"].values()]
    (schema, *_) = [told["properties"][name] for told in schemas if name in told["properties"]]
    validator = Draft202012Validator(schema)
    for number in range(70_000):
        assert validator.is_valid(str(number)) is (number in KINDS[name])
    for number in (*KINDS[name][:2], *KINDS[name][-2:]):
        assert validator.is_valid(str(number).zfill(9))
        assert not validator.is_valid(str(number).zfill(10))


CONFIGS = objects("parent_ids", "role", "transient", "deletable", "X_type") | st.fixed_dictionaries(
    {"parent_ids": VALUES, "raw_config": VALUES | objects("X_a", "dns_enabled")}
)


@settings(deadline=None)
@given(CONFIGS)
def test_configs(config: dict[str, Any]) -> None:
    def check(config: dict[str, Any]) -> None:
        check_config(config)
        check_structure(config["raw_config"])

    assert described("NewConfig").is_valid(config) is is_taken(check, config)
    assert described("ConfigUpdateBody").is_valid({"config": config}) is is_taken(check, config)


KEYS = ("mac", "ip", "uuid", "sn", "vendor", "model", "version", "plugin", "config", "description", "options")


@settings(deadline=None)
@given(objects(*KEYS, "added", "remote_state_sip_username", "X_a", "tenant_uuid", "is_new", "configured"))
def test_devices(device: dict[str, Any]) -> None:
    for name in ("NewDevice", "DeviceDocument"):
        assert described(name).is_valid(device) is is_taken(normalized_device, device)


@settings(deadline=None)
@given(st.text() | st.sampled_from(["a1", "-a", ".a", "a\n", "a" * 128, "a" * 129, "", "é", "a b"]))
def test_ids_of_new_documents(document_id: str) -> None:
    inserting = MemoryStore().devices.insert({"id": document_id})
    if described("NewDevice").is_valid({"id": document_id}):
        result_of(inserting)
    else:
        failed_with(InvalidDocument, inserting)
    config = {"id": document_id, "parent_ids": [], "raw_config": {}}
    assert described("NewConfig").is_valid(config) is described("NewDevice").is_valid({"id": document_id})


OPTIONS = st.lists(
    st.sampled_from(["060", "06079.65", "06079.6", "06079.", "06079.665", "256", "255", "6079", 60, None]),
    max_size=2,
)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["commit", "expiry", "release", "x", 1, None])},
        optional={"ip": SIMPLE, "mac": SIMPLE, "options": OPTIONS | SIMPLE},
    )
)
def test_leases(lease: dict[str, Any]) -> None:
    assert described("Lease").is_valid(lease) is is_taken(lease_of, lease)


OPERATORS = ("$in", "$nin", "$ne", "$contains", "$gt", "$ge", "$lt", "$le", "$exists", "$x", "$", "a", "")


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "a.b", "$in", "", "$"]), VALUES | objects(*OPERATORS), max_size=3)
)
def test_selectors(selector: dict[str, Any]) -> None:
    assert described("Selector").is_valid(selector) is is_taken(compile_selector, selector)


OPERATIONS: st.SearchStrategy[OperationInProgress] = st.deferred(
    lambda: st.builds(
        OperationInProgress,
        st.none() | st.sampled_from(["install", "install_pkg", "a1"]),
        st.sampled_from(["waiting", "progress", "success", "fail"]),
        st.none() | st.integers(0),
        st.none() | st.integers(0),
        st.lists(OPERATIONS, max_size=2),
    )
)


@settings(deadline=None)
@given(OPERATIONS)
def test_operations(operation: OperationInProgress) -> None:
    status = format_oip(operation)
    assert described("OperationBody").is_valid({"status": status})
    assert not described("OperationBody").is_valid(
        {"status": status.replace("s", "S").replace("f", "F") + "|"}
    )
