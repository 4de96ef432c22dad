"""
What is counted on the way, before anybody asks.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from provd.identification.trace import Traces
from provd.metrics.histogram import Histogram
from provd.metrics.lag import LoopLag
from provd.metrics.requests import RequestCounts
from provd.model.device import state_of
from provd.store.tally import Tally


@given(st.lists(st.floats(0, 10)))
def test_histogram_counts_what_is_not_above_each_bound(values: list[float]) -> None:
    histogram = Histogram((0.5, 1.0, 5.0))
    for value in values:
        histogram.add(value)
    assert histogram.buckets() == [
        *((str(bound), float(sum(value <= bound for value in values))) for bound in (0.5, 1.0, 5.0)),
        ("+Inf", float(len(values))),
    ]
    assert histogram.total == pytest.approx(sum(values))


def kept(counts: RequestCounts, protocol: str = "http", **fields: Any) -> None:
    traces = Traces(counts.add)
    trace = traces.begin(0.0, protocol, "192.0.2.7", "/a", None)
    for name, value in fields.items():
        setattr(trace, name, value)
    traces.keep(trace)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"device_id": "a", "retriever": "mac"}, "known"),
        ({"device_id": "a", "retriever": "add"}, "new"),
        ({"candidate": True, "device_info": {"ip": "192.0.2.7", "model": "A1"}}, "candidate"),
        ({"device_info": {"ip": "192.0.2.7", "mac": "00:11:22:33:44:55"}}, "unserved"),
        ({"device_info": {"ip": "192.0.2.7"}}, "unidentified"),
    ],
)
def test_identification_has_one_outcome(fields: dict[str, Any], outcome: str) -> None:
    counts = RequestCounts()
    kept(counts, **fields)
    assert counts.outcomes == {("http", outcome): 1}


def test_requests_are_counted_by_protocol_plugin_and_status() -> None:
    counts = RequestCounts()
    for _ in range(2):
        kept(counts, plugin="acme", status=200, milliseconds=3.0)
    kept(counts, "tftp", plugin="acme", status="ok")
    kept(counts, status=None)
    assert counts.requests == {("http", "acme", 200): 2, ("tftp", "acme", "ok"): 1, ("http", None, None): 1}
    assert counts.latencies["http"].total == pytest.approx(0.006)


def test_made_up_statuses_fill_no_memory() -> None:
    counts = RequestCounts()
    for number in range(3000):
        kept(counts, status=f"s{number}")
    assert len(counts.requests) <= 2001
    assert sum(counts.requests.values()) == 3000


def test_lag_is_how_late_a_timer_goes_off() -> None:
    clock = Clock()
    lag = LoopLag(clock)
    lag.startService()
    clock.advance(0.5)
    clock.advance(0.7)
    assert lag.histogram.total == pytest.approx(0.2)
    lag.stopService()
    assert not clock.getDelayedCalls()


DOCUMENTS = st.fixed_dictionaries(
    {"plugin": st.sampled_from([None, "", "acme"]), "configured": st.sampled_from([None, False, True])}
)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | DOCUMENTS)))
def test_tally_follows_every_change(changes: list[tuple[str, dict[str, Any] | None]]) -> None:
    tally = Tally(state_of)
    documents: dict[str, dict[str, Any]] = {}
    for name, new in changes:
        tally.change(name, documents.pop(name, None), new)
        if new is not None:
            documents[name] = new
    states = [state_of(document) for document in documents.values()]
    assert {state: count for state, count in tally.counts.items() if count} == {
        state: states.count(state) for state in set(states)
    }
