from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.identification.candidates import Candidates

IP = "192.0.2.1"


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def candidates(time: Time) -> Candidates:
    return Candidates(time)


def test_what_an_address_told_adds_up(candidates: Candidates) -> None:
    assert candidates.learn({"ip": IP, "vendor": "Acme"}) == {"ip": IP, "vendor": "Acme"}
    told = candidates.learn({"ip": IP, "model": "X1"})
    assert told == {"ip": IP, "vendor": "Acme", "model": "X1"}
    assert candidates.learn({"ip": IP}) == told
    assert candidates.completed({"ip": IP, "mac": "m"}) == {**told, "mac": "m"}


def test_what_is_new_wins(candidates: Candidates) -> None:
    candidates.learn({"ip": IP, "vendor": "Acme", "version": "1"})
    assert candidates.learn({"ip": IP, "version": "2"}) == {"ip": IP, "vendor": "Acme", "version": "2"}


@pytest.mark.parametrize("key", ["vendor", "model"])
def test_who_contradicts_starts_afresh(candidates: Candidates, key: str) -> None:
    candidates.learn({"ip": IP, key: "one", "version": "1"})
    assert candidates.completed({"ip": IP, key: "two", "mac": "m"}) == {"ip": IP, key: "two", "mac": "m"}
    assert candidates.learn({"ip": IP, key: "two"}) == {"ip": IP, key: "two"}
    assert candidates.learn({"ip": IP}) == {"ip": IP, key: "two"}


def test_a_request_that_tells_nothing_leaves_nothing_behind(candidates: Candidates) -> None:
    assert candidates.learn({"ip": IP}) == {"ip": IP}
    assert candidates.completed({"ip": IP, "mac": "m"}) == {"ip": IP, "mac": "m"}
    assert candidates.completed({"mac": "m"}) == {"mac": "m"}
    assert len(candidates) == 0


def test_an_address_is_forgotten_ten_minutes_after_it_last_told_something(
    candidates: Candidates, time: Time
) -> None:
    candidates.learn({"ip": IP, "vendor": "Acme"})
    time.now = 300
    candidates.learn({"ip": IP, "model": "X1"})
    time.now = 899
    assert candidates.learn({"ip": IP}) == {"ip": IP, "vendor": "Acme", "model": "X1"}
    time.now = 900  # asking for something that tells nothing prolonged nothing
    assert candidates.learn({"ip": IP}) == {"ip": IP}
    assert len(candidates) == 0


def test_addresses_that_were_not_heard_of_again_go_too(candidates: Candidates, time: Time) -> None:
    for number in range(100):
        time.now = float(number)
        candidates.learn({"ip": str(number), "vendor": "Acme"})
    time.now = 650
    candidates.learn({"ip": IP, "vendor": "Acme"})
    assert len(candidates) == 50


def test_no_more_than_ten_thousand_are_kept_the_oldest_out(candidates: Candidates) -> None:
    for number in range(10_001):
        candidates.learn({"ip": str(number), "vendor": "Acme"})
        candidates.learn({"ip": "0", "model": "X1"})
    assert len(candidates) == 10_000
    assert "vendor" not in candidates.learn({"ip": "1"})
    assert candidates.learn({"ip": "0"}) == {"ip": "0", "vendor": "Acme", "model": "X1"}


def test_an_address_that_belongs_to_a_device_now_is_forgotten(candidates: Candidates) -> None:
    candidates.learn({"ip": IP, "vendor": "Acme"})
    candidates.forget(IP)
    candidates.forget(IP)
    assert candidates.learn({"ip": IP}) == {"ip": IP}


def test_nothing_that_is_given_out_is_shared(candidates: Candidates) -> None:
    told = candidates.learn({"ip": IP, "vendor": "Acme"})
    told["vendor"] = "Changed"
    candidates.completed({"ip": IP})["vendor"] = "Changed"
    candidates.learn({"ip": IP})["vendor"] = "Changed"
    assert candidates.learn({"ip": IP}) == {"ip": IP, "vendor": "Acme"}


infos = st.fixed_dictionaries(
    {"ip": st.sampled_from("abc")},
    optional={key: st.sampled_from("12") for key in ("vendor", "model", "version")},
)


@settings(deadline=None)
@given(st.lists(st.tuples(infos, st.sampled_from([0, 100, 599, 600]))))
def test_all_that_is_told_is_the_last_thing_that_this_address_said_of_it(
    steps: list[tuple[dict[str, str], int]],
) -> None:
    time = Time()
    candidates = Candidates(time)
    last: dict[tuple[str, str], str] = {}
    for info, passes in steps:
        time.now += passes
        last.update({(info["ip"], key): value for key, value in info.items()})
        told = candidates.learn(info)
        assert info.items() <= told.items()
        assert all(last[info["ip"], key] == value for key, value in told.items())
