"""
SIP messages.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.sip.messages import NotSIP, Response, parse_response, written_request

OK = (
    b"SIP/2.0 200 OK\r\n"
    b"v: SIP/2.0/UDP 192.0.2.1:5070 ; BRANCH=z9hG4bKabc;rport=5070, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\r\n"
    b"From: <sip:a@b>;tag=1\r\n"
    b"CSeq: 2\r\n NOTIFY\r\n"
    b'WWW-Authenticate: Digest realm="a"\r\nWWW-Authenticate: Digest realm="b"\r\n'
    b"\r\nbody: x\r\n"
)


def test_a_response_with_compact_and_folded_headers() -> None:
    response = parse_response(OK)
    assert (response.status, response.branch) == (200, "z9hG4bKabc")
    assert response.all("cseq") == ["2 NOTIFY"]
    assert response.all("www-authenticate") == ['Digest realm="a"', 'Digest realm="b"']
    assert response.all("body") == []


@pytest.mark.parametrize(("old", "new"), [(b"\r\n", b"\n"), (b"From: ", b"From "), (b"From: ", b": ")])
def test_one_that_is_badly_written_is_understood_all_the_same(old: bytes, new: bytes) -> None:
    response = parse_response(OK.replace(old, new))
    assert (response.status, response.branch) == (200, "z9hG4bKabc")
    assert response.all("cseq") == ["2 NOTIFY"]
    assert response.all("body") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"SIP/2.0 200", b"SIP/3.0 200"),
        (b"SIP/2.0 200", b"SIP/2.0 099"),
        (b"SIP/2.0 200", b"SIP/2.0 700"),
        (b"SIP/2.0 200 OK", b"NOTIFY sip:a@b SIP/2.0"),
        (b" NOTIFY", b" INVITE"),
        (b"CSeq", b"X"),
        (b"v:", b"x:"),
        (b"BRANCH=z9hG4bKabc", b"branch="),
        (b"v: SIP", b"v SIP"),
        (OK, b""),
        (OK, b"\r\n\r\n"),
    ],
)
def test_what_is_no_answer_to_a_notify_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(NotSIP):
        parse_response(OK.replace(old, new))


@given(st.binary() | st.tuples(st.binary(max_size=20), st.integers(0, len(OK)), st.integers(0, len(OK))))
def test_any_datagram_is_a_response_or_refused(data: bytes | tuple[bytes, int, int]) -> None:
    if isinstance(data, tuple):
        junk, start, end = data
        data = OK[:start] + junk + OK[end:]
    try:
        response = parse_response(data)
    except NotSIP:
        return
    assert isinstance(response, Response)
    assert 100 <= response.status < 700
    assert response.branch


def test_a_request_tells_the_length_of_its_body_in_bytes() -> None:
    request = written_request("NOTIFY", "sip:u1@192.0.2.1", [("Via", "x"), ("Event", "check-sync")], "é\r\n")
    assert request == (
        b"NOTIFY sip:u1@192.0.2.1 SIP/2.0\r\nVia: x\r\nEvent: check-sync\r\n"
        b"Content-Length: 4\r\n\r\n\xc3\xa9\r\n"
    )
