from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.errors import InvalidDocument
from provd.model.configs import (
    autocreated,
    check_config,
    descendants,
    flatten,
    merge,
    normalized,
    without_nulls,
)
from tests.model.mistakes import mistakes_of


@pytest.mark.parametrize(
    ("base", "overlay", "result"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}}, {"a": {"b": None, "c": 2, "d": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": [1]}),
    ],
)
def test_objects_merge_and_anything_else_replaces(
    base: dict[str, Any], overlay: dict[str, Any], result: dict[str, Any]
) -> None:
    before = deepcopy(overlay)
    merge(base, overlay)
    assert base == result
    assert overlay == before


def test_nothing_is_shared_after_a_merge() -> None:
    overlay: dict[str, Any] = {"a": {"b": [1]}, "c": [{"d": 1}]}
    base: dict[str, Any] = {}
    merge(base, overlay)
    base["a"]["b"].append(2)
    base["c"][0]["d"] = 2
    assert overlay == {"a": {"b": [1]}, "c": [{"d": 1}]}


def site(**configs: tuple[list[str], dict[str, Any]]) -> Any:
    documents = {
        name: {"id": name, "parent_ids": parents, "raw_config": raw}
        for name, (parents, raw) in configs.items()
    }
    return documents.get


@pytest.mark.parametrize(
    ("configs", "result"),
    [
        ({"x": ([], {"a": 1})}, {"a": 1}),
        ({"x": (["p", "q"], {}), "p": ([], {"a": "p", "b": "p"}), "q": ([], {"a": "q"})},
         {"a": "q", "b": "p"}),
        ({"x": (["p"], {"a": "x"}), "p": ([], {"a": "p"})}, {"a": "x"}),
        ({"x": (["missing", "p"], {}), "p": (["gone"], {"a": "p"})}, {"a": "p"}),
        # a diamond: the common parent is applied once, before the first that names it
        ({"x": (["l", "r"], {}), "l": (["t"], {"a": "l"}), "r": (["t"], {}), "t": ([], {"a": "t"})},
         {"a": "l"}),
        ({"x": (["x"], {"a": 1})}, {"a": 1}),
        ({"x": (["y"], {"a": "x"}), "y": (["x"], {"a": "y", "b": "y"})}, {"a": "x", "b": "y"}),
        ({"x": (["p", "p"], {}), "p": ([], {"a": 1})}, {"a": 1}),
        ({"x": (["p"], {"a": {"c": 2}}), "p": ([], {"a": {"b": 1}})}, {"a": {"b": 1, "c": 2}}),
        ({"x": (["p"], {"a": None}), "p": ([], {"a": 1})}, {"a": None}),
    ],
)  # fmt: skip
def test_parents_come_before_the_child_later_ones_over_earlier_ones(
    configs: dict[str, Any], result: dict[str, Any]
) -> None:
    assert flatten("x", site(**configs), {}) == result


def test_the_base_lies_below_everything_and_stays_as_it_was() -> None:
    base = {"ip": "192.0.2.1", "a": {"b": 1}}
    raw = flatten("x", site(x=([], {"ip": "192.0.2.2", "a": {"c": 2}})), base)
    assert raw == {"ip": "192.0.2.2", "a": {"b": 1, "c": 2}}
    assert base == {"ip": "192.0.2.1", "a": {"b": 1}}


def test_there_is_no_raw_config_of_an_unknown_config() -> None:
    assert flatten("x", site(), {"ip": "a"}) is None


@pytest.mark.parametrize(
    "damaged",
    [
        {"id": "x"},
        {"id": "x", "parent_ids": "p", "raw_config": []},
        {"id": "x", "parent_ids": [5, None, "p"], "raw_config": None},
    ],
)
def test_a_damaged_document_adds_nothing(damaged: dict[str, Any]) -> None:
    assert flatten("x", {"x": damaged}.get, {"ip": "a"}) == {"ip": "a"}


def test_a_chain_of_thousands_of_parents_is_only_strange() -> None:
    names = [f"c{number}" for number in range(5000)]
    configs = {
        name: ([names[number + 1]] if number < 4999 else [], {"a": number, f"own{number}": 1})
        for number, name in enumerate(names)
    }
    raw = flatten("c0", site(**configs), {})
    assert raw is not None
    assert (raw["a"], len(raw)) == (0, 5001)


