from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.errors import PluginError
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.reports import Report
from provd.pluginkit.family.tables import by_country, by_language, phonebook_name, tables
from provd.pluginkit.family.values import one_line, single_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('Zoë "O\'Neil" <R&D>', 'Zoë "O\'Neil" <R&D>'),
        ("a\r\nb\tc\x00d\x7fe\x85f", "abcdef"),
        ("a\u2028b\u2029c", "abc"),
        ("no\u00a0break 😀", "no\u00a0break 😀"),
        ("half \ud83d", "half "),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_any_text_becomes_one_line_of_utf8(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line.encode("utf-8").decode("utf-8") == line


@given(JSON)
def test_a_config_is_copied_with_its_types(value: object) -> None:
    copy = single_lines(value)
    assert type(copy) is type(value)
    if isinstance(value, dict | list):
        assert copy is not value


def test_language_counts_after_the_locale() -> None:
    table = {"fr": "French", "fr_CA": "French_CA", "de": 0}
    assert [by_language(locale, table) for locale in ("fr_CA", "fr_BE", "de_AT", "it_IT", "")] == [
        "French_CA",
        "French",
        0,
        None,
        None,
    ]
    assert [by_country(locale, {"CA": 1}) for locale in ("fr_CA", "fr_FR", "fr")] == [1, None, None]


def test_phone_book_is_called_by_the_language() -> None:
    names = [phonebook_name(locale) for locale in ("fr_CA", "de_DE", "eo_EO", "")]
    assert names == ["Annuaire", "Telefonbuch", "Directory", "Directory"]


def test_tables_of_a_file_have_its_names_and_their_types(tmp_path: Path) -> None:
    (tmp_path / "languages.yml").write_text("languages: {fr: French}\ntones: [FR]\n")
    found = tables(DataFile(str(tmp_path), "languages.yml"), languages={}, others=[])
    assert (found.languages, found.others) == ({"fr": "French"}, [])
    with pytest.raises(PluginError, match="tones must be a mapping"):
        tables(DataFile(str(tmp_path), "languages.yml"), tones={})


def test_report_names_each_parameter_once_and_no_value() -> None:
    report = Report()
    report.lacking({"a": "secret", "b": {}, "c": 1}, ["a", "b", "d"])
    report.lacking({"a": "secret"}, ["a"])
    assert report.lines == ["a: this phone has no such setting"]
