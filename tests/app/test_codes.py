"""
Codes are one config's at a time, whoever writes at once.
"""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from provd.app.codes import Codes, CodeTaken
from provd.app.configchanges import ConfigChanges
from provd.app.fanout import FanOut
from provd.errors import Refused, StoreError
from provd.logs import Secret
from provd.model.codes import CODE
from provd.store.journal import Settled, Write
from provd.store.memory import MemoryStore
from tests.app.office import AUTOPROV, Office
from tests.logged import logged
from tests.support import failed_with, result_of


class SlowStore(MemoryStore):
    """
    Keeps durable writes on their way to the disk until it is told how they end.
    """

    def __init__(self, *documents: dict[str, Any]) -> None:
        super().__init__((), documents)
        self.on_the_way: list[Settled] = []

    def durably(self, write: Write, settled: Settled) -> None:
        self.on_the_way.append(settled)

    def end(self, problem: StoreError | None = None) -> None:
        self.on_the_way.pop(0)(problem)


def config(config_id: str, code: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "id": config_id,
        "parent_ids": [],
        "raw_config": {},
        **({} if code is None else {CODE: code}),
        **more,
    }


def changes(store: MemoryStore) -> ConfigChanges:
    office = Office()
    fan_out = FanOut(store.devices, office.all, office.manager, office.staleness)
    return ConfigChanges(store.configs, office.configs, office.raw_configs, fan_out, lambda: "new")


def begun(awaitable: Any) -> tuple[Deferred[Any], list[Any]]:
    ends: list[Any] = []
    return Deferred.fromCoroutine(awaitable).addBoth(ends.append), ends


def test_of_two_that_write_one_code_at_once_the_second_is_refused() -> None:
    store = SlowStore()
    writer = changes(store)
    _, first = begun(writer.insert(config("c1", "123456")))
    _, second = begun(writer.insert(config("c2", "123456")))
    _, other = begun(writer.insert(config("c3", "654321")))
    assert len(store.on_the_way) == 2  # nobody waits for another code
    store.end()
    store.end()
    assert (first, other) == (["c1"], ["c3"])
    assert second[0].check(CodeTaken)
    assert "123456" not in second[0].getErrorMessage()
    assert "c2" not in store.configs


def test_the_second_has_it_if_the_first_can_not_be_stored() -> None:
    store = SlowStore()
    writer = changes(store)
    _, first = begun(writer.insert(config("c1", "123456")))
    _, second = begun(writer.insert(config("c2", "123456")))
    store.end(StoreError("the disk is full"))
    store.end()
    assert first[0].check(StoreError)
    assert second == ["c2"]


def test_a_code_moves_once_its_config_is_without_it() -> None:
    store = MemoryStore((), [config("c1", "123456"), config("c2", "222222")])
    writer = changes(store)
    failed_with(CodeTaken, writer.update("c2", config("c2", "123456")))
    result_of(writer.update("c1", config("c1", "123456", label="the same code again")))
    result_of(writer.update("c1", config("c1")))
    result_of(writer.update("c2", config("c2", "123456")))
    assert store.configs.find(CODE, "123456") == ["c2"]
    assert store.configs.find(CODE, "222222") == []


def test_only_that_very_text_is_found() -> None:
    # Files of another server, or edited by hand, hold anything.
    store = MemoryStore(
        (), [config("c1", "123456"), config("c2", ["654321"]), config("c3", 777777), config("c4", "x")]
    )
    codes = Codes(store.configs)
    found = codes.config_of(Secret("123456"))
    assert found is not None
    assert found["id"] == "c1"
    for text in ("654321", "777777", "x", "", "1234567", "12345", "autoprov", "123456\n", "é", "\ud800"):
        assert codes.config_of(Secret(text)) is None


def test_a_code_that_several_have_after_an_import_opens_none_of_them() -> None:
    store = MemoryStore((), [AUTOPROV, *(config(f"c{n}", "123456") for n in (1, 2)), config("c3", "1")])
    codes = Codes(store.configs)
    with logged() as events:
        codes.report()
    assert [event["configs"] for event in events] == ["c1, c2"]
    with logged() as events, pytest.raises(Refused) as refused:
        codes.config_of(Secret("123456"))
    assert (refused.value.http_status, len(events)) == (409, 1)
    assert "123456" not in f"{refused.value}{events}"
    failed_with(CodeTaken, changes(store).insert(config("c4", "123456")))
