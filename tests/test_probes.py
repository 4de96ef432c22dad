"""
What is another try, and what is the same again.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from provd.probes import Probes, shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("acme-001122334455.ini", "acme-0011AABBCCDD.ini"),
        ("00:11:22:33:44:55.cfg", "00:11:22:aa:bb:cc.cfg"),
        ("fw-1.0.3.rom", "fw-2.17.45.rom"),
        ("Config.XML", "config.xml"),
    ],
)
def test_phones_of_a_make_try_the_same(one: str, other: str) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(("one", "other"), [("a.php", "b.php"), ("admin", "admin.cfg"), ("", "x")])
def test_other_files_are_other_tries(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def test_a_try_is_new_once_an_hour_for_each_address() -> None:
    clock = Clock()
    probes = Probes(clock)
    assert probes.is_new("192.0.2.1", "a")
    assert not probes.is_new("192.0.2.1", "a")
    assert probes.is_new("192.0.2.2", "a")
    assert probes.is_new("192.0.2.1", "b")
    clock.advance(3601)
    assert probes.is_new("192.0.2.1", "a")


@given(st.lists(st.tuples(st.text(max_size=3), st.text()), max_size=50))
def test_any_text_may_be_tried(tries: list[tuple[str, str]]) -> None:
    probes = Probes(Clock())
    for number, each in enumerate(tries):
        assert probes.is_new(*each) == (each not in tries[:number])


def test_floods_fill_no_memory() -> None:
    probes = Probes(Clock())
    for number in range(3000):
        probes.is_new(f"192.0.{number // 250}.{number % 250}", "a")
        probes.is_new("192.0.2.250", str(number))
    assert len(probes._tried) <= Probes.MOST_ADDRESSES
    assert all(len(tried) <= Probes.MOST_EACH for tried in probes._tried.values())
