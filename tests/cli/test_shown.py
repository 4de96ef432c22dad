"""
Documents as text: nothing is lost, and nothing commands a terminal.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.cli.shown import as_json, as_yaml, cell
from provd.cli.yamlfiles import BadFile, parse_yaml

TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "no",
        "null",
        "~",
        "1e5",
        "0123",
        "10:15:55:11:22:33",
        "1.10",
        "-",
        "a\nb\n",
        " a",
        "#",
        "<<",
        "é\x85\u2028",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=5)


def harmless(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


@given(DOCUMENTS)
def test_what_is_written_as_json_is_read_again(document: dict[str, Any]) -> None:
    text = as_json(document)
    assert json.loads(text) == document
    assert harmless(text)
    assert "\n" not in as_json(document, indent=None)


@given(DOCUMENTS)
def test_what_is_written_as_yaml_is_read_again(document: dict[str, Any]) -> None:
    text = as_yaml(document)
    assert parse_yaml(text.encode()) == document
    assert harmless(text)


@given(VALUES)
def test_a_cell_is_one_printable_line(value: Any) -> None:
    assert cell(value).isprintable()
    assert cell(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ("", "-"),
        ({}, "-"),
        (True, "yes"),
        (0, "0"),
        (["a", "b"], "a, b"),
        ([1, {"a": "é"}], '[1, {"a": "é"}]'),
        ("é[b]\t", "é[b]\\t"),
    ],
)
def test_values_in_a_cell(value: Any, text: str) -> None:
    assert cell(value) == text


def test_yaml_is_what_people_mean_by_it() -> None:
    text = b"mac: 10:15:55:11:22:33\nlocale: no\nversion: 1.10.2\nnumber: 0123\nport: 5060\non: true\nnone:\n"
    assert parse_yaml(text) == {
        "mac": "10:15:55:11:22:33",
        "locale": "no",
        "version": "1.10.2",
        "number": "0123",
        "port": 5060,
        "on": True,
        "none": None,
    }


@given(st.binary(max_size=30))
def test_any_file_is_yaml_or_told_to_be_none(content: bytes) -> None:
    with suppress(BadFile):
        parse_yaml(content)
