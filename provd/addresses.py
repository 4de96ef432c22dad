"""
MAC addresses, IPv4 addresses and UUIDs, each in the one spelling that provd compares, however a phone
or a person writes its own.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import uuid

__all__ = [
    "format_mac",
    "from_ip",
    "from_mac",
    "is_normed_ip",
    "is_normed_mac",
    "is_normed_uuid",
    "macs_in",
    "norm_ip",
    "norm_mac",
    "norm_uuid",
    "plain_address",
    "to_ip",
    "to_mac",
]

_NORMED_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)
_TWELVE_DIGITS = re.compile(r"[0-9A-Fa-f]{12}", re.ASCII)
_SIX_BYTES = re.compile(r"[0-9A-Fa-f]{1,2}(?:[:-][0-9A-Fa-f]{1,2}){5}", re.ASCII)
_NUMBER = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_NORMED_IP = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}){{3}}", re.ASCII)
_NORMED_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
_V4_MAPPED = "::ffff:"
_MAC_IN_TEXT = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2})(?![0-9A-Fa-f])"
)


def _mac_digits(text: str) -> str:
    if _NORMED_MAC.fullmatch(text):
        return text.replace(":", "")
    if _TWELVE_DIGITS.fullmatch(text):
        return text.lower()
    if _SIX_BYTES.fullmatch(text):
        return "".join(byte.zfill(2) for byte in re.split("[:-]", text.lower()))
    raise ValueError(f"not a MAC address: {text!r}")


def norm_mac(text: str) -> str:
    """
    Return ``text`` as a normalized MAC address, such as ``"00:15:65:aa:0b:1c"``.

    :param text: 12 hexadecimal digits, or six bytes of one or two digits split by ``:`` or ``-``, any case.
    :raises ValueError: if ``text`` is neither.
    """
    if _NORMED_MAC.fullmatch(text):
        return text
    return format_mac(text)


def macs_in(text: str) -> list[str]:
    """
    Return the MAC addresses that a text holds, such as a phone's ``User-Agent``, normalized: 12 hexadecimal
    digits, or six pairs split by ``:`` or ``-``, no further digit beside them.
    """
    return [norm_mac(match[0]) for match in _MAC_IN_TEXT.finditer(text)]


def format_mac(text: str, separator: str = ":", uppercase: bool = False) -> str:
    """
    Return a MAC address in another spelling, two digits for each byte.

    :param text: what :func:`norm_mac` accepts.
    :raises ValueError: if ``text`` isn't a MAC address.
    """
    digits = _mac_digits(text)
    if uppercase:
        digits = digits.upper()
    if not separator:
        return digits
    return separator.join(digits[i : i + 2] for i in range(0, 12, 2))


def is_normed_mac(text: str) -> bool:
    """
    Tell whether ``text`` is as :func:`norm_mac` returns it.
    """
    return _NORMED_MAC.fullmatch(text) is not None


def to_mac(text: str) -> str:
    """
    Return the six bytes of a MAC address as a text of six characters, code points 0 to 255.

    :raises ValueError: if ``text`` isn't a MAC address.
    """
    return bytes.fromhex(_mac_digits(text)).decode("latin-1")


def from_mac(packed: str, separator: str = ":", uppercase: bool = False) -> str:
    """
    Return a MAC address from what :func:`to_mac` returns.

    :raises ValueError: if ``packed`` isn't six characters of code points 0 to 255.
    """
    if len(packed) != 6 or any(ord(character) > 255 for character in packed):
        raise ValueError(f"not a packed MAC address: {packed!r}")
    return format_mac(packed.encode("latin-1").hex(), separator, uppercase)


def norm_ip(text: str) -> str:
    """
    Return ``text`` as a dotted quad without leading zeros.

    :param text: four decimal numbers, with leading zeros or without.
    :raises ValueError: if ``text`` isn't four numbers of 0 to 255.
    """
    if _NORMED_IP.fullmatch(text):
        return text
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise ValueError(f"not an IPv4 address: {text!r}")
    numbers = [int(part) for part in parts]
    if max(numbers) > 255:
        raise ValueError(f"not an IPv4 address: {text!r}")
    return ".".join(map(str, numbers))


def is_normed_ip(text: str) -> bool:
    """
    Tell whether ``text`` is as :func:`norm_ip` returns it.
    """
    return _NORMED_IP.fullmatch(text) is not None


def to_ip(text: str) -> bytes:
    """
    Return the four bytes of a dotted quad.

    :raises ValueError: if ``text`` isn't an IPv4 address.
    """
    return socket.inet_aton(norm_ip(text))


def from_ip(packed: bytes) -> str:
    """
    Return the dotted quad of four bytes.

    :raises ValueError: if ``packed`` isn't four bytes long.
    """
    if len(packed) != 4:
        raise ValueError(f"not a packed IPv4 address: {packed!r}")
    return socket.inet_ntoa(packed)


def norm_uuid(text: str) -> str:
    """
    Return ``text`` as a lower-case UUID in its 8-4-4-4-12 form.

    :raises ValueError: if ``text`` isn't a UUID in that form, any case.
    """
    lowered = text.lower()
    if not _NORMED_UUID.fullmatch(lowered):
        raise ValueError(f"not a UUID: {text!r}")
    return str(uuid.UUID(lowered))


def is_normed_uuid(text: str) -> bool:
    """
    Tell whether ``text`` is as :func:`norm_uuid` returns it.
    """
    return _NORMED_UUID.fullmatch(text) is not None


def plain_address(text: str) -> str:
    """
    Return a peer's address as provd compares and logs it: an IPv4 peer of an IPv6 socket
    (``::ffff:192.0.2.1``) as its dotted quad, an IPv6 address compressed and without its zone.

    :raises ValueError: if ``text`` is neither.
    """
    if text.startswith(_V4_MAPPED) and "." in text:
        return norm_ip(text[len(_V4_MAPPED) :])
    if ":" not in text:
        return norm_ip(text)
    address = ipaddress.IPv6Address(text.partition("%")[0])
    return str(address.ipv4_mapped or address)
