"""
Leases on their way: in turn, and in order.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from provd.app.leases import Leases
from provd.identification.pipeline import Found
from provd.identification.requests import DHCPRequest
from provd.identification.trace import Traces
from provd.testing.reactor import TurningReactor
from tests.logged import logged

A, B = "00:15:65:00:00:0a", "00:15:65:00:00:0b"


def lease(mac: str, last: int) -> DHCPRequest:
    return {"ip": f"192.0.2.{last}", "mac": mac, "options": {}}


class Pipeline:
    """
    Finds every device at once, but those of ``slow``.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.slow: dict[str, Deferred[None]] = {}

    async def process(self, request: DHCPRequest, *rest: Any) -> Found:
        self.seen.append((request["mac"], request["ip"]))
        if request["ip"] in self.slow:
            await self.slow[request["ip"]]
        return Found({"id": "a1"}, None)


def made() -> tuple[Leases, Pipeline, Traces, TurningReactor]:
    pipeline, traces, reactor = Pipeline(), Traces(), TurningReactor()

    async def leased_to_others(address: str) -> None:
        raise AssertionError(address)

    leases = Leases(pipeline, pipeline, leased_to_others, traces, lambda: 7.0, reactor)  # type: ignore[arg-type]
    return leases, pipeline, traces, reactor


def test_each_has_an_iteration_of_its_own() -> None:
    leases, pipeline, _, reactor = made()
    for number in range(3):
        leases.take(lease(A, number))
    assert pipeline.seen == []
    for number in range(3):
        reactor.turn()
        assert len(pipeline.seen) == number + 1
    assert len(leases) == 0


def test_those_of_one_phone_keep_their_order_and_hold_up_no_other() -> None:
    leases, pipeline, _, reactor = made()
    pipeline.slow["192.0.2.1"] = Deferred()
    for each in (lease(A, 1), lease(A, 2), lease(B, 3)):
        leases.take(each)
    reactor.turns()
    assert pipeline.seen == [(A, "192.0.2.1"), (B, "192.0.2.3")]
    pipeline.slow["192.0.2.1"].callback(None)
    assert pipeline.seen[-1] == (A, "192.0.2.2")


def test_it_tells_when_all_is_done() -> None:
    leases, pipeline, _, reactor = made()
    ends: list[int] = []
    leases.done().addCallback(lambda _: ends.append(0))
    assert ends == [0]
    pipeline.slow["192.0.2.1"] = Deferred()
    leases.take(lease(A, 1))
    leases.done().addCallback(lambda _: ends.append(1))
    leases.done().addTimeout(5, reactor, lambda *_: None).addCallback(lambda _: ends.append(2))
    reactor.turns()
    reactor.advance(6)
    assert ends == [0, 2]
    pipeline.slow["192.0.2.1"].callback(None)
    assert ends == [0, 2, 1]


def test_one_that_fails_stops_no_other_and_leaves_a_trace() -> None:
    leases, pipeline, traces, reactor = made()
    pipeline.slow["192.0.2.1"] = Deferred()
    for each in (lease(A, 1), lease(A, 2)):
        leases.take(each)
    reactor.turns()
    with logged() as events:
        pipeline.slow["192.0.2.1"].errback(RuntimeError("broken"))
    assert any("192.0.2.1 could not be processed" in text for text in events.texts())
    assert pipeline.seen[-1] == (A, "192.0.2.2")
    assert len(leases) == 0
    assert [trace["client"] for trace in traces] == ["192.0.2.2", "192.0.2.1"]