ids = st.sampled_from("abcde")


@settings(deadline=None)
@given(
    st.dictionaries(ids, st.tuples(st.lists(ids, max_size=4), st.dictionaries(st.sampled_from("xyz"), ids)))
)
def test_any_inheritance_comes_to_an_end_as_the_definition_says(
    configs: dict[str, tuple[list[str], dict[str, Any]]],
) -> None:
    lookup = site(**configs)

    def defined(config_id: str) -> dict[str, Any] | None:
        result: dict[str, Any] = {}
        visited = {config_id}

        def walk(current: str) -> None:
            document = lookup(current)
            if document is None:
                return
            for parent in document["parent_ids"]:
                if parent not in visited:
                    visited.add(parent)
                    walk(parent)
            merge(result, document["raw_config"])

        walk(config_id)
        return result if lookup(config_id) is not None else None

    children: dict[str, set[str]] = {}
    for name, (parents, _) in configs.items():
        for parent in parents:
            children.setdefault(parent, set()).add(name)
    for name in "abcde":
        assert flatten(name, lookup, {}) == defined(name)
        below = descendants(name, lambda parent: children.get(parent, ()))
        reached = {child for child in configs for parent in configs[child][0] if parent in below | {name}}
        assert below == reached


def test_descendants_of_a_config_that_does_not_exist() -> None:
    children = {"gone": ["a"], "a": ["b", "c"], "b": ["a"]}
    assert descendants("gone", lambda parent: children.get(parent, [])) == {"a", "b", "c"}


def test_an_autocreated_config_is_a_transient_child_with_a_copy() -> None:
    template: dict[str, Any] = {
        "id": "autoprov",
        "role": "autocreate",
        "deletable": False,
        "parent_ids": ["base"],
        "raw_config": {"sip_lines": {"1": {"username": "u"}}},
    }
    config = autocreated(template)
    assert len(config.pop("id").removeprefix("autoprov")) == 36
    assert config == {"parent_ids": ["autoprov"], "raw_config": template["raw_config"], "transient": True}
    config["raw_config"]["sip_lines"]["1"]["username"] = "changed"
    assert template["raw_config"]["sip_lines"]["1"]["username"] == "u"


@pytest.mark.parametrize(
    "raw", [None, {}, {"sip_lines": None}, {"sip_lines": {"2": {}}}, {"sip_lines": {"1": {}}}]
)
def test_an_autocreate_config_needs_a_line_1(raw: Any) -> None:
    with pytest.raises(InvalidDocument):
        autocreated({"id": "autoprov", "raw_config": raw})


def test_nulls_leave_objects_however_deep_and_stay_in_lists() -> None:
    value = {"a": None, "b": {"c": None, "d": 1}, "e": [None, {"f": None, "g": [None]}], "h": 0, "i": ""}
    assert without_nulls(value) == {"b": {"d": 1}, "e": [None, {"g": [None]}], "h": 0, "i": ""}


def test_only_configs_of_type_device_lose_their_nulls() -> None:
    assert normalized({"X_type": "device", "a": None}) == {"X_type": "device"}
    assert normalized({"X_type": "internal", "a": None}) == {"X_type": "internal", "a": None}


GOOD: dict[str, Any] = {"id": "x", "parent_ids": [], "raw_config": {}}


@pytest.mark.parametrize(
    ("changes", "mistaken"),
    [
        ({}, []),
        ({"role": "default", "transient": True, "deletable": False, "X_type": 5, "label": None}, []),
        ({"role": None, "transient": None, "deletable": None}, []),
        ({"parent_ids": None}, ["parent_ids"]),
        ({"parent_ids": "base"}, ["parent_ids"]),
        ({"parent_ids": [1]}, ["parent_ids"]),
        ({"raw_config": []}, ["raw_config"]),
        ({"role": 5, "transient": "yes", "deletable": 0}, ["role", "transient", "deletable"]),
    ],
)
def test_the_structure_of_a_config_is_checked_as_a_whole(
    changes: dict[str, Any], mistaken: list[str]
) -> None:
    assert list(mistakes_of(check_config, {**GOOD, **changes})) == mistaken


def test_missing_keys_are_mistakes() -> None:
    assert mistakes_of(check_config, {"id": "x"}) == {
        "parent_ids": "isn't a list of texts",
        "raw_config": "isn't an object",
    }
