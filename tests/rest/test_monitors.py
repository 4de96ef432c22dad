"""
Operations that callers follow.
"""

from itertools import chain

import pytest
from twisted.internet.task import Clock

from provd.errors import NotFound
from provd.model.operation import OIP_SUCCESS, OperationInProgress
from provd.rest.monitors import Monitors

HERE = "/0.2/pg_mgr/install/install"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def monitors(clock: Clock) -> Monitors:
    return Monitors(clock.seconds)


def test_each_resource_counts_for_itself(monitors: Monitors) -> None:
    first, second = OperationInProgress(), OperationInProgress()
    assert [monitors.add(HERE, first), monitors.add(HERE, second), monitors.add("/other", first)] == [1, 2, 1]
    assert monitors.get(HERE, "2") is second


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "", "1" * 5000, "²"])
def test_a_number_that_never_was_is_not_found(monitors: Monitors, number: str) -> None:
    monitors.add(HERE, OperationInProgress())
    for ask in (monitors.get, monitors.discard):
        with pytest.raises(NotFound):
            ask(HERE, number)


def test_what_was_discarded_is_gone_and_may_be_discarded_again(monitors: Monitors) -> None:
    monitors.add(HERE, OperationInProgress())
    monitors.discard(HERE, "1")
    with pytest.raises(NotFound):
        monitors.get(HERE, "1")
    monitors.discard(HERE, "1")


def test_a_finished_operation_is_dropped_after_a_day(monitors: Monitors, clock: Clock) -> None:
    monitors.add(HERE, OperationInProgress())
    done = OperationInProgress(state=OIP_SUCCESS)
    monitors.add(HERE, done)
    clock.advance(Monitors.LONGEST)
    assert monitors.get(HERE, "2") is done
    clock.advance(1)
    with pytest.raises(NotFound):
        monitors.get(HERE, "2")
    monitors.discard(HERE, "2")
    assert not monitors.get(HERE, "1").finished


def test_thousands_that_run_are_not_all_looked_at_for_each_new_one(
    monitors: Monitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[OperationInProgress] = []

    def finished(operation: OperationInProgress) -> bool:
        looked_at.append(operation)
        return False

    monkeypatch.setattr(OperationInProgress, "finished", property(finished))
    for _ in range(Monitors.MOST):
        monitors.add(HERE, OperationInProgress())
    looked_at.clear()
    for _ in range(Monitors.MOST):
        monitors.add(HERE, OperationInProgress())
    assert len(looked_at) < 20 * Monitors.MOST


def test_too_many_drop_the_oldest_finished_ones_only(monitors: Monitors) -> None:
    running = [monitors.add(HERE, OperationInProgress()) for _ in range(3)]
    done = [monitors.add(HERE, OperationInProgress(state=OIP_SUCCESS)) for _ in range(Monitors.MOST)]
    kept = []
    for number in chain(running, done):
        try:
            monitors.get(HERE, str(number))
        except NotFound:
            continue
        kept.append(number)
    assert kept == running + done[3:]
