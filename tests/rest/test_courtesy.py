from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.rest.courtesy import let_others_work


class BusyReactor(Clock):
    """
    A reactor whose every turn takes a while.
    """

    def __init__(self, turn: float) -> None:
        super().__init__()
        self._turn = turn

    def callLater(self, when: float, what: Any, *arguments: Any, **keywords: Any) -> Any:
        return super().callLater(when + self._turn, what, *arguments, **keywords)


@pytest.mark.parametrize(
    ("worked", "turn", "turns"),
    [(1, 0.0001, 1), (1, 1, 6), (1, 4, 2), (1, 100, 1), (0, 1, 1)],
)
def test_others_work_six_times_as_long_if_they_want_to(worked: float, turn: float, turns: int) -> None:
    reactor = BusyReactor(turn)
    done = Deferred.fromCoroutine(let_others_work(reactor, worked))
    reactor.pump([turn] * (turns - 1))
    assert not done.called
    reactor.advance(turn)
    assert done.called
    assert reactor.getDelayedCalls() == []
