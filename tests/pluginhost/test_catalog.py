from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.pluginhost.catalog import is_plugin_id, parse_catalog
from provd.pluginkit.localization import set_locale

ENTRY = {
    "filename": "brand-1-1.0.tar.bz2",
    "version": "1.0",
    "description": "Phones",
    "description_fr": "Téléphones",
    "dsize": 10,
    "sha1sum": "0123456789abcdef0123456789abcdef01234567",
    "capabilities": {"Brand, M1, *": {"lines": 2}},
    "vendor.url": "x",
}


def parsed(entries: Any) -> Any:
    return parse_catalog(json.dumps(entries).encode())


def test_an_entry_is_read() -> None:
    catalog = parsed({"brand-1": ENTRY})
    entry = catalog.entries["brand-1"]
    assert (entry.id, entry.filename, entry.version, entry.size, entry.sha1, entry.info) == (
        "brand-1",
        ENTRY["filename"],
        "1.0",
        10,
        ENTRY["sha1sum"],
        ENTRY,
    )
    assert not catalog.rejected


def test_an_administrator_sees_it_in_the_locale_without_the_file_name() -> None:
    set_locale("fr")
    try:
        shown = parsed({"brand-1": ENTRY}).entries["brand-1"].shown()
    finally:
        set_locale(None)
    hidden = ("filename", "description_fr")
    expected = {key: value for key, value in ENTRY.items() if key not in hidden}
    assert shown == {**expected, "description": "Téléphones"}


def test_nothing_is_an_empty_catalog() -> None:
    assert not parse_catalog(b"").entries


@pytest.mark.parametrize("data", [b" ", b"[]", b"{", b"null", b"\xff", b"[" * 100_000])
def test_other_texts_are_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"plugins\.db isn't"):
        parse_catalog(data)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"filename": "../x.tar.bz2"}, "filename is wrong"),
        ({"filename": "sub/x.tar.bz2"}, "filename is wrong"),
        ({"filename": ".hidden"}, "filename is wrong"),
        ({"filename": None}, "filename is wrong"),
        ({"sha1sum": "ABC"}, "sha1sum is wrong"),
        ({"sha256sum": "ab" * 20}, "sha256sum is wrong"),
        ({"sha256sum": None}, "sha256sum is wrong"),
        ({"dsize": "10"}, "dsize is wrong"),
        ({"dsize": True}, "dsize is wrong"),
        ({"dsize": -1, "version": 1}, "dsize is wrong, version is wrong"),
        ({"capabilities": []}, "capabilities is wrong"),
    ],
)
def test_a_wrong_entry_is_set_aside(change: dict[str, Any], problem: str) -> None:
    catalog = parsed({"bad": {**ENTRY, **change}, "brand-1": ENTRY})
    assert catalog.rejected == {"bad": problem}
    assert list(catalog.entries) == ["brand-1"]


def test_sha_256_may_be_missing_unless_the_index_is_signed() -> None:
    sha256 = "ab" * 32
    data = json.dumps({"old": ENTRY, "new": {**ENTRY, "sha256sum": sha256}}).encode()
    unsigned, signed = parse_catalog(data), parse_catalog(data, is_signed=True)
    assert {i: entry.sha256 for i, entry in unsigned.entries.items()} == {"old": None, "new": sha256}
    assert (list(signed.entries), signed.rejected) == (["new"], {"old": "sha256sum is missing"})


def test_a_missing_key_is_named() -> None:
    catalog = parsed({"bad": {key: value for key, value in ENTRY.items() if key != "sha1sum"}, "worse": 1})
    assert catalog.rejected == {"bad": "sha1sum is missing", "worse": "not an object"}


@pytest.mark.parametrize(
    "text", ["yealink", "accent-yealink-v86", "wazo-aastra-3.3.1-SP4", "null", "_x", "a+b~1"]
)
def test_names_of_plugins(text: str) -> None:
    assert is_plugin_id(text)


@pytest.mark.parametrize(
    "text", ["", ".", "..", ".x", "-x", "a/b", "a\\b", "a b", "é", "a\n", "a\0", "x" * 129]
)
def test_names_that_no_plugin_has(text: str) -> None:
    assert not is_plugin_id(text)
    assert parsed({text: ENTRY}).rejected == {text: "not a plugin id"}


@given(
    st.dictionaries(
        st.text(), st.dictionaries(st.sampled_from(sorted(ENTRY)), st.none() | st.text() | st.integers())
    )
)
def test_any_entries_are_taken_or_set_aside(entries: dict[str, Any]) -> None:
    catalog = parsed(entries)
    assert catalog.entries.keys() | catalog.rejected.keys() == entries.keys()


@given(st.binary())
def test_any_bytes_are_a_catalog_or_the_one_error(data: bytes) -> None:
    try:
        parse_catalog(data)
    except ValueError as error:
        assert str(error).startswith("plugins.db isn't")  # noqa: PT017
