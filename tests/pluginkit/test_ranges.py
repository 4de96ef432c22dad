from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.pluginkit.ranges import MOST_PARTS, content_range, multipart, parts_asked


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        (b"bytes=0-0", [range(1)]),
        (b"bytes=2-4", [range(2, 5)]),
        (b"bytes=9-9", [range(9, 10)]),
        (b"bytes=2-", [range(2, 10)]),
        (b"bytes=2-99", [range(2, 10)]),
        (b"bytes=-3", [range(7, 10)]),
        (b"bytes=-10", [range(10)]),
        (b"bytes=-11", [range(10)]),
        (b"bytes=0-1,4-5", [range(2), range(4, 6)]),
        (b"bytes=4-5,0-1", [range(4, 6), range(2)]),
        (b"BYTES = 0-1 , ,\t4-5,", [range(2), range(4, 6)]),
        (b"bytes=0-1,10-", [range(2)]),
        (b"bytes=10-", []),
        (b"bytes=10-20,30-", []),
        (b"bytes=-0", []),
        (b"bytes=123456789012345678-", []),
    ],
)
def test_parts_of_ten_bytes(header: bytes, parts: list[range]) -> None:
    assert parts_asked(header, 10) == parts


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"bytes",
        b"bytes=",
        b"bytes=,",
        b"bytes=-",
        b"bytes=3-2",
        b"bytes=0-1,3-2",
        b"bytes=0--1",
        b"bytes=+1-2",
        b"bytes=1_0-",
        b"bytes=1-2-3",
        b"bytes=0x1-",
        b"bytes 0-1",
        b"seconds=0-1",
        b"bytes=\xb2-",
        b"bytes=1234567890123456789-",
        b"bytes=" + b"1" * 5000 + b"-",
        b"bytes=0-,0-",
        b"bytes=0-5,5-9",
        b"bytes=" + b",".join([b"0-0"] * (MOST_PARTS + 1)),
    ],
)
def test_headers_that_are_ignored(header: bytes) -> None:
    assert parts_asked(header, 10) is None


def test_an_empty_file_has_no_parts() -> None:
    assert parts_asked(b"bytes=0-", 0) == parts_asked(b"bytes=-1", 0) == []


NUMBERS = st.sampled_from([b"", b"0", b"1", b"7", b"99"])
HEADERS = st.one_of(
    st.binary(),
    st.binary().map(b"bytes=".__add__),
    st.lists(st.tuples(NUMBERS, NUMBERS).map(b"-".join), max_size=5).map(
        lambda parts: b"bytes=" + b",".join(parts)
    ),
)


@given(HEADERS, st.integers(0, 20))
def test_any_header_asks_for_parts_that_are_there_and_no_byte_twice(header: bytes, size: int) -> None:
    parts = parts_asked(header, size)
    for part in parts or ():
        assert 0 <= part.start < part.stop <= size
        assert part.step == 1
    assert sum(map(len, parts or ())) <= size


def test_the_length_of_several_parts_is_that_of_their_pieces() -> None:
    content = b"0123456789"
    kind, pieces, length = multipart([range(2), range(8, 10)], 10, b"text/plain")
    sent = b"".join(
        piece if isinstance(piece, bytes) else content[piece.start : piece.stop] for piece in pieces
    )
    boundary = kind.removeprefix(b"multipart/byteranges; boundary=")
    assert len(sent) == length
    assert sent.split(b"--" + boundary)[1:] == [
        b"\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n",
        b"\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n",
        b"--\r\n",
    ]


def test_a_part_names_its_last_byte() -> None:
    assert content_range(range(3, 6), 10) == b"bytes 3-5/10"
