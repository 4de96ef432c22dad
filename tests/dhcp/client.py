"""
Phones that ask for addresses (RFC 2131), over a socket of the network namespace that this runs in.

As a program, ``client.py INTERFACE SECONDS``: reads a list of phones as JSON from its standard input, each
with ``mac`` and perhaps ``option_60`` (text) and ``address`` (a lease to be renewed), and writes what they
got: ``address``, ``options`` (hexadecimal, by code) and ``seconds`` from the request to its acknowledgment,
or null for a phone that got nothing.
"""

from __future__ import annotations

import json
import random
import select
import socket
import struct
import sys
import time
from typing import Any

_HEADER = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s4s")
_COOKIE = bytes.fromhex("63825363")
DISCOVER, OFFER, REQUEST, _, ACK, NAK = range(1, 7)
# What phones ask for, and nothing of ours: it must come unasked.
_ASKED = bytes([1, 3, 6, 42, 12, 15])
_FORCE_BUFFER = 33  # SO_RCVBUFFORCE, socket(7)
_NOTHING = b"\0\0\0\0"


def message(kind: int, number: int, mac: str, options: dict[int, bytes], address: bytes = _NOTHING) -> bytes:
    """
    Return a message to a server that is to answer by broadcast.
    """
    head = _HEADER.pack(
        1, 1, 6, 0, number, 0, 0x8000, address, _NOTHING, _NOTHING, _NOTHING,
        bytes.fromhex(mac.replace(":", "")), b"", b"", _COOKIE,
    )  # fmt: skip
    told = {53: bytes([kind]), **options}
    body = b"".join(bytes([code, len(value)]) + value for code, value in told.items())
    return (head + body + b"\xff").ljust(300, b"\0")


def parsed(data: bytes) -> tuple[int, bytes, dict[int, bytes]]:
    """
    Return the number of an answer, the address in it, and its options.
    """
    fields = _HEADER.unpack_from(data)
    options: dict[int, bytes] = {}
    rest = data[_HEADER.size :]
    while rest and rest[0] != 255:
        if rest[0] == 0:
            rest = rest[1:]
            continue
        code, size = rest[0], rest[1]
        options[code] = options.get(code, b"") + rest[2 : 2 + size]
        rest = rest[2 + size :]
    return fields[4], fields[8], options


class Phone:
    def __init__(self, told: dict[str, Any], number: int) -> None:
        self.mac: str = told["mac"]
        self.number = number
        self.own: dict[int, bytes] = {55: _ASKED}
        if told.get("option_60") is not None:
            self.own[60] = told["option_60"].encode("latin-1")
        self.renewed = socket.inet_aton(told["address"]) if told.get("address") else None
        self.offer: tuple[bytes, bytes] | None = None
        self.began = 0.0
        self.got: dict[str, Any] | None = None

    def asks(self) -> bytes:
        if self.renewed is not None or self.offer is not None:
            self.began = self.began or time.monotonic()
        if self.renewed is not None:
            return message(REQUEST, self.number, self.mac, self.own, self.renewed)
        if self.offer is None:
            return message(DISCOVER, self.number, self.mac, self.own)
        address, server = self.offer
        return message(REQUEST, self.number, self.mac, {**self.own, 50: address, 54: server})

    def hears(self, address: bytes, options: dict[int, bytes]) -> bool:
        """
        Take an answer; tell whether there is more to ask.
        """
        kind = options.get(53, b"\0")[0]
        if kind == OFFER and self.offer is None:
            self.offer = address, options[54]
            return True
        if kind == NAK and self.got is None:
            # dnsmasq may offer one address to two phones that ask at once.
            self.offer = self.renewed = None
            self.began = 0.0
            return True
        if kind == ACK and self.got is None:
            self.got = {
                "address": socket.inet_ntoa(address),
                "options": {code: value.hex() for code, value in options.items()},
                "seconds": time.monotonic() - self.began,
            }
        return False


def lease(interface: str, told: list[dict[str, Any]], patience: float) -> list[dict[str, Any] | None]:
    """
    Have phones ask all at once, and again each second, for so many seconds at most.
    """
    numbers = random.sample(range(1, 1 << 32), len(told))
    phones = {number: Phone(each, number) for each, number in zip(told, numbers, strict=True)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        wire.setsockopt(socket.SOL_SOCKET, _FORCE_BUFFER, 1 << 23)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        wire.bind(("0.0.0.0", 68))
        end = time.monotonic() + patience
        again = 0.0
        while time.monotonic() < end:
            waiting = [phone for phone in phones.values() if phone.got is None]
            if not waiting:
                break
            if time.monotonic() >= again:
                for phone in waiting:
                    wire.sendto(phone.asks(), ("255.255.255.255", 67))
                again = time.monotonic() + 2
            if not select.select([wire], [], [], 0.1)[0]:
                continue
            number, address, options = parsed(wire.recv(2048))
            phone_of = phones.get(number)
            if phone_of is not None and phone_of.hears(address, options):
                wire.sendto(phone_of.asks(), ("255.255.255.255", 67))
    return [phones[number].got for number in numbers]


if __name__ == "__main__":
    json.dump(lease(sys.argv[1], json.load(sys.stdin), float(sys.argv[2])), sys.stdout)
