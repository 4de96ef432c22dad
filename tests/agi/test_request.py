"""
What the dialplan asks.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.agi.request import BadRequest, provision_request
from provd.agi.wire import Environment
from provd.app.callers import Call

MAC = "00:15:65:aa:bb:01"
PHONE = "PJSIP/ap12345678-0000001a"
UUID = "00000000-0000-1000-8000-001565aabb01"


def asked(*arguments: str, channel: str = "Local/1@x-1;1", script: str = "provision") -> Environment:
    environment = Environment()
    environment.line(f"agi_request: agi://127.0.0.1/{script}")
    environment.line(f"agi_channel: {channel}")
    for number, argument in enumerate(arguments, 1):
        environment.line(f"agi_arg_{number}: {argument}")
    return environment


@pytest.mark.parametrize(
    ("arguments", "channel", "call"),
    [
        (["192.0.2.7"], "SIP/x-1", Call("192.0.2.7")),
        (["192.0.2.7:5060"], "SIP/x-1", Call("192.0.2.7")),
        (["192.0.2.7:5060"], PHONE, Call("192.0.2.7", "ap12345678")),
        (["[2001:db8::7]:5060", "phone1"], PHONE, Call("2001:db8::7", "phone1")),
        (["[2001:DB8::7]", "PJSIP/phone1"], PHONE, Call("2001:db8::7", "phone1")),
        (["2001:db8::7", "PJSIP/my-phone-0000001a"], PHONE, Call("2001:db8::7", "my-phone")),
        (["[::ffff:192.0.2.7]:5060", "PJSIP/a-b"], PHONE, Call("192.0.2.7", "a-b")),
        (["", "phone1"], "SIP/x-1", Call(None, "phone1")),
        ([], PHONE, Call(None, "ap12345678")),
        (["192.0.2.7", "", f"Yealink {MAC}"], "SIP/x-1", Call("192.0.2.7", None, (MAC,))),
        (
            ["192.0.2.7", "p", "Phone", " a", f'<sip:p@10.0.0.1>;+sip.instance="<urn:uuid:{UUID}>"'],
            PHONE,
            Call("192.0.2.7", "p", (), (MAC,)),
        ),
    ],
)
def test_a_phone_is_named_by_what_the_call_tells(arguments: list[str], channel: str, call: Call) -> None:
    request = provision_request(asked(" 480193 ", *arguments, channel=channel))
    assert request.call == call
    assert request.code.reveal() == "480193"
    assert "480193" not in repr(request)


@pytest.mark.parametrize(
    "environment",
    [
        asked("480193", "192.0.2.7", script="other"),
        asked("480193", "192.0.2.7", script=""),
        asked(),
        asked("", "192.0.2.7"),
        asked("480193"),
        asked("480193", "", ""),
        asked("480193", "192.0.2.256"),
        asked("480193", "192.0.2.7:"),
        asked("480193", "192.0.2.7:x"),
        asked("480193", "[2001:db8::7"),
        asked("480193", "[2001:db8::7]5060"),
        asked("480193", "[2001:db8::7]:"),
        asked("480193", "phone1"),
    ],
)
def test_what_the_dialplan_got_wrong_is_told_without_the_code(environment: Environment) -> None:
    with pytest.raises(BadRequest) as refused:
        provision_request(environment)
    assert "480193" not in str(refused.value)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cc", "Cs"])), max_size=7), st.text())
def test_anything_is_a_request_or_the_one_error(arguments: list[str], channel: str) -> None:
    environment = asked(*arguments)
    environment.values["channel"] = channel
    try:
        request = provision_request(environment)
    except BadRequest:
        return
    assert request.call.address or request.call.endpoint


@given(st.lists(st.text(st.characters(blacklist_categories=["Cc", "Cs"])), max_size=5))
def test_what_the_phone_says_never_passes_for_its_address_or_endpoint(said: list[str]) -> None:
    call = provision_request(asked("480193", "192.0.2.7:5060", "phone1", *said)).call
    assert (call.address, call.endpoint) == ("192.0.2.7", "phone1")
