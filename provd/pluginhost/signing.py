"""
Ed25519 signatures (RFC 8032) of a repository's index: who has the private key made it, and nobody changed it.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

__all__ = ["Ed25519PrivateKey", "new_key", "public_key", "read_key", "sign", "verify"]


def new_key() -> bytes:
    """
    Return a new private key, as PEM.
    """
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes) -> Ed25519PrivateKey:
    """
    Return a private key.

    :raises ValueError: if it isn't an Ed25519 key without a password.
    """
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("isn't an Ed25519 private key without a password")
    return key


def public_key(key: Ed25519PrivateKey) -> str:
    """
    Return the public key of a private one, as ``general.plugin_server_keys`` takes it: 32 bytes in base64.
    """
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """
    Return a signature: 64 bytes in base64, and a line feed.
    """
    return base64.b64encode(key.sign(data)) + b"\n"


def verify(data: bytes, signatures: bytes, key: bytes) -> bool:
    """
    Tell whether one of the signatures is good: while a key or what it signs is replaced, there may be two.

    :param signatures: each a line, as :func:`sign` returns it.
    :param key: the 32 bytes of the public key.
    """
    return any(_is_good(data, line.strip(), key) for line in signatures.splitlines())


def _is_good(data: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, ValueError):
        return False
    return True
