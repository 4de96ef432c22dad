"""
Datagrams to packets and back: RFC 1350, with the options of RFC 2347.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

OP_RRQ = b"\x00\x01"
OP_WRQ = b"\x00\x02"
OP_DATA = b"\x00\x03"
OP_ACK = b"\x00\x04"
OP_ERR = b"\x00\x05"
OP_OACK = b"\x00\x06"

ERR_UNDEF = b"\x00\x00"
ERR_FNF = b"\x00\x01"
ERR_ACCESS = b"\x00\x02"
ERR_ALLOC = b"\x00\x03"
ERR_ILL = b"\x00\x04"
ERR_UNKNWN_TID = b"\x00\x05"
ERR_FEXIST = b"\x00\x06"
ERR_NO_USER = b"\x00\x07"

#: The longest text of an error packet, in bytes: answers to strangers stay short.
MAX_ERROR_TEXT = 100

_HEADER = struct.Struct("!HH")
_DATA = 3

Options = tuple[tuple[bytes, bytes], ...]
"""Names and values as sent, in that order."""


class MalformedPacket(ValueError):
    """
    A datagram that isn't a TFTP packet.
    """


@dataclass(frozen=True, slots=True)
class Request:
    """
    A read or write request.

    :param opcode: ``OP_RRQ`` or ``OP_WRQ``.
    :param filename: as sent; any bytes but NUL, at least one.
    :param mode: lower case.
    """

    opcode: bytes
    filename: bytes
    mode: bytes
    options: Options = ()

    def encode(self) -> bytes:
        """
        Return the datagram.
        """
        return self.opcode + _terminated([self.filename, self.mode, *_flat(self.options)])


@dataclass(frozen=True, slots=True)
class Data:
    """
    A block of the file.
    """

    block: int
    payload: bytes

    def encode(self) -> bytes:
        """
        Return the datagram.
        """
        return encode_data(self.block, self.payload)


@dataclass(frozen=True, slots=True)
class Ack:
    """
    All blocks up to this one have arrived.
    """

    block: int

    def encode(self) -> bytes:
        """
        Return the datagram.
        """
        return OP_ACK + self.block.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Error:
    """
    The end of a transfer, or of a request; never answered.

    :param code: two bytes, one of the ``ERR_`` constants or a newer one.
    """

    code: bytes
    text: bytes

    def encode(self) -> bytes:
        """
        Return the datagram.
        """
        return OP_ERR + self.code + self.text + b"\x00"


@dataclass(frozen=True, slots=True)
class OptionAck:
    """
    The options that the server grants (RFC 2347).
    """

    options: Options

    def encode(self) -> bytes:
        """
        Return the datagram.
        """
        return OP_OACK + _terminated(_flat(self.options))


Packet = Request | Data | Ack | Error | OptionAck


def encode_data(block: int, payload: bytes) -> bytes:
    """
    Return the datagram of a block, as :meth:`Data.encode` does, without making a packet first.
    """
    return _HEADER.pack(_DATA, block) + payload


def acknowledged_block(datagram: bytes) -> int | None:
    """
    Return the block number if the datagram is an acknowledgement.  Bytes behind it are ignored.
    """
    if len(datagram) >= 4 and datagram[:2] == OP_ACK:
        return datagram[2] << 8 | datagram[3]
    return None


def decode(datagram: bytes) -> Packet:
    """
    Return the packet in a datagram.

    :raises MalformedPacket: if there is none.
    """
    opcode = datagram[:2]
    if opcode in (OP_RRQ, OP_WRQ):
        return _decode_request(opcode, datagram[2:])
    if opcode == OP_OACK:
        return OptionAck(_pairs(_texts(datagram[2:])))
    if len(datagram) < 4:
        raise MalformedPacket("too short")
    if opcode == OP_DATA:
        return Data(int.from_bytes(datagram[2:4], "big"), datagram[4:])
    if opcode == OP_ACK:
        return Ack(int.from_bytes(datagram[2:4], "big"))
    if opcode == OP_ERR:
        return Error(datagram[2:4], datagram[4:].partition(b"\x00")[0])
    raise MalformedPacket("unknown opcode")


def _decode_request(opcode: bytes, body: bytes) -> Request:
    texts = _texts(body)
    if len(texts) < 2 or not texts[0]:
        raise MalformedPacket("no file name or no mode")
    return Request(opcode, texts[0], texts[1].lower(), _pairs(texts[2:]))


def _texts(body: bytes) -> list[bytes]:
    """
    Return the NUL-terminated texts; what follows the last NUL is dropped, as it may be cut off.
    """
    return body.split(b"\x00")[:-1]


def _pairs(texts: list[bytes]) -> Options:
    """
    Return names with values; padding (empty names) and a name without a value are dropped.
    """
    return tuple((name, value) for name, value in zip(texts[::2], texts[1::2], strict=False) if name)


def _flat(options: Options) -> list[bytes]:
    return [text for option in options for text in option]


def _terminated(texts: Iterable[bytes]) -> bytes:
    return b"".join(text + b"\x00" for text in texts)


def error_datagram(code: bytes, text: str | bytes) -> bytes:
    """
    Return an error packet, whatever was made of its parts: a code that isn't two bytes becomes 0, a text
    is cut at ``MAX_ERROR_TEXT`` bytes, and what isn't printable ASCII in it becomes ``?``.
    """
    if not isinstance(code, bytes) or len(code) != 2:
        code = ERR_UNDEF
    ascii_text = text if isinstance(text, bytes) else str(text).encode("ascii", "replace")
    shown = bytes(byte if 32 <= byte < 127 else ord("?") for byte in ascii_text[:MAX_ERROR_TEXT])
    return Error(code, shown).encode()
