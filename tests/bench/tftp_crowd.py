"""
Many phones that fetch one file over TFTP at once, in one process:
``python -m tests.bench.tftp_crowd HOST PORT NAME SIZE COUNT AT_ONCE``.

Prints the seconds that it took, and how many transfers failed.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import time

_TRIES = 10
_WAIT = 1.0


class _Fetch:
    """
    One phone: asks, acknowledges, and says again what is not answered within a second.
    """

    def __init__(self, server: tuple[str, int], request: bytes, size: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self._peer, self._last, self._left = server, request, size
        self._expected, self._tries = 1, 0
        self.ok = False
        self.again_at = 0.0
        self.say()

    def say(self) -> bool:
        self._tries += 1
        self.again_at = time.monotonic() + _WAIT
        self.socket.sendto(self._last, self._peer)
        return self._tries <= _TRIES

    def heard(self) -> bool:
        """
        Take a datagram; tell whether the transfer is over.
        """
        datagram, self._peer = self.socket.recvfrom(2048)
        if datagram[:2] != b"\x00\x03":
            return datagram[:2] == b"\x00\x05"
        if int.from_bytes(datagram[2:4], "big") != self._expected:
            return False
        self._left -= len(datagram) - 4
        self._last = b"\x00\x04" + datagram[2:4]
        self._expected += 1
        self._tries = 0
        self.say()
        if len(datagram) < 516:
            self.ok = self._left == 0
            return True
        return False


def fetch_all(server: tuple[str, int], name: str, size: int, count: int, at_once: int) -> tuple[float, int]:
    """
    Return the seconds that ``count`` transfers took, and how many of them failed.
    """
    request = b"\x00\x01" + name.encode() + b"\x00octet\x00"
    epoll, running = select.epoll(), {}
    started = finished = failures = 0
    began = time.monotonic()
    while finished < count:
        while len(running) < at_once and started < count:
            fetch = _Fetch(server, request, size)
            running[fetch.socket.fileno()] = fetch
            epoll.register(fetch.socket, select.EPOLLIN)
            started += 1
        over = [fetch for number, _ in epoll.poll(0.05) if (fetch := running[number]).heard()]
        now = time.monotonic()
        over += [fetch for fetch in running.values() if fetch.again_at < now and not fetch.say()]
        for fetch in over:
            del running[fetch.socket.fileno()]
            fetch.socket.close()
            finished += 1
            failures += not fetch.ok
    return time.monotonic() - began, failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("name")
    for number in ("size", "count", "at_once"):
        parser.add_argument(number, type=int)
    given = parser.parse_args()
    seconds, failures = fetch_all(
        (given.host, given.port), given.name, given.size, given.count, given.at_once
    )
    print(json.dumps({"seconds": seconds, "failures": failures}))


if __name__ == "__main__":
    main()
