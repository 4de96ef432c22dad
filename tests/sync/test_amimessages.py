"""
Messages of Asterisk's manager interface.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.sync.amimessages import AMIError, MessageParser, written

# Captured from Asterisk 22.10.
CAPTURED = (
    b"Asterisk Call Manager/11.0.0\r\n"
    b"Response: Error\r\nActionID: e2\r\nMessage: Unable to retrieve endpoint nope\r\n\r\n\r\n"
    b"Event: ContactList\r\nActionID: c\r\nUri: sip:ap@127.0.0.2:26072\r\n"
    b"UserAgent: Yealink SIP-T46S 66.86.0.15 00:15:65:0a:0b:01\r\nOutboundProxy: \r\n\r\n"
)


@given(st.lists(st.integers(0, len(CAPTURED))))
def test_messages_are_the_same_however_they_arrive(cuts: list[int]) -> None:
    parser = MessageParser()
    ends = sorted({0, *cuts, len(CAPTURED)})
    pieces = [CAPTURED[start:end] for start, end in pairwise(ends)]
    error, contact = [message for piece in pieces for message in parser.feed(piece)]
    assert parser.banner == "Asterisk Call Manager/11.0.0"
    assert (error.get("response"), error.get("message")) == ("Error", "Unable to retrieve endpoint nope")
    assert contact.get("useragent") == "Yealink SIP-T46S 66.86.0.15 00:15:65:0a:0b:01"
    assert (contact.get("outboundproxy"), contact.get("absent")) == ("", "")


@given(st.lists(st.binary()))
def test_any_bytes_are_messages_or_a_mistake(pieces: list[bytes]) -> None:
    parser = MessageParser()
    for piece in pieces:
        parser.feed(piece)


def test_what_never_ends_is_a_mistake() -> None:
    with pytest.raises(AMIError, match="line"):
        MessageParser().feed(b"x" * 70000)
    with pytest.raises(AMIError, match="message"):
        MessageParser().feed(b"Asterisk\r\n" + b"a: b\r\n" * 2001)


TEXT = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(st.lists(st.tuples(st.from_regex(r"[A-Za-z]{1,9}", fullmatch=True), TEXT)))
def test_what_is_written_is_read_again(fields: list[tuple[str, str]]) -> None:
    (message,) = MessageParser().feed(b"banner\r\n" + written("Ping", fields))
    assert message.get("action") == "Ping" or any(name.lower() == "action" for name, _ in fields)
    seen = {}
    for name, value in [("Action", "Ping"), *fields]:
        seen.setdefault(name.lower(), value.strip())
    assert {name: message.get(name) for name in seen} == seen


@pytest.mark.parametrize("text", ["a\r\nAction: Originate", "a\nb", "a\0"])
def test_no_value_begins_another_line(text: str) -> None:
    with pytest.raises(AMIError):
        written("PJSIPNotify", [("Endpoint", text)])


def test_showing_a_message_shows_no_password() -> None:
    (message,) = MessageParser().feed(b"banner\r\nEvent: AuthDetail\r\nPassword: hunter2\r\n\r\n")
    assert "hunter2" not in repr(message)
