from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from provd.identification.trace import Trace, Traces, readable


def kept(traces: Traces, device_id: str | None = None) -> Trace:
    trace = traces.begin(0.0, "http", "192.0.2.1", "/x", None)
    trace.device_id = device_id
    traces.keep(trace)
    return trace


def test_a_trace_reads_as_rest_shows_it() -> None:
    traces = Traces()
    trace = traces.begin(1767225600.25, "http", "192.0.2.1", "/x.cfg", "agent")
    trace.device_info = {"mac": "m"}
    trace.extractors = (("acme", {"mac": "m"}), ("other", {"vendor": "v"}))
    trace.retriever, trace.device_id, trace.plugin = "mac", "d1", "acme"
    trace.changes = ("ip", "version")
    trace.status, trace.bytes, trace.milliseconds = 200, 42, 1.23456
    shown = readable(trace)
    assert shown == {
        "id": 1,
        "at": "2026-01-01T00:00:00.250+00:00",
        "protocol": "http",
        "client": "192.0.2.1",
        "request": "/x.cfg",
        "user_agent": "agent",
        "device_info": {"mac": "m"},
        "extractors": [
            {"plugin": "acme", "device_info": {"mac": "m"}},
            {"plugin": "other", "device_info": {"vendor": "v"}},
        ],
        "retriever": "mac",
        "device_id": "d1",
        "candidate": False,
        "changes": ["ip", "version"],
        "plugin": "acme",
        "status": 200,
        "bytes": 42,
        "milliseconds": 1.235,
    }
    assert json.loads(json.dumps(shown)) == shown


def test_an_unanswered_request_reads_as_nulls() -> None:
    shown = readable(Traces().begin(0.0, "tftp", None, "x", None))
    nulls = ("client", "user_agent", "retriever", "device_id", "plugin", "status")
    assert [shown[key] for key in nulls] == [None] * 6
    assert (shown["device_info"], shown["extractors"], shown["changes"]) == ({}, [], [])


def test_what_is_shown_may_be_changed() -> None:
    trace = Traces().begin(0.0, "http", None, "/", None)
    trace.extractors = (("acme", {"mac": "m"}),)
    readable(trace)["extractors"][0]["device_info"].clear()
    readable(trace)["device_info"]["x"] = "y"
    assert trace.extractors == (("acme", {"mac": "m"}),)
    assert trace.device_info == {}


def test_the_last_thousand_are_kept_newest_first() -> None:
    traces = Traces()
    for _ in range(1500):
        kept(traces)
    assert [shown["id"] for shown in traces] == list(range(1500, 500, -1))


def test_the_last_three_of_a_device_outlive_the_last_thousand() -> None:
    traces = Traces()
    mine = [kept(traces, "d1").id for _ in range(5)]
    for _ in range(2000):
        kept(traces, "other")
    assert [shown["id"] for shown in traces.of_device("d1")] == mine[:1:-1]
    assert [shown["id"] for shown in traces][-3:] == mine[:1:-1]
    assert traces.of_device("unknown") == []


def test_no_more_than_ten_thousand_are_kept_in_all() -> None:
    traces = Traces()
    for number in range(4000):
        for _ in range(3):
            kept(traces, f"d{number}")
    for _ in range(1000):
        kept(traces)
    assert len(list(traces)) == 10_000
    assert traces.of_device("d0") == []
    assert len(traces.of_device("d3999")) == 3


def test_a_device_that_is_heard_of_again_is_kept() -> None:
    traces = Traces()
    for number in range(4000):
        kept(traces, f"d{number}")
        kept(traces, "often")
    assert len(traces.of_device("often")) == 3
    assert len(traces.of_device("d0")) == 1


def test_a_trace_may_change_after_it_was_kept() -> None:
    traces = Traces()
    kept(traces, "d1").bytes = 42
    assert traces.of_device("d1")[0]["bytes"] == 42


@settings(deadline=None)
@given(st.lists(st.sampled_from([None, "a", "b", "c"]), max_size=60))
def test_counting_is_never_wrong(device_ids: list[str | None]) -> None:
    traces = Traces()
    traces.IN_ALL, traces.LAST = 1004, 1000  # type: ignore[misc]
    for device_id in device_ids:
        kept(traces, device_id)
    held = [len(traces.of_device(device_id)) for device_id in "abc"]
    assert traces._kept == sum(held) <= 4
    assert max(held, default=0) <= 3
