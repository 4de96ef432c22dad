"""
What plugins want to send, checked.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.sync.sip import CannotNotify
from provd.sync.ways import Notify, notify_of


def test_lines_of_the_body_are_told_from_headers() -> None:
    notify = notify_of(
        "x", ["Content-Type=text/plain", "Content=a=b", "Content-Length=9", "Content=", "X-A="]
    )
    assert notify.headers == [("Content-Type", "text/plain"), ("X-A", "")]
    assert notify.body == "a=b\r\n"


@pytest.mark.parametrize(
    ("event", "extra"),
    [
        ("", []),
        ("check-sync\r\nVia: x", []),
        ("check-sync", ["X=1\r\nRoute: <sip:x>"]),
        ("check-sync", ["X=\x00"]),
        ("check-sync", ["no value"]),
        ("check-sync", ["=x"]),
        ("check-sync", ["A B=x"]),
        ("check-sync", [5]),
        ("check-sync", ["Via=x"]),
        ("check-sync", ["TO=x"]),
        ("check-sync", ["Event=other"]),
        ("check-sync", ["X=" + "y" * 9000]),
        ("x\ud800", []),
    ],
)
def test_what_cannot_stand_in_a_message_is_refused(event: str, extra: list[str]) -> None:
    with pytest.raises(CannotNotify):
        notify_of(event, extra)


@given(st.text(), st.lists(st.text() | st.builds("{}={}".format, st.sampled_from("XY"), st.text())))
def test_any_text_is_a_notify_of_whole_lines_or_refused(event: str, extra: list[str]) -> None:
    try:
        notify = notify_of(event, extra)
    except CannotNotify:
        return
    assert isinstance(notify, Notify)
    for text in (notify.event, *(part for header in notify.headers for part in header)):
        assert not set(text) & set("\r\n\0")
        text.encode()
