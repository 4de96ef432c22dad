import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.tftp.options import MAX_IN_FLIGHT, Terms, negotiate


def agreed(*asked: tuple[bytes, bytes], size: int | None = 1000) -> Terms:
    return negotiate(asked, lambda: size)


def test_without_options_nothing_is_confirmed() -> None:
    assert agreed() == Terms(512, 1, None, ())


def test_what_is_granted_is_confirmed_in_the_spelling_and_order_of_the_phone() -> None:
    terms = agreed((b"TSIZE", b"0"), (b"BlkSize", b"1428"), (b"timeout", b"3"), (b"windowsize", b"8"))
    assert terms == Terms(
        1428,
        8,
        3,
        ((b"TSIZE", b"1000"), (b"BlkSize", b"1428"), (b"timeout", b"3"), (b"windowsize", b"8")),
    )


@pytest.mark.parametrize(
    ("asked", "granted"),
    [(b"8", 8), (b"512", 512), (b"65464", 65464), (b"65465", 65464), (b"99999999999", 65464), (b"0008", 8)],
)
def test_block_sizes_are_granted_up_to_the_largest(asked: bytes, granted: int) -> None:
    terms = agreed((b"blksize", asked))
    assert (terms.block_size, terms.granted) == (granted, ((b"blksize", str(granted).encode()),))


@pytest.mark.parametrize(
    "value", [b"", b"-1428", b"+9", b"1e3", b"big", b"9 ", "٣".encode(), b"9" * 400, b"\xff"]
)
@pytest.mark.parametrize("name", [b"blksize", b"windowsize", b"timeout", b"tsize"])
def test_what_is_no_number_is_passed_over(name: bytes, value: bytes) -> None:
    assert agreed((name, value)) == Terms(512, 1, None, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"blksize", b"0"),
        (b"blksize", b"7"),
        (b"windowsize", b"0"),
        (b"timeout", b"0"),
        (b"timeout", b"256"),
        (b"rollover", b"0"),
    ],
)
def test_values_out_of_range_and_unknown_options_are_passed_over(name: bytes, value: bytes) -> None:
    assert agreed((name, value)) == Terms(512, 1, None, ())


@pytest.mark.parametrize(
    ("block_size", "asked", "window"),
    [(512, 8, 8), (512, 65535, 64), (1428, 65535, 45), (65464, 65535, 1), (8, 100, 64)],
)
def test_a_window_is_bounded_in_blocks_and_bytes(block_size: int, asked: int, window: int) -> None:
    terms = agreed((b"windowsize", b"%d" % asked), (b"blksize", b"%d" % block_size))
    assert terms.window == window
    assert terms.window * terms.block_size <= MAX_IN_FLIGHT
    assert (b"windowsize", b"%d" % window) in terms.granted


@pytest.mark.parametrize("size", [None, 0])
def test_a_size_nobody_knows_and_that_of_an_empty_file_are_not_confirmed(size: int | None) -> None:
    assert agreed((b"tsize", b"0"), size=size) == Terms()


def test_the_first_of_two_spellings_counts() -> None:
    assert agreed((b"BLKSIZE", b"1000"), (b"blksize", b"600")).granted == ((b"BLKSIZE", b"1000"),)


@given(st.lists(st.tuples(st.sampled_from([b"blksize", b"windowsize", b"timeout", b"x"]), st.binary())))
def test_any_options_give_terms_within_bounds(asked: list[tuple[bytes, bytes]]) -> None:
    terms = negotiate(tuple(asked), lambda: 1)
    assert 8 <= terms.block_size <= 65464
    assert 1 <= terms.window <= 64
    assert terms.timeout is None or 1 <= terms.timeout <= 255
