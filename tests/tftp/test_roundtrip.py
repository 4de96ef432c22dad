import pytest

from provd.tftp.roundtrip import Patience


def waits(patience: Patience, count: int) -> list[float]:
    found = []
    for _ in range(count):
        found.append(patience.wait)
        patience.expired()
    return found


def test_before_any_round_trip_it_starts_at_a_second() -> None:
    assert waits(Patience(), 5) == [1, 2, 4, 8, 8]


def test_it_fits_itself_to_a_fast_phone_within_bounds() -> None:
    patience = Patience()
    for _ in range(50):
        patience.measured(0.001)
    assert waits(patience, 8) == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 8, 8])


def test_it_fits_itself_to_a_slow_phone() -> None:
    patience = Patience()
    patience.measured(0.5)
    assert patience.wait == pytest.approx(1.5)
    for _ in range(50):
        patience.measured(0.5)
    assert 0.5 <= patience.wait < 0.6
    patience.measured(3.0)
    assert patience.wait > 2


def test_a_round_trip_ends_the_doubling() -> None:
    patience = Patience()
    waits(patience, 5)
    patience.measured(0.1)
    assert patience.wait == pytest.approx(0.3)


def test_the_time_that_the_phone_asked_for_never_changes() -> None:
    patience = Patience(7)
    patience.measured(0.1)
    assert waits(patience, 3) == [7, 7, 7]
