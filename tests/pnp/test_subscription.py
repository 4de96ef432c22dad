"""
What phones ask, and what they are answered.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.pnp.identification import SubscriptionRequest
from provd.pnp.subscription import Subscription, accepted, notification, parse_subscription
from provd.sip.messages import NotSIP, parse_request

EVENT = 'ua-profile;profile-type="device";vendor="Yealink";model="SIP-T46S";version="66.86.0.15"'
HEADERS = {
    "Via": "SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1;rport",
    "From": "<sip:MAC%3A001565aa0b01@224.0.1.75>;tag=7",
    "To": "<sip:MAC%3A001565aa0b01@224.0.1.75>",
    "Call-ID": "c1",
    "CSeq": "1 SUBSCRIBE",
    "Contact": "<sip:MAC%3A001565aa0b01@192.0.2.7:5062>",
    "Event": EVENT,
}


def asked(method: str = "SUBSCRIBE", user: str = "MAC%3A001565aa0b01", **changes: str | None) -> bytes:
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in {**HEADERS, **named}.items() if value is not None]
    return "\r\n".join([f"{method} sip:{user}@224.0.1.75 SIP/2.0", *lines, "", ""]).encode()


def test_phone_tells_what_it_is() -> None:
    subscription = parse_subscription(asked(User_Agent="Yealink SIP-T46S 66.86.0.15"))
    assert subscription.told == {
        "vendor": "Yealink",
        "model": "SIP-T46S",
        "version": "66.86.0.15",
        "mac": "00:15:65:aa:0b:01",
    }
    assert subscription.agent == "Yealink SIP-T46S 66.86.0.15"
    assert subscription.contact == "sip:MAC%3A001565aa0b01@192.0.2.7:5062"


@pytest.mark.parametrize(
    ("changes", "mac"),
    [
        ({"user": "MAC%3a001565AA0B02"}, "00:15:65:aa:0b:02"),
        ({"user": "MAC:00-15-65-aa-0b-02"}, "00:15:65:aa:0b:02"),
        ({"user": "anonymous"}, "00:15:65:aa:0b:01"),
        ({"user": "anonymous", "From": "<sip:a@b>;tag=1"}, "00:15:65:aa:0b:01"),
        ({"user": "anonymous", "From": "<sip:a@b>;tag=1", "To": "<sip:a@b>"}, None),
    ],
)
def test_address_is_in_one_of_the_uris(changes: dict[str, str], mac: str | None) -> None:
    assert parse_subscription(asked(**changes)).told.get("mac") == mac


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("ua-profile", {}),
        ("UA-Profile ; vendor = snom ; model=snom710", {"vendor": "snom", "model": "snom710"}),
        ('ua-profile;vendor="a;b";model=""', {"vendor": "a;b"}),
        ('ua-profile;vendor="\u00e9";model="' + "x" * 65 + '"', {}),
        ('ua-profile;ip="10.0.0.1";uuid="1";vendor="A B"', {"vendor": "A B"}),
    ],
)
def test_only_what_a_phone_may_say_is_taken(event: str, told: dict[str, str]) -> None:
    assert parse_subscription(asked(Event=event)).told == {**told, "mac": "00:15:65:aa:0b:01"}


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\0" * 500,
        asked("REGISTER", CSeq="1 REGISTER"),
        asked("subscribe"),
        asked(Event="presence"),
        asked(Event=None),
        asked(Via=None),
        asked(Via="SIP/2.0/UDP 192.0.2.7"),
        asked(From=None),
        asked(Call_ID=None),
        asked(CSeq="1 NOTIFY"),
        asked(CSeq="x"),
        asked(To="<sip:a@b>;tag=1"),
        asked(User_Agent="x" * 501),
        asked(**{f"X_{number}": "y" for number in range(60)}),
        asked(user="a b"),
    ],
)
def test_whatever_else_comes_is_nothing(datagram: bytes) -> None:
    with pytest.raises(NotSIP):
        parse_subscription(datagram)


def written(subscription: Subscription) -> tuple[bytes, bytes]:
    answer = accepted(subscription, "192.0.2.5:40000", "t1", ("192.0.2.7", 5061))
    return answer, notification(
        subscription, "192.0.2.5:40000", "t1", "z9hG4bK2", "sip:192.0.2.7:5060", "http://192.0.2.5:8667/K/"
    )


def test_answer_goes_back_the_way_that_the_request_came() -> None:
    route = "<sip:192.0.2.9;lr>"
    subscription = parse_subscription(asked(Record_Route=route))
    lines = written(subscription)[0].decode().split("\r\n")
    assert lines[0] == "SIP/2.0 200 OK"
    assert lines[1] == ("Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1;rport=5061;received=192.0.2.7")
    assert f"Record-Route: {route}" in lines
    assert "To: <sip:MAC%3A001565aa0b01@224.0.1.75>;tag=t1" in lines
    assert "Expires: 0" in lines


def test_notification_is_of_the_dialog_that_the_answer_began() -> None:
    head, _, body = written(parse_subscription(asked()))[1].partition(b"\r\n\r\n")
    notify = parse_request(head + b"\r\n\r\n")
    assert (notify.method, notify.uri) == ("NOTIFY", "sip:MAC%3A001565aa0b01@192.0.2.7:5062")
    assert notify.all("from") == ["<sip:MAC%3A001565aa0b01@224.0.1.75>;tag=t1"]
    assert notify.all("to") == [HEADERS["From"]]
    assert notify.all("event") == ["ua-profile"]
    assert notify.all("content-type") == ["application/url"]
    assert notify.all("content-length") == [str(len(body))]
    assert body == b"http://192.0.2.5:8667/K/"


def test_plugins_see_a_user_agent_of_the_usual_form() -> None:
    request = SubscriptionRequest(parse_subscription(asked()), "192.0.2.7")
    assert request.getHeader(b"user-agent") == b"Yealink SIP-T46S 66.86.0.15 00:15:65:aa:0b:01"
    assert request.getHeader("User-Agent") == "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:0b:01"
    assert request.getHeader("host") is None
    snom = parse_subscription(asked(Event='ua-profile;vendor="snom";model="snom710"'))
    assert SubscriptionRequest(snom, "192.0.2.7").getHeader("user-agent") == "snom710 00:15:65:aa:0b:01"
    silent = parse_subscription(asked(Event="ua-profile", User_Agent="Acme A1"))
    assert SubscriptionRequest(silent, "192.0.2.7").getHeader("user-agent") == "Acme A1"


PIECES = st.lists(
    st.one_of(
        st.sampled_from([f"{name}: {value}\r\n".encode() for name, value in HEADERS.items()]),
        st.sampled_from([b"SUBSCRIBE sip:a@b SIP/2.0\r\n", b"\r\n", b" more\r\n", b"o: ua-profile\r\n"]),
        st.binary(max_size=30),
    ),
    max_size=14,
)  # fmt: skip


@given(PIECES)
def test_any_bytes_are_a_subscription_that_can_be_answered_or_nothing(pieces: list[bytes]) -> None:
    try:
        subscription = parse_subscription(b"".join(pieces))
    except NotSIP:
        return
    try:
        answers = written(subscription)
    except ValueError:  # a stray line end within a header
        return
    for answer in answers:
        assert answer.count(b"\r\n\r\n") == 1


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_a_phone_says_begins_another_header(vendor: str, user: str) -> None:
    event = f'ua-profile;vendor="{vendor}"'
    try:
        subscription = parse_subscription(asked(Event=event, From=f"<sip:{user}@b>;tag=1"))
        answer = written(subscription)[0]
    except ValueError:
        return
    assert len(answer.split(b"\r\n")) == 11
