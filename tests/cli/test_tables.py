"""
Tables that fit.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from provd.cli.tables import Column, at, layout, plain

COLUMNS = (
    Column("id", is_right=True),
    Column("name", is_long=True),
    Column("size", is_spare=True),
    Column("note", is_spare=True),
)
ROWS = [["1", "x" * 30, "y" * 10, "z" * 10]]


def test_spare_columns_go_first_and_then_long_ones_are_folded() -> None:
    for room, numbers, widths in (
        (99, (0, 1, 2, 3), (2, 30, 10, 10)),
        (58, (0, 1, 2, 3), (2, 30, 10, 10)),
        (57, (0, 1, 2), (2, 30, 10)),
        (45, (0, 1), (2, 30)),
        (24, (0, 1), (2, 20)),
        (10, (0, 1), (2, 12)),
    ):
        found = layout(COLUMNS, ROWS, room)
        assert (found.numbers, found.widths) == (numbers, widths), room


@given(
    st.lists(st.lists(st.text("aé中 ", max_size=9), min_size=4, max_size=4), max_size=4), st.integers(0, 80)
)
def test_a_layout_is_as_wide_as_the_room_if_it_can_be(rows: list[list[str]], room: int) -> None:
    found = layout(COLUMNS, rows, room)
    assert {0, 1} <= set(found.numbers)
    unfolded = max(2, *(cell_len(row[0]) for row in rows)) if rows else 2
    assert found.total - 2 <= max(room, unfolded + 2 + 12)


def test_plain_tables_are_aligned_whatever_the_width_of_a_character() -> None:
    lines = list(
        plain(COLUMNS, [["id", "name", "size", "note"], ["7", "中é", "", "n"], ["12", "abcd", "s", ""]])
    )
    assert lines == ["id  name  size  note", " 7  中é         n", "12  abcd  s"]


def test_a_dotted_name_leads_through_objects_and_lists() -> None:
    document = {"a": {"b": [{"c": 7}]}}
    assert at(document, "a.b.0.c") == 7
    assert [at(document, name) for name in ("a.x", "a.b.1", "a.b.c", "a.b.0.c.d")] == [None] * 4
