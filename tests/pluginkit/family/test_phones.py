from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.errors import PluginError
from provd.pluginkit.family.data import DataFile
from provd.pluginkit.family.phones import PhoneTable, dotted_numbers

TABLE = r"""
defaults: {type: deskphone, branches: ["8.7", "10.1"], accounts: 12, keys: 0, spelled: new}
models:
  D785: {keys: 24, branches: ["8.9", "10.1"]}
  D120: {accounts: 2}
  M900: {type: dect, accounts: 1000, branches: ["5", "7.40"]}
aliases: {"785": D785}
families:
  - {match: "D7.*", like: D785}
  - {match: "D.*", like: D120}
unknown: {accounts: 1}
rules:
  - {until: "8.9", set: {spelled: old}}
  - {since: "8.9.3", until: "8.9.3", set: {keys: 1}}
  - {types: [dect], set: {spelled: base}}
  - {models: [D120], since: "10", set: {keys: 2}}
"""


def table(folder: Path, text: str = TABLE) -> PhoneTable:
    (folder / "models.yml").write_text(text)
    return PhoneTable(DataFile(str(folder), "models.yml"))


@pytest.mark.parametrize(
    ("model", "version", "accounts", "keys", "spelled"),
    [
        ("D785", "10.1.33.33", 12, 24, "new"),
        ("D785", "8.9.4", 12, 24, "old"),
        ("D785", "8.9.3.80", 12, 1, "old"),
        ("D785", None, 12, 24, "new"),
        ("d785", "", 12, 24, "new"),
        ("785", "8.7", 12, 24, "old"),
        ("D799", None, 12, 24, "new"),
        ("D120", None, 2, 2, "new"),
        ("D120", "9.1", 2, 0, "new"),
        ("D140", "10.1", 2, 2, "new"),
        ("M900", "05.20.0001", 1000, 0, "base"),
        ("PA1", None, 1, 0, "new"),
        (None, None, 1, 0, "new"),
    ],
)
def test_facts_of_a_phone(
    tmp_path: Path, model: str | None, version: str | None, accounts: int, keys: int, spelled: str
) -> None:
    facts = table(tmp_path).facts(model, version)
    assert (facts["accounts"], facts["keys"], facts["spelled"]) == (accounts, keys, spelled)
    assert facts["model"] == model


def test_model_is_listed_or_resembles_one(tmp_path: Path) -> None:
    phones = table(tmp_path)
    assert (phones.listed("785"), phones.listed("D799"), phones.like("D799")) == ("D785", None, "D785")
    assert phones.like("PA1") is None
    assert phones.models == ["D785", "D120", "M900"]


@pytest.mark.parametrize(
    ("version", "is_seen"),
    [("8.7.5", False), ("8.9.3.80", True), ("10.1.215", True), ("10.2", False), ("new", False)],
)
def test_branches_that_a_model_was_seen_with(tmp_path: Path, version: str, is_seen: bool) -> None:
    assert table(tmp_path).seen_with("D785", version) is is_seen


def test_facts_are_worked_out_once_and_not_for_ever(tmp_path: Path) -> None:
    phones = table(tmp_path)
    first = phones.facts("D785", "10.1")
    assert phones.facts("D785", "10.1") is first
    for number in range(5000):
        phones.facts(f"X{number}")
    assert phones.facts("D785", "10.1") == first


def test_all_mistakes_of_a_table_are_named(tmp_path: Path) -> None:
    text = """
defaults: {type: deskphone, branches: ["1", "2"], accounts: 12}
models:
  A: {acounts: 2}
  B: {accounts: two}
  C: 3
aliases: {Z: Y}
families: [{match: "(", like: Q}]
unknown: {branches: 1}
rules:
  - {sinse: "1", set: {accounts: true}}
  - {models: [N], set: {}}
"""
    with pytest.raises(PluginError) as caught:
        table(tmp_path, text)
    message = str(caught.value)
    for mistake in (
        "models.A.acounts is no fact of defaults",
        "models.B.accounts must be a whole number",
        "models.C must be a mapping",
        "aliases.Z names 'Y'",
        "families.0 names 'Q'",
        "families.0 isn't a regular expression",
        "unknown.branches must be a list",
        "rules.0.sinse is no part of a rule",
        "rules.0.set.accounts must be a whole number",
        "rules.1 names 'N'",
    ):
        assert mistake in message


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "a: !!python/object:os.system {}", "models: 3"])
def test_file_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PluginError) as caught:
        table(tmp_path, text)
    assert "models.yml" in str(caught.value)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError):
        DataFile(str(tmp_path), "models.yml")


@given(st.text())
def test_any_text_has_numbers_or_none(text: str) -> None:
    assert all(number >= 0 for number in dotted_numbers(text))
