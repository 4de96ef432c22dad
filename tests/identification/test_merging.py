from __future__ import annotations

from typing import Any

import pytest
from zope.interface.verify import verifyObject

from provd.identification.interfaces import IInfoMerger
from provd.identification.merging import LastSeenUpdater, VotingUpdater


def voted(*infos: dict[str, Any]) -> dict[str, Any]:
    updater = VotingUpdater()
    for info in infos:
        updater.update(info)
    return updater.dev_info


@pytest.mark.parametrize("merger", [LastSeenUpdater, VotingUpdater])
def test_mergers_keep_their_contract(merger: Any) -> None:
    verifyObject(IInfoMerger, merger())
    assert merger().dev_info == {}


def test_the_last_seen_value_of_each_key_counts() -> None:
    updater = LastSeenUpdater()
    updater.update({"ip": "192.0.2.1", "model": "X1"})
    updater.update({"ip": "192.0.2.2"})
    assert updater.dev_info == {"ip": "192.0.2.2", "model": "X1"}


def test_each_key_is_voted_on_by_itself() -> None:
    assert voted(
        {"vendor": "Acme", "model": "X1"}, {"vendor": "Other", "model": "X2"}, {"vendor": "Other"}
    ) == {"vendor": "Other", "model": "X1"}


@pytest.mark.parametrize(
    ("votes", "winner"), [("ab", "a"), ("ba", "b"), ("abb", "b"), ("abab", "a"), ("abcbc", "b"), ("a", "a")]
)
def test_of_equals_the_one_given_first_wins(votes: str, winner: str) -> None:
    assert voted(*({"model": vote} for vote in votes)) == {"model": winner}


def test_values_that_cannot_be_counted_are_passed_over() -> None:
    assert voted({"model": ["X1"], "vendor": "Acme"}, {"model": ([],)}, {"model": {}}) == {"vendor": "Acme"}
