from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from provd.pluginhost.signing import Ed25519PrivateKey, new_key, public_key, read_key, sign, verify

# RFC 8032, 7.1, test 3.
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
)
PUBLIC = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
DATA = bytes.fromhex("af82")
SIGNATURE = (
    base64.b64encode(
        bytes.fromhex(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        )
    )
    + b"\n"
)


def test_a_signature_is_that_of_the_standard_as_one_line() -> None:
    assert sign(DATA, KEY) == SIGNATURE


def test_what_was_signed_is_known_from_anything_else() -> None:
    assert verify(DATA, SIGNATURE, PUBLIC)
    assert not verify(DATA + b" ", SIGNATURE, PUBLIC)
    assert not verify(DATA, SIGNATURE, read_key(new_key()).public_key().public_bytes_raw())


def test_of_several_signatures_one_must_be_good() -> None:
    other = sign(DATA, read_key(new_key()))
    assert verify(DATA, other + SIGNATURE, PUBLIC)
    assert verify(DATA, b"junk\r\n" + SIGNATURE.rstrip(), PUBLIC)
    assert not verify(DATA, other + other, PUBLIC)


@given(st.binary() | st.from_regex(r"[A-Za-z0-9+/=\n]*").map(str.encode))
def test_nothing_else_is_a_signature(signature: bytes) -> None:
    assert not verify(DATA, signature, PUBLIC)


def test_a_key_that_is_none_verifies_nothing() -> None:
    assert not verify(DATA, SIGNATURE, b"")


def test_the_public_key_is_32_bytes_in_base64() -> None:
    assert public_key(KEY) == "/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU="


def test_a_new_key_can_be_read_and_is_never_the_same() -> None:
    assert public_key(read_key(new_key())) != public_key(read_key(new_key()))


def test_other_kinds_of_keys_and_encrypted_ones_are_no_key() -> None:
    for pem in (
        generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        b"",
    ):
        with pytest.raises(ValueError, match="isn't an Ed25519 private key without a password"):
            read_key(pem)
