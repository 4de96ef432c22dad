"""
A whole daemon among strangers: what they send costs no memory, descriptor, log or phone.
"""

from __future__ import annotations

import random
import resource
import signal
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.running import OWN, Daemon
from tests.support import missing

MEGABYTE = 1 << 20


def served(daemon: Daemon) -> Path:
    return daemon.data / "plugins" / "yealink" / "var" / "tftpboot"


def read_request(name: bytes, mode: bytes = b"octet") -> bytes:
    return struct.pack("!H", 1) + name + b"\0" + mode + b"\0"


def fetch(port: int, name: bytes, address: str) -> bytes:
    """
    Return what a phone gets for a file of less than a block, or the error packet; it asks anew every second,
    as the kernel drops what comes too fast.
    """
    for _ in range(15):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind((address, 0))
            phone.settimeout(1)
            phone.sendto(read_request(name), ("127.0.0.1", port))
            try:
                packet, peer = phone.recvfrom(2048)
            except TimeoutError:
                continue
            if packet[:2] == b"\0\3":
                phone.sendto(b"\0\4" + packet[2:4], peer)
            return packet
    raise AssertionError(f"no answer to {name!r}")


def a_datagram(random_: random.Random) -> bytes:
    kind = random_.random()
    if kind < 0.4:
        return random_.randbytes(random_.randrange(0, 600))
    name = bytes(random_.choices(b"abcdef0123456789./\\%\xff\0", k=random_.randrange(0, 40)))
    if kind < 0.8:
        return read_request(name + b".cfg", random_.choice([b"octet", b"netascii", b"mail", b"\xff"]))
    whole = read_request(name) + b"blksize\0" + str(random_.randrange(-9, 99999)).encode() + b"\0"
    return whole[: random_.randrange(1, len(whole))]


def test_random_datagrams_leave_the_daemon_as_it_was(daemon: Daemon) -> None:
    daemon.start()
    first = daemon.get(OWN)
    (served(daemon) / "small.bin").write_bytes(b"small")
    random_ = random.Random(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.7.7.7", 0))
        stranger.connect(("127.0.0.1", daemon.tftp))
        stranger.setblocking(False)

        def send(count: int) -> None:
            for number in range(count):
                stranger.send(a_datagram(random_))
                if number % 200 == 0:  # at the pace at which they are read
                    assert fetch(daemon.tftp, b"small.bin", "127.0.0.1") == b"\0\3\0\1small"
                try:
                    while True:
                        stranger.recv(2048)
                except BlockingIOError:
                    pass

        send(20_000)
        memory, open_files = daemon.resident(), daemon.descriptors()
        send(100_000)
    grown = daemon.resident() - memory
    assert grown < 16 * MEGABYTE, grown
    assert daemon.descriptors() <= open_files + 8
    assert daemon.get(OWN) == first
    assert daemon.end() == 0
    assert len((daemon.data / "security.log").read_bytes()) < 200_000
    assert len("".join(daemon.said)) < 50_000
    assert "Traceback" not in "".join(daemon.said)


@pytest.fixture
def many_sockets() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3000:
        missing("the right to 3,000 open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_sockets")
def test_unanswered_transfers_hurt_nobody_else(daemon: Daemon) -> None:
    def few_descriptors() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))

    daemon.start(before=few_descriptors)
    first = daemon.get(OWN)
    (served(daemon) / "small.bin").write_bytes(b"small")
    fetch(daemon.tftp, b"small.bin", "127.0.0.1")
    silent = []
    try:
        for number in range(2000):
            address = f"127.8.{number // 250}.{number % 250 + 1}"
            phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            silent.append(phone)
            phone.bind((address, 0))
            # Each is a phone of its own, so that each gets a transfer.
            phone.sendto(read_request(b"001565%06x.cfg" % number), ("127.0.0.1", daemon.tftp))
            if number % 20 == 0:
                time.sleep(0.01)  # the socket's buffer in the kernel holds some hundred requests
        assert daemon.get(OWN)[0] == 200  # HTTP goes on
        answer = fetch(daemon.tftp, b"small.bin", "127.0.0.1")  # and so does who acknowledges
        assert answer[:2] in (b"\0\3", b"\0\5")
        assert daemon.descriptors() < 1024
        deadline = time.monotonic() + 30
        while daemon.descriptors() > 40 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert daemon.descriptors() <= 40
    finally:
        for phone in silent:
            phone.close()
    assert fetch(daemon.tftp, b"small.bin", "127.0.0.1") == b"\0\3\0\1small"
    assert daemon.get(OWN)[1][:100] == first[1][:100]
    assert daemon.end(signal.SIGTERM) == 0
    assert "Traceback" not in "".join(daemon.said)
