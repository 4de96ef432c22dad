from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.identification.association import BasePgAssociator, DeviceSupport
from provd.pluginhost.manager import PluginManager
from tests.logged import logged

INFO = {"vendor": "Acme", "model": "X1", "version": "1"}


class Associator:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[dict[str, str]] = []

    def associate(self, dev_info: dict[str, str]) -> Any:
        self.asked.append(dict(dev_info))
        dev_info.clear()
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


class Plugin:
    def __init__(self, plugin_id: str, associator: Any = None) -> None:
        self.id = plugin_id
        self.pg_associator = associator


def manager(**answers: Any) -> PluginManager:
    made = PluginManager(Clock())
    for plugin_id, answer in answers.items():
        made.add(Plugin(plugin_id, None if answer is None else Associator(answer)))
    return made


def test_plugins_are_known_by_their_ids() -> None:
    made = manager(a=0, b=0)
    assert (len(made), "a" in made, "c" in made) == (2, True, False)
    assert made.get("a").id == "a"
    assert made.get("c") is None
    assert made.get(None) is None
    assert [plugin_id for plugin_id, _ in made.items()] == ["a", "b"]
    assert made.remove("a").id == "a"
    assert made.get("a") is None
    with pytest.raises(KeyError):
        made.remove("a")


def test_never_two_of_the_same_id() -> None:
    made = manager(a=0)
    with pytest.raises(ValueError, match="a is loaded already"):
        made.add(Plugin("a"))
    first = made.remove("a")
    made.add(second := Plugin("a"))
    assert made.get("a") is second is not first


def test_observers_hear_of_each_that_comes_or_goes_once_it_has() -> None:
    made = manager(a=0)
    seen: list[list[str]] = []
    made.observe(lambda: seen.append([plugin_id for plugin_id, _ in made.items()]))
    made.add(Plugin("b"))
    made.remove("a")
    assert seen == [["a", "b"], ["b"]]


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ({}, None),
        ({"a": None}, None),
        ({"a": DeviceSupport.NONE, "b": DeviceSupport.IMPROBABLE, "c": DeviceSupport.UNKNOWN}, None),
        ({"a": 299}, None),
        ({"a": DeviceSupport.PROBABLE}, "a"),
        ({"a": DeviceSupport.PROBABLE, "b": DeviceSupport.COMPLETE, "c": DeviceSupport.INCOMPLETE}, "b"),
        ({"a": DeviceSupport.COMPLETE, "b": DeviceSupport.COMPLETE + 1}, "b"),
        ({"a": DeviceSupport.EXACT, "c": DeviceSupport.EXACT, "b": DeviceSupport.EXACT}, "c"),
        ({"x-2": 300, "x-10": 300}, "x-2"),
        ({"a": 300.0, "b": True, "c": "400"}, "c"),
        ({"a": ValueError(), "b": 300}, "b"),
        ({"a": SystemExit(), "b": 300}, "b"),
        ({"a": "nonsense", "b": [], "c": float("nan"), "d": float("inf"), "e": 300}, "e"),
    ],
)
def test_the_best_support_wins_if_it_is_probable_the_last_id_among_equals(
    scores: dict[str, Any], chosen: str | None
) -> None:
    with logged():
        assert manager(**scores).associate(INFO) == chosen


def test_an_associator_cannot_change_what_the_next_one_sees() -> None:
    associators = [Associator(300), Associator(300)]
    made = PluginManager(Clock())
    for plugin_id, associator in zip("ab", associators, strict=True):
        made.add(Plugin(plugin_id, associator))
    info = dict(INFO)
    made.associate(info)
    assert [associator.asked for associator in associators] == [[INFO], [INFO]]
    assert info == INFO


def test_a_solver_of_one_s_own_chooses_among_equals() -> None:
    class First:
        def solve(self, plugin_ids: list[str]) -> str:
            return min(plugin_ids)

    assert manager(a=300, b=300, c=200).associate(INFO, First()) == "a"


@pytest.mark.parametrize(
    ("answer", "kind"), [(None, "NoneType"), ("a", "str"), (Deferred(), "Deferred"), (float("nan"), "float")]
)
def test_a_score_that_is_no_number_is_told(answer: Any, kind: str) -> None:
    made = manager(b=300)
    made.add(Plugin("a", Associator(answer)))
    with logged() as events:
        assert made.associate(INFO) == "b"
    assert events.texts() == [f"the associator of a returned {kind} where a number is meant"]


def test_an_associator_that_cannot_even_be_had_is_none() -> None:
    class Broken:
        id = "broken"

        @property
        def pg_associator(self) -> Any:
            raise SystemExit

    made = manager(a=300)
    made.add(Broken())
    with logged() as events:
        assert made.associate(INFO) == "a"
    assert len(events.texts()) == 1


def test_every_guard_forgets_what_a_plugin_did_before_it_was_replaced() -> None:
    made = manager(a=0, b=0)
    guard = made.guard("service")
    made.remove("a")
    with logged() as events:
        for plugin_id in "ab":
            guard.failed(plugin_id, ValueError())
        made.add(Plugin("a"))
        for plugin_id in "ab":
            guard.failed(plugin_id, ValueError())
    assert [text[:24] for text in events.texts()] == [
        "the service of a failed:",
        "the service of b failed:",
    ] + ["the service of a failed:"]


def test_an_associator_that_fails_is_told_once_until_the_plugin_is_replaced() -> None:
    made = manager(a=ValueError("s3cret"))
    with logged() as events:
        for _ in range(3):
            made.associate(INFO)
        made.remove("a")
        made.add(Plugin("a", Associator(ValueError("s3cret"))))
        made.associate(INFO)
    assert len(events.texts()) == 2
    assert "s3cret" not in events.everything()


class Old(BasePgAssociator):
    """
    As third-party plugins write it.
    """

    def _do_associate(self, vendor: str, model: str | None, version: str | None) -> int:
        if model is None:
            return DeviceSupport.PROBABLE.value + 10
        return DeviceSupport.EXACT if (vendor, version) == ("Acme", "1") else DeviceSupport.INCOMPLETE


def test_without_a_vendor_no_plugin_suits() -> None:
    made = PluginManager(Clock())
    made.add(Plugin("old", Old()))
    assert made.associate({"ip": "192.0.2.1"}) is None
    assert made.associate({"vendor": "Other"}) == "old"
    assert made.associate(INFO) == "old"
