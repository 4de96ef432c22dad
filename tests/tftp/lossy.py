"""
A bad network between a TFTP client and its server: loses, repeats and swaps datagrams, by a seeded chance.
"""

from __future__ import annotations

import random
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from provd.tftp.wire import OP_OACK, OP_RRQ


@dataclass
class Weather:
    """
    How often, of all datagrams, from 0 to 1.  Requests and confirmed options always arrive, and once: atftp
    takes a second confirmation for an error.
    """

    lost: float = 0.0
    repeated: float = 0.0
    swapped: float = 0.0
    seed: int = 4


class _Way:
    """
    One direction of one client's traffic.
    """

    def __init__(self, weather: Weather, chance: random.Random) -> None:
        self._weather = weather
        self._chance = chance
        self._late: bytes | None = None

    def arrivals(self, datagram: bytes) -> list[bytes]:
        if datagram[:2] in (OP_RRQ, OP_OACK):
            return [datagram]
        if self._chance.random() < self._weather.lost:
            return []
        if self._chance.random() < self._weather.repeated:
            return [datagram, datagram]
        late, self._late = self._late, None
        if late is not None:
            return [datagram, late]
        if self._chance.random() < self._weather.swapped:
            self._late = datagram
            return []
        return [datagram]


def _udp() -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    return udp


@contextmanager
def through(weather: Weather, port: int) -> Iterator[int]:
    """
    Yield the port of a way to the server at ``port`` through that weather, for one client at a time.
    """
    front, down, up, stop = _udp(), _udp(), _udp(), _udp()
    chance = random.Random(weather.seed)
    to_server, to_client = _Way(weather, chance), _Way(weather, chance)

    def carry() -> None:
        client, server = ("", 0), ("127.0.0.1", port)
        while True:
            readable, _, _ = select.select([front, down, up, stop], [], [])
            if stop in readable:
                return
            for udp in readable:
                datagram, peer = udp.recvfrom(65536)
                if udp is up:
                    server = peer
                    for arrival in to_client.arrivals(datagram):
                        down.sendto(arrival, client)
                else:
                    client = peer
                    if udp is front:
                        server = ("127.0.0.1", port)
                    for arrival in to_server.arrivals(datagram):
                        up.sendto(arrival, server)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield front.getsockname()[1]
    finally:
        stop.sendto(b"", stop.getsockname())
        thread.join()
        for udp in (front, down, up, stop):
            udp.close()
