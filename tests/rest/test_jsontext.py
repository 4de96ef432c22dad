"""
JSON of callers.
"""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.rest.jsontext import MOST_LEVELS, NotJSON, encoded, parsed

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda values: st.lists(values) | st.dictionaries(TEXTS, values),
)


@settings(deadline=None)
@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert parsed(encoded(value)) == value
    assert parsed(encoded(value).decode()) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "isn't JSON in UTF-8"),
        (b"{", "isn't JSON in UTF-8"),
        (b"{} {}", "isn't JSON in UTF-8"),
        (b"{'a': 1}", "isn't JSON in UTF-8"),
        (b'"\xe9"', "isn't JSON in UTF-8"),
        (b'"\xed\xa0\x80"', "isn't JSON in UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "isn't JSON in UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "isn't JSON in UTF-8"),
        (b"NaN", "has NaN, which isn't JSON"),
        (b'{"a": [-Infinity]}', "has -Infinity, which isn't JSON"),
        (b"1e400", "has a number that is too large"),
        (b"1" * 5000, "has a number that is too large"),
        (b'[{"a": 1, "b": 2, "a": 1}]', "has an object with the same name twice"),
        (b'{"a": 1, "\\u0061": 2}', "has an object with the same name twice"),
        (b"[" * 100_000, "is nested deeper than 100 levels"),
    ],
)
def test_what_is_no_json_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(NotJSON) as caught:
        parsed(text)
    assert str(caught.value) == why


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_values_lie_in_one_another_as_deep_as_that_and_no_deeper(begin: str, end: str) -> None:
    pairs = MOST_LEVELS // len(begin.replace('"a":', ""))
    deepest = begin * pairs + "1" + end * pairs
    assert json.dumps(parsed(deepest), separators=(",", ":")) == deepest
    for inside in ("[]", "{}", "[1]"):
        with pytest.raises(NotJSON):
            parsed(begin * pairs + inside + end * pairs)


def test_many_values_beside_one_another_are_not_deep() -> None:
    assert len(parsed("[" + "[]," * 1000 + "[]]")) == 1001


@settings(deadline=None)
@given(st.text(), st.binary())
def test_any_text_is_taken_as_python_does_or_refused(text: str, data: bytes) -> None:
    for given_text in (text, data):
        try:
            value = parsed(given_text)
        except NotJSON:
            continue
        assert value == json.loads(given_text)
        assert not isinstance(value, float) or math.isfinite(value)


def test_half_a_character_is_kept() -> None:
    value = parsed(b'{"\\ud83d": "\\udcde", "e": "\\u00e9"}')
    assert parsed(encoded(value)) == value == {"\ud83d": "\udcde", "e": "é"}
    assert encoded(value) == b'{"\\ud83d":"\\udcde","e":"\\u00e9"}'
