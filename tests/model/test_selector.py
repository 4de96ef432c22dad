"""
The selector language: what each condition matches, what is refused, sorting and projection.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.errors import InvalidQuery
from provd.model.selector import (
    compile_selector,
    is_pinned_only,
    json_equal,
    pinned_values,
    project,
    sort_key,
)

PHONE = {
    "id": "a1",
    "mac": "00:15:65:aa:0b:1c",
    "ip": "10.0.0.9",
    "configured": True,
    "description": None,
    "count": 5,
    "parent_ids": ["base", "defaultconfigdevice"],
    "options": {"switchboard": True, "depth": {"x": 1}},
    "lines": [{"name": "one"}, {"name": "two"}, [{"name": "three"}], 4],
}


@pytest.mark.parametrize(
    "selector",
    [
        {},
        {"id": "a1"},
        {"id": "a1", "configured": True},
        {"description": None},
        {"count": 5.0},
        {"parent_ids": ["base", "defaultconfigdevice"]},
        {"options": {"depth": {"x": 1}, "switchboard": True}},
        {"options.depth": {"x": 1}},
        {"options.depth.x": 1},
        {"lines.name": "two"},
        {"lines.name": "three"},
        {"id": {"$in": ["b", "a1"]}},
        {"configured": {"$in": [True]}},
        {"id": {"$nin": ["b"]}},
        {"sn": {"$nin": [None]}},
        {"sn": {"$ne": None}},
        {"id": {"$ne": "b"}},
        {"parent_ids": {"$contains": "base"}},
        {"mac": {"$contains": "65:aa"}},
        {"options": {"$contains": "depth"}},
        {"count": {"$gt": 4, "$le": 5}},
        {"ip": {"$ge": "10.", "$lt": "10.1"}},
        {"description": {"$exists": True}},
        {"sn": {"$exists": 0}},
    ],
)
def test_a_document_matches(selector: dict[str, Any]) -> None:
    assert compile_selector(selector)(PHONE)


@pytest.mark.parametrize(
    "selector",
    [
        {"id": "a1", "configured": False},
        {"configured": 1},
        {"count": True},
        {"sn": None},
        {"parent_ids": "base"},
        {"parent_ids": ["base"]},
        {"options": {}},
        {"options": {"depth": {"x": True}, "switchboard": True}},
        {"lines.name.length": 3},
        {"lines.name": ["one"]},
        {"mac.x": 1},
        {"id": {"$in": []}},
        {"configured": {"$in": [1]}},
        {"id": {"$nin": ["a1"]}},
        {"lines.name": {"$ne": "two"}},
        {"count": {"$contains": 5}},
        {"mac": {"$contains": 5}},
        {"count": {"$gt": "4"}},
        {"configured": {"$ge": 0}},
        {"options": {"$gt": {}}},
        {"count": {"$gt": 4, "$lt": 5}},
        {"description": {"$exists": False}},
        {"sn": {"$exists": True}},
    ],
)
def test_a_document_does_not_match(selector: dict[str, Any]) -> None:
    assert not compile_selector(selector)(PHONE)


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        ({"mac": {"$regex": "x"}}, r"mac: .*\$regex"),
        ({"mac": {"$in": ["x"], "plain": 1}}, "mac: .*plain"),
        ({"mac": {"$in": "x"}}, r"mac: \$in"),
        ({"mac": {"$nin": {"a": 1}}}, r"mac: \$nin"),
        ({"$or": []}, r"\$or"),
        ({1: "x"}, "1"),
        ([], "object"),
        ("x", "object"),
        ({"options": json.loads('{"a":' * 60 + "1" + "}" * 60)}, "options: nested"),
    ],
)
def test_a_malformed_selector_is_refused_by_name(selector: Any, named: str) -> None:
    with pytest.raises(InvalidQuery, match=named):
        compile_selector(selector)


@pytest.mark.parametrize(
    ("condition", "values", "only"),
    [
        ("x", {"x"}, True),
        ({"$in": ["x", "y"]}, {"x", "y"}, True),
        ({"$in": []}, set(), True),
        ({"$in": ["x"], "$ne": "y"}, {"x"}, False),
        ({"$in": ["x", None]}, None, False),
        ({"$ne": "x"}, None, False),
        ({"a": 1}, None, False),
        (None, None, False),
        (5, None, False),
    ],
)
def test_what_a_condition_pins(condition: Any, values: set[str] | None, only: bool) -> None:
    assert pinned_values(condition) == values
    assert is_pinned_only(condition) is only


@pytest.mark.parametrize(
    ("name", "document", "key"),
    [
        ("mac", {"mac": "b"}, "b"),
        ("mac", {}, ""),
        ("mac", {"mac": None}, ""),
        ("options.a", {"options": {"a": "x"}}, "x"),
        ("options.a", {"options": [{"a": "x"}]}, ""),
        ("options.a", {"options": "x"}, ""),
        ("count", {"count": 12}, "12"),
        ("configured", {"configured": True}, "true"),
        ("parent_ids", {"parent_ids": ["a", "b"]}, '["a","b"]'),
        ("ip", {"ip": "10.0.0.9"}, "010.000.000.009"),
        ("ip", {"ip": "somewhere"}, "somewhere"),
    ],
)
def test_sort_keys(name: str, document: dict[str, Any], key: str) -> None:
    assert sort_key(name, document) == key


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ((), PHONE),
        (("mac",), {"id": "a1", "mac": PHONE["mac"]}),
        (("sn", "mac.x", "options.none"), {"id": "a1"}),
        (("options.depth.x",), {"id": "a1", "options": {"depth": {"x": 1}}}),
        (("options.depth", "options.switchboard"), {"id": "a1", "options": PHONE["options"]}),
        (("options", "options.depth"), {"id": "a1", "options": PHONE["options"]}),
        (("options.depth", "options"), {"id": "a1", "options": PHONE["options"]}),
    ],
)
def test_projection(fields: tuple[str, ...], kept: dict[str, Any]) -> None:
    before = json.dumps(PHONE)
    assert project(PHONE, fields) == kept
    assert json.dumps(PHONE) == before


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0]) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)
documents = st.dictionaries(st.sampled_from("ab"), json_values, max_size=2)
keys = st.sampled_from(["a", "b", "a.b", "a.a.b", "", "a."])
operators = st.sampled_from(
    ["$in", "$nin", "$ne", "$contains", "$gt", "$ge", "$lt", "$le", "$exists", "$x", "a"]
)
conditions = json_values | st.dictionaries(operators, json_values, min_size=1, max_size=2)


@given(st.dictionaries(keys, conditions, max_size=3), documents)
def test_any_selector_is_understood_or_refused(selector: dict[str, Any], document: dict[str, Any]) -> None:
    try:
        test = compile_selector(selector)
    except InvalidQuery:
        return
    assert test(document) is all(compile_selector({key: selector[key]})(document) for key in selector)


@given(keys, json_values, documents)
def test_opposites_never_agree(key: str, operand: Any, document: dict[str, Any]) -> None:
    def matches(condition: Any) -> bool:
        return compile_selector({key: condition})(document)

    assert matches({"$ne": operand}) is not matches({"$in": [operand]})
    assert matches({"$nin": [operand]}) is not matches({"$in": [operand]})
    assert matches({"$exists": True}) is not matches({"$exists": False})


@given(json_values, json_values)
def test_json_equality_is_equality_of_the_text(one: Any, other: Any) -> None:
    def text(value: Any) -> str:
        # One spelling for numbers, whose text differs between 1 and 1.0.
        return json.dumps(json.loads(json.dumps(value), parse_float=lambda n: int(float(n))), sort_keys=True)

    assert json_equal(one, other) is (text(one) == text(other))
