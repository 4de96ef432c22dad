"""
Group commit: what goes to the disk together, in which order, and what happens when it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogLevel, capturedLogs

from provd.errors import Conflict, NotFound, StoreError
from provd.store.documents import DocumentStore
from provd.store.journal import LINGER, RETRY, Journal, Write
from tests.support import failed_with, result_of


class SlowDisk:
    """
    Holds every commit until the test lets it through.

    :ivar documents: what is on the disk.
    :ivar refuses: tells which writes fail.
    """

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.commits: list[list[str]] = []
        self.refuses: Callable[[Write], bool] = lambda write: False
        self.waiting: list[tuple[Callable[[], Any], Deferred[Any]]] = []

    def run(self, job: Callable[[], Any]) -> Deferred[Any]:
        assert not self.waiting, "two jobs at once"
        self.waiting.append((job, Deferred()))
        return self.waiting[-1][1]

    def go(self) -> None:
        job, done = self.waiting.pop()
        try:
            result = job()
        except Exception:
            done.errback()
        else:
            done.callback(result)

    def commit(self, writes: Sequence[Write]) -> list[StoreError | None]:
        self.commits.append([write.document_id for write in writes])
        outcomes: list[StoreError | None] = []
        for write in writes:
            if self.refuses(write):
                outcomes.append(StoreError("disk full"))
                continue
            outcomes.append(None)
            if write.entry is None:
                self.documents.pop(write.document_id, None)
            else:
                self.documents[write.document_id] = write.entry[12:]
        return outcomes


class Case:
    def __init__(self) -> None:
        self.disk = SlowDisk()
        self.clock = Clock()
        self.journal = Journal(self.disk.commit, self.disk.run, self.clock)
        self.store = DocumentStore("device", ("mac",), self.journal)

    def insert(self, name: str, n: int = 0, durable: bool = True) -> Deferred[None]:
        return Deferred.fromCoroutine(self.store.insert({"id": name, "n": n}, durable))

    def update(self, name: str, n: int, durable: bool = True) -> Deferred[None]:
        return Deferred.fromCoroutine(self.store.update({"id": name, "n": n}, durable))

    def delete(self, name: str, durable: bool = True) -> Deferred[None]:
        return Deferred.fromCoroutine(self.store.delete(name, durable))

    def go(self) -> None:
        while self.disk.waiting:
            self.disk.go()

    def in_memory(self) -> dict[str, int]:
        return {name: self.store.get(name)["n"] for name in self.store.ids()}

    def on_disk(self) -> dict[str, int]:
        return {name: int(text.split(":")[2].strip("}")) for name, text in self.disk.documents.items()}


@pytest.fixture
def case() -> Case:
    return Case()


def test_a_durable_write_is_seen_once_it_is_safe(case: Case) -> None:
    writing = case.insert("a")
    assert not writing.called
    assert "a" not in case.store
    case.disk.go()
    assert writing.called
    assert case.in_memory() == case.on_disk() == {"a": 0}


def test_a_soon_write_is_seen_at_once_and_on_disk_within_a_second(case: Case) -> None:
    assert case.insert("a", durable=False).called
    assert case.in_memory() == {"a": 0}
    case.clock.advance(LINGER)
    case.disk.go()
    assert LINGER < 1
    assert case.on_disk() == {"a": 0}
    assert not case.clock.getDelayedCalls()


def test_what_gathers_while_the_disk_is_busy_is_committed_together(case: Case) -> None:
    for name in "abcd":
        case.insert(name, durable=name != "c")
    case.disk.go()
    case.disk.go()
    assert case.disk.commits == [["a"], ["b", "c", "d"]]
    assert not case.disk.waiting


def test_a_durable_write_takes_waiting_soon_writes_along_in_order(case: Case) -> None:
    case.insert("a", 1, durable=False)
    case.update("a", 2, durable=False)
    case.update("a", 3)
    case.go()
    assert case.disk.commits == [["a", "a", "a"]]
    assert case.on_disk() == case.in_memory() == {"a": 3}
    assert not case.clock.getDelayedCalls()


def test_soon_writes_that_come_during_a_commit_linger_after_it(case: Case) -> None:
    case.insert("a")
    case.insert("b", durable=False)
    case.disk.go()
    assert not case.disk.waiting
    case.clock.advance(LINGER)
    case.disk.go()
    assert case.disk.commits == [["a"], ["b"]]


def test_a_slow_durable_write_does_not_overwrite_what_came_after_it(case: Case) -> None:
    case.insert("a", 1, durable=False)
    durable = case.update("a", 2)
    case.update("a", 3, durable=False)
    case.disk.go()
    assert durable.called
    assert case.in_memory() == {"a": 3}
    case.clock.advance(LINGER)
    case.go()
    assert case.on_disk() == {"a": 3}


def test_a_deletion_that_overtakes_an_update_wins(case: Case) -> None:
    case.insert("a", 1, durable=False)
    case.update("a", 2)
    case.delete("a", durable=False)
    again = case.insert("a", 4)
    assert case.in_memory() == {}
    case.go()
    assert again.called
    assert case.in_memory() == case.on_disk() == {"a": 4}


def test_an_id_on_its_way_is_taken(case: Case) -> None:
    case.insert("a", 1)
    failed_with(Conflict, case.insert("a", 2))
    failed_with(Conflict, case.insert("a", 3, durable=False))
    failed_with(NotFound, case.update("a", 4))
    case.go()
    assert case.in_memory() == case.on_disk() == {"a": 1}


def test_a_document_whose_removal_is_on_its_way_can_not_be_written(case: Case) -> None:
    case.insert("a", 1, durable=False)
    case.delete("a")
    failed_with(NotFound, case.update("a", 2, durable=False))
    failed_with(NotFound, case.delete("a"))
    failed_with(Conflict, case.insert("a", 3))
    case.go()
    assert case.in_memory() == case.on_disk() == {}


def test_overlapping_insertions_keep_the_order_of_the_calls(case: Case) -> None:
    case.insert("b")
    case.insert("a", durable=False)
    case.go()
    assert list(case.store.ids()) == ["b", "a"]


def test_a_refused_durable_write_changes_nothing(case: Case) -> None:
    case.insert("a", 1)
    case.go()
    case.disk.refuses = lambda write: True
    writes = [case.update("a", 2), case.delete("a"), case.insert("b")]
    case.go()
    for write in writes[:1] + writes[2:]:
        failed_with(StoreError, write)
    failed_with(StoreError, writes[1])
    assert case.in_memory() == case.on_disk() == {"a": 1}
    case.disk.refuses = lambda write: False
    case.insert("b", 5)
    case.go()
    assert case.in_memory() == case.on_disk() == {"a": 1, "b": 5}


def test_one_refused_write_does_not_take_its_group_along(case: Case) -> None:
    case.disk.refuses = lambda write: write.document_id == "b"
    first, *group = [case.insert(name) for name in "xabc"]
    case.go()
    failed_with(StoreError, group[1])
    assert [writing.called for writing in (first, group[0], group[2])] == [True] * 3
    assert case.in_memory() == case.on_disk() == {"x": 0, "a": 0, "c": 0}


def test_a_refused_soon_write_is_tried_again_and_holds_up_nobody(case: Case) -> None:
    case.disk.refuses = lambda write: write.document_id == "a"
    with capturedLogs() as logs:
        for n in range(3):
            if n == 0:
                case.insert("a", n, durable=False)
            else:
                case.update("a", n, durable=False)
            case.clock.advance(LINGER)
            case.go()
        durable = case.insert("b")
        case.go()
        assert durable.called
        assert case.journal.problem == "disk full"
        assert case.disk.commits[-1] == ["b"]
        case.clock.advance(RETRY)
        case.go()
        assert case.on_disk() == {"b": 0}
        case.disk.refuses = lambda write: False
        case.clock.advance(RETRY)
        case.go()
    assert case.on_disk() == {"b": 0, "a": 2}
    assert case.journal.problem is None
    assert not case.clock.getDelayedCalls()
    assert [event["log_level"] for event in logs] == [LogLevel.error, LogLevel.info]


def test_a_later_write_replaces_a_refused_one(case: Case) -> None:
    case.disk.refuses = lambda write: True
    case.insert("a", 1, durable=False)
    case.clock.advance(LINGER)
    case.go()
    case.disk.refuses = lambda write: False
    case.update("a", 2)
    case.go()
    assert case.on_disk() == {"a": 2}
    case.clock.advance(RETRY)
    assert not case.disk.waiting
    assert case.on_disk() == case.in_memory() == {"a": 2}


def test_a_refused_durable_write_leaves_an_earlier_soon_one_to_be_tried_again(case: Case) -> None:
    case.disk.refuses = lambda write: True
    case.insert("a", 1, durable=False)
    durable = case.update("a", 2)
    case.go()
    failed_with(StoreError, durable)
    case.disk.refuses = lambda write: False
    case.clock.advance(RETRY)
    case.go()
    assert case.on_disk() == case.in_memory() == {"a": 1}


def test_a_retry_waits_while_the_disk_is_busy(case: Case) -> None:
    case.disk.refuses = lambda write: write.document_id == "a"
    case.insert("a", 1, durable=False)
    case.clock.advance(LINGER)
    case.go()
    case.insert("b")
    case.clock.advance(RETRY)
    case.go()
    case.disk.refuses = lambda write: False
    case.clock.advance(RETRY)
    case.go()
    assert case.on_disk() == {"b": 0, "a": 1}


def test_a_commit_that_breaks_refuses_its_writes_and_the_next_goes_on(case: Case) -> None:
    def break_down(write: Write) -> bool:
        raise RuntimeError("bug")

    case.disk.refuses = break_down
    with capturedLogs() as logs:
        broken = case.insert("a")
        case.go()
        failed_with(StoreError, broken)
    assert [event["log_level"] for event in logs] == [LogLevel.critical]
    case.disk.refuses = lambda write: False
    case.insert("b")
    case.go()
    assert case.in_memory() == case.on_disk() == {"b": 0}


def test_a_caller_may_write_again_as_soon_as_it_is_told(case: Case) -> None:
    async def twice() -> None:
        await case.store.insert({"id": "a", "n": 1})
        assert case.in_memory() == {"a": 1}
        await case.store.update({"id": "a", "n": 2})
        assert case.in_memory()["a"] == 2

    writing = Deferred.fromCoroutine(twice())
    case.insert("b")
    case.go()
    result_of(writing)
    assert case.in_memory() == case.on_disk() == {"a": 2, "b": 0}


def test_closing_writes_what_is_left(case: Case) -> None:
    durable = case.insert("a")
    case.insert("b", durable=False)
    closing = Deferred.fromCoroutine(case.journal.close())
    assert not closing.called
    failed_with(StoreError, case.insert("c"))
    failed_with(StoreError, case.insert("c", durable=False))
    case.go()
    assert durable.called
    assert closing.called
    assert case.on_disk() == {"a": 0, "b": 0}
    assert case.in_memory() == {"a": 0, "b": 0}
    assert not case.clock.getDelayedCalls()


def test_closing_tries_refused_writes_once_more_and_names_what_is_lost(case: Case) -> None:
    case.disk.refuses = lambda write: write.document_id in ("a", "b")
    for name in "ab":
        case.insert(name, durable=False)
    case.clock.advance(LINGER)
    case.go()
    case.disk.refuses = lambda write: write.document_id == "a"
    with capturedLogs() as logs:
        closing = Deferred.fromCoroutine(case.journal.close())
        case.go()
    assert closing.called
    assert case.on_disk() == {"b": 0}
    (event,) = (event for event in logs if event["log_level"] is LogLevel.error)
    assert event["names"] == "device a"
    assert not case.clock.getDelayedCalls()
