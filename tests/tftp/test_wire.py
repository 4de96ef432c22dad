import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.tftp.wire import (
    ERR_FNF,
    ERR_UNDEF,
    MAX_ERROR_TEXT,
    OP_RRQ,
    OP_WRQ,
    Ack,
    Data,
    Error,
    MalformedPacket,
    OptionAck,
    Request,
    acknowledged_block,
    decode,
    error_datagram,
)

texts = st.binary(min_size=1).filter(lambda text: b"\x00" not in text)
options = st.lists(st.tuples(texts, texts)).map(tuple)
blocks = st.integers(0, 65535)
packets = st.one_of(
    st.builds(Request, st.sampled_from([OP_RRQ, OP_WRQ]), texts, texts.map(bytes.lower), options),
    st.builds(Data, blocks, st.binary()),
    st.builds(Ack, blocks),
    st.builds(Error, st.binary(min_size=2, max_size=2), texts),
    st.builds(OptionAck, options),
)


@given(packets)
def test_a_packet_survives_the_wire(packet) -> None:
    assert decode(packet.encode()) == packet


@given(st.one_of(st.binary(), st.binary().map(lambda rest: b"\x00\x01" + rest)))
def test_any_bytes_give_a_packet_or_the_one_error(datagram: bytes) -> None:
    try:
        packet = decode(datagram)
    except MalformedPacket:
        return
    assert isinstance(packet, Request | Data | Ack | Error | OptionAck)


@given(st.binary())
def test_the_short_cut_for_acknowledgements_agrees_with_the_parser(datagram: bytes) -> None:
    try:
        packet = decode(datagram)
    except MalformedPacket:
        packet = None
    assert acknowledged_block(datagram) == (packet.block if isinstance(packet, Ack) else None)


def test_a_request_with_options_is_read() -> None:
    packet = decode(b"\x00\x01/spa504G.cfg\x00OCTET\x00blksize\x001428\x00TSize\x000\x00")
    assert packet == Request(OP_RRQ, b"/spa504G.cfg", b"octet", ((b"blksize", b"1428"), (b"TSize", b"0")))


@pytest.mark.parametrize("tail", [b"\x00", b"\x00\x00\x00\x00", b"blksize\x00", b"blksize\x00512", b"junk"])
def test_padding_and_cut_options_after_a_request_are_dropped(tail: bytes) -> None:
    assert decode(b"\x00\x01a\x00octet\x00" + tail) == Request(OP_RRQ, b"a", b"octet")


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x00",
        b"\x00\x01",
        b"\x00\x01a",
        b"\x00\x01a\x00",
        b"\x00\x01a\x00octet",
        b"\x00\x01\x00octet\x00",
        b"\x00\x03\x00",
        b"\x00\x04",
        b"\x00\x07\x00\x00",
        b"\x01\x00a\x00octet\x00",
    ],
)
def test_what_is_no_packet_is_malformed(datagram: bytes) -> None:
    with pytest.raises(MalformedPacket):
        decode(datagram)


def test_error_texts_are_short_printable_ascii() -> None:
    assert (
        error_datagram(ERR_FNF, "é\x00\n" + "x" * 999)
        == b"\x00\x05\x00\x01???" + b"x" * (MAX_ERROR_TEXT - 3) + b"\x00"
    )
    assert error_datagram(ERR_UNDEF, b"no\x00") == b"\x00\x05\x00\x00no?\x00"


@pytest.mark.parametrize("code", [b"", b"\x01", b"\x00\x00\x01", 1, None, "\x00\x01"])
def test_a_senseless_error_code_becomes_0(code: object) -> None:
    assert error_datagram(code, "x") == b"\x00\x05\x00\x00x\x00"  # type: ignore[arg-type]
