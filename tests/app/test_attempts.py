"""
Wrong provisioning codes: who has to wait, and for how long.
"""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from provd.app.attempts import Attempts, TooManyAttempts

SITE = "192.0.2.7"


def attempts() -> tuple[Attempts, Clock]:
    clock = Clock()
    clock.advance(1000)
    return Attempts(clock.seconds), clock


def wait(attempts: Attempts, address: str | None, device: str) -> float:
    try:
        attempts.check(address, device)
    except TooManyAttempts as error:
        return error.seconds
    return 0.0


def test_a_few_wrong_codes_cost_nothing_and_the_next_ever_more() -> None:
    tried, clock = attempts()
    waits = []
    for _ in range(14):
        tried.wrong(SITE, "d1")
        waits.append(wait(tried, SITE, "d1"))
        clock.advance(waits[-1])
        assert not wait(tried, SITE, "d1")
    assert waits[:6] == [0, 0, 0, 2, 4, 8]
    assert waits[-1] == Attempts.LONGEST


def test_who_asks_again_too_early_waits_no_longer_for_it() -> None:
    tried, clock = attempts()
    for _ in range(6):
        tried.wrong(SITE, "d1")
    for _ in range(100):
        assert wait(tried, SITE, "d1") == 8
    clock.advance(8)
    assert not wait(tried, SITE, "d1")


def test_a_quiet_hour_is_forgiven() -> None:
    tried, clock = attempts()
    for _ in range(30):
        tried.wrong(SITE, "d1")
    clock.advance(3601)
    tried.check(SITE, "d1")
    tried.wrong(SITE, "d1")
    assert not wait(tried, SITE, "d1")


def test_one_bad_phone_does_not_lock_out_its_site() -> None:
    tried, clock = attempts()
    for number in range(10_000):  # two and a half hours of trying at every second
        if not wait(tried, SITE, "bad"):
            tried.wrong(SITE, "bad")
        if number % 100 == 0:
            assert not wait(tried, SITE, f"good {number}")
        clock.advance(1)
    assert wait(tried, SITE, "bad")
    # Somebody whose finger slipped waits a minute at most, whatever the other does.
    tried.wrong(SITE, "slipped")
    assert wait(tried, SITE, "slipped") <= Attempts.ADDRESS_LONGEST
    clock.advance(Attempts.ADDRESS_LONGEST)
    assert not wait(tried, SITE, "slipped")


def test_who_pretends_to_be_every_phone_of_a_site_tries_each_once() -> None:
    tried, clock = attempts()
    taken = 0
    for _ in range(1800):
        for number in range(50):
            if not wait(tried, SITE, f"phone {number}"):
                tried.wrong(SITE, f"phone {number}")
                taken += 1
        clock.advance(1)
    assert taken < 150  # of 90,000


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "192.0.2.8", False),
    ],
)
def test_an_address_of_ipv6_counts_by_its_first_64_bits(first: str, second: str, is_same: bool) -> None:
    tried, _ = attempts()
    for number in range(20):
        tried.wrong(first, f"d{number}")
    tried.wrong(None, "slipped")
    assert bool(wait(tried, second, "slipped")) is is_same


def test_without_an_address_only_the_device_counts() -> None:
    tried, _ = attempts()
    for _ in range(5):
        tried.wrong(None, "d1")
    assert wait(tried, None, "d1") == 4
    assert not wait(tried, None, "d2")


def test_memory_is_bounded() -> None:
    tried, _ = attempts()
    for number in range(25_000):
        tried.wrong(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", f"d{number}")
    assert len(tried._devices) == len(tried._addresses) == 10_000
