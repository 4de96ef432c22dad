"""
Changes of documents, and what may not be in them.
"""

from __future__ import annotations

from typing import Any

import pytest

from provd.cli.documents import changed, merged
from provd.cli.failures import CommandFailed
from provd.cli.hiding import HIDDEN, hidden, refuse_hidden
from provd.cli.parametertypes import Assignment

DOCUMENT = {"a": {"b": [1, {"c": 2}]}, "n": None}


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("a.b.0", {"a": {"b": [9, {"c": 2}]}, "n": None}),
        ("a.b.2", {"a": {"b": [1, {"c": 2}, 9]}, "n": None}),
        ("a.b.1.c", {"a": {"b": [1, {"c": 9}]}, "n": None}),
        ("n.x.y", {**DOCUMENT, "n": {"x": {"y": 9}}}),
        ("new.x", {**DOCUMENT, "new": {"x": 9}}),
        ("a", {"a": 9, "n": None}),
    ],
)
def test_a_value_is_set_where_the_path_leads(path: str, result: dict[str, Any]) -> None:
    before = repr(DOCUMENT)
    assert changed(DOCUMENT, [Assignment(tuple(path.split(".")), 9)]) == result
    assert repr(DOCUMENT) == before


@pytest.mark.parametrize("path", ["a.b.9", "a.b.x", "a.b.0.x", "a.b.7.x"])
def test_a_path_that_leads_nowhere_is_told(path: str) -> None:
    with pytest.raises(CommandFailed, match=path.rpartition(".")[0].replace(".", r"\.")):
        changed(DOCUMENT, [Assignment(tuple(path.split(".")), 9)])


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("a.b.0", {"a": {"b": [{"c": 2}]}, "n": None}),
        ("a.b.1.c", {"a": {"b": [1, {}]}, "n": None}),
        ("n", {"a": DOCUMENT["a"]}),
        ("a.x.y", DOCUMENT),
        ("a.b.x", DOCUMENT),
        ("n.x", DOCUMENT),
    ],
)
def test_a_key_goes_if_it_is_there(path: str, result: dict[str, Any]) -> None:
    assert changed(DOCUMENT, [], [tuple(path.split("."))]) == result


def test_objects_are_merged_and_lists_replaced() -> None:
    assert merged({"a": {"b": 1, "c": [1]}, "d": 2}, {"a": {"c": [2], "e": None}, "d": {"f": 3}}) == {
        "a": {"b": 1, "c": [2], "e": None},
        "d": {"f": 3},
    }


@pytest.mark.parametrize(
    "key",
    ["password", "admin_password", "X_passwd", "sip_local_key", "api_key", "token", "client_secret", "X_pin"]
    + ["X_provisioning_code"],
)
def test_what_keys_call_a_secret_is_hidden(key: str) -> None:
    assert hidden({key: "s3cret"}) == {key: HIDDEN}
    assert hidden({"x": [{key: ["s3cret"]}]}) == {"x": [{key: HIDDEN}]}
    assert hidden({key: {"x": 7, "y": ""}}) == {key: {"x": HIDDEN, "y": ""}}
    assert hidden({key: None}) == {key: None}


@pytest.mark.parametrize("key", ["X_key", "username", "displayname", "spinning", "bypass_x", "keyboard"])
def test_other_keys_are_shown(key: str) -> None:
    assert hidden({key: "plain"}) == {key: "plain"}


def test_credentials_in_urls_are_hidden() -> None:
    assert hidden({"u": "see http://me:s3cret@host/x and ftp://you@h"}) == {
        "u": f"see http://{HIDDEN}@host/x and ftp://{HIDDEN}@h"
    }
    assert hidden("http://me:s3@cret@host") == f"http://{HIDDEN}@host"
    assert hidden("a" * 200_000 + "://" * 50_000) == "a" * 200_000 + "://" * 50_000
    assert hidden(["http://host/a@b"]) == ["http://host/a@b"]


def test_a_document_with_something_hidden_is_refused() -> None:
    refuse_hidden(DOCUMENT)
    with pytest.raises(CommandFailed, match=r"a\.1\.b is \(hidden\)"):
        refuse_hidden({"a": [1, {"b": HIDDEN}]})
    with pytest.raises(CommandFailed, match="u is http"):
        refuse_hidden(hidden({"u": "http://me@host"}))
