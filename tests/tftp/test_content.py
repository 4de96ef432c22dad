import os
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.tftp import content as content_module
from provd.tftp.content import Content


def pieces(content: Content, size: int) -> list[bytes]:
    found = [content.read(size)]
    while len(found[-1]) == size:
        found.append(content.read(size))
    return found


class Trickle(BytesIO):
    """
    A file object that returns less than it was asked for.
    """

    def read(self, size: int | None = -1) -> bytes:
        return super().read(3)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_only_the_last_read_is_short(data: bytes, size: int) -> None:
    found = pieces(Content(Trickle(data)), size)
    assert b"".join(found) == data
    assert {len(piece) for piece in found[:-1]} <= {size}
    assert len(found[-1]) < size


def test_large_files_are_read_ahead_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_module, "READ_AHEAD", 100)
    data = os.urandom(12345)
    assert b"".join(pieces(Content(BytesIO(data)), 512)) == data


@given(st.binary(max_size=300).map(lambda data: data.translate(b"\r\n\n\r" * 64)), st.integers(1, 20))
def test_line_ends_are_translated_over_block_edges(data: bytes, size: int) -> None:
    wire = b"".join(pieces(Content(Trickle(data), netascii=True), size))
    assert wire.replace(b"\r\n", b"<LF>").replace(b"\r\x00", b"<CR>") == data.replace(b"\n", b"<LF>").replace(
        b"\r", b"<CR>"
    )


def test_netascii_of_unix_lines() -> None:
    assert Content(BytesIO(b"a\nb\r\nc\r"), netascii=True).read(99) == b"a\r\nb\r\x00\r\nc\r\x00"


def test_sizes_are_those_of_what_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a\nb\rc")
    with path.open("rb") as fobj:
        assert Content(fobj).size() == 5
        assert Content(fobj).read(9) == b"a\nb\rc"
    with path.open("rb") as fobj:
        assert Content(fobj, netascii=True).size() is None
    assert Content(BytesIO(b"a\nb\rc"), netascii=True).size() == 7
    assert Content(BytesIO(b"a\nb\rc")).size() == 5


def test_a_size_that_cannot_be_told_is_none() -> None:
    class Pipe:
        def read(self, size: int) -> bytes:
            return b""

    pipe: IO[bytes] = Pipe()  # type: ignore[assignment]
    assert Content(pipe).size() is None
    assert not Content(pipe).holds_descriptor()


def test_open_files_hold_a_descriptor_and_memory_does_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (tmp_path / "file").open("rb") as fobj:
        assert Content(fobj).holds_descriptor()
    assert not Content(BytesIO()).holds_descriptor()
