from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provd.oneline import one_line


@given(st.text())
def test_one_line_is_printable_whatever_comes(text: str) -> None:
    assert one_line(text).isprintable()


def test_printable_text_stays_as_it_is() -> None:
    assert one_line("Zoë's phone \\n") == "Zoë's phone \\n"
    assert one_line("a\tb\udcff\u202e") == "a\\tb\\udcff\\u202e"
