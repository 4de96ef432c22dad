from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from provd.identification.remembered import Remembered


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    memory: Remembered[int, str] = Remembered(10)
    memory.put(0, "kept")
    memory.put(1, "forgotten")
    for number in range(2, 40):
        memory.put(number, str(number))
        assert memory.get(0) == "kept"
    assert memory.get(1) is None
    assert memory.get(39) == "39"


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30))), st.integers(1, 8))
def test_it_never_holds_more_than_two_generations_and_never_another_answer(
    steps: list[tuple[bool, int]], size: int
) -> None:
    memory: Remembered[int, str] = Remembered(size)
    for is_put, number in steps:
        if is_put:
            memory.put(number, str(number))
            assert memory.get(number) == str(number)
        else:
            assert memory.get(number) in (None, str(number))
        assert len(memory) <= 2 * size


def test_a_new_answer_replaces_the_former() -> None:
    memory: Remembered[str, str] = Remembered(1)
    memory.put("a", "1")
    memory.put("b", "1")
    memory.put("a", "2")
    assert memory.get("a") == "2"
