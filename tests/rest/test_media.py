"""
Media types.
"""

import pytest

from provd.rest.media import JSON, VENDOR, answer_type, is_acceptable, is_json

OLD = "application/vnd.proformatique.provd+json"


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (VENDOR, True),
        (OLD, True),
        (JSON, True),
        ("Application/JSON; charset=utf-8", True),
        (" application/json ;x", True),
        ("text/plain", False),
        ("application/jsonp", False),
        ("", False),
        (None, False),
    ],
)
def test_what_a_body_may_be(content_type: str | None, expected: bool) -> None:
    assert is_json(content_type) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, True),
        ("", True),
        ("*/*", True),
        ("application/*;q=0.1", True),
        (f"text/html, {OLD}", True),
        ("text/html", False),
        ("application/json;q=0", False),
        ("application/json; Q=0.000", False),
        ("application/json;q=zero", True),
    ],
)
def test_who_takes_json(accept: str | None, expected: bool) -> None:
    assert is_acceptable(accept) is expected


@pytest.mark.parametrize(
    ("accept", "content_type", "expected"),
    [
        (None, None, VENDOR),
        ("*/*", OLD, OLD),
        (OLD, VENDOR, OLD),
        (f"{VENDOR};q=0, {OLD}", None, OLD),
        (JSON, JSON, VENDOR),
    ],
)
def test_an_answer_has_the_type_that_the_caller_knows(
    accept: str | None, content_type: str | None, expected: str
) -> None:
    assert answer_type(accept, content_type) == expected
