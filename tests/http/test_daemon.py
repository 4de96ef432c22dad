"""
The whole daemon, in a process of its own, and phones that treat it badly.
"""

from __future__ import annotations

import random
import re
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemon.running import AGENT, OWN, Daemon

MEGABYTE = 1 << 20
COMMON = "y000000000066.cfg"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    daemon.start()
    yield daemon
    assert daemon.process is not None
    if daemon.process.poll() is None:
        daemon.process.kill()
        daemon.process.wait()
    assert daemon.process.stdout is not None
    daemon.process.stdout.close()


def put_sparse(daemon: Daemon, name: str, size: int) -> None:
    with open(daemon.data / "plugins" / "yealink" / "var" / "tftpboot" / name, "wb") as file:
        file.truncate(size)


@contextmanager
def phone(
    daemon: Daemon, sent: bytes = b"", receive_buffer: int | None = None, address: str = "127.0.0.1"
) -> Iterator[socket.socket]:
    with socket.socket() as connection:
        # Reset at the end: thousands of closed connections would keep their ports for a minute.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.bind((address, 0))
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", daemon.http))
        connection.sendall(sent)
        yield connection


def ask(name: str) -> bytes:
    return f"GET /{name} HTTP/1.1\r\nHost: x\r\nUser-Agent: {AGENT}\r\n\r\n".encode()


def receive(connection: socket.socket, size: int) -> int:
    """
    Return how much came of ``size`` bytes, all but at the end of the connection.
    """
    got = 0
    while got < size:
        chunk = connection.recv(min(MEGABYTE, size - got))
        if not chunk:
            break
        got += len(chunk)
    return got


def ended(connection: socket.socket) -> bool:
    """
    Wait for the end of a connection on which nothing more comes.
    """
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def head_of(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    return head


def test_large_files_stream_at_the_pace_of_the_slowest(daemon: Daemon) -> None:
    put_sparse(daemon, "large.rom", 64 * MEGABYTE)
    daemon.get(OWN)
    before = daemon.resident()
    with phone(daemon, ask("large.rom"), 65536) as slow, phone(daemon, ask("large.rom")) as fast:
        assert b"Content-Length: 67108864\r\n" in head_of(slow)
        assert b"Content-Length: 67108864\r\n" in head_of(fast)
        assert receive(fast, 64 * MEGABYTE) == 64 * MEGABYTE
        assert daemon.resident() - before < 4 * MEGABYTE
        assert receive(slow, 64 * MEGABYTE) == 64 * MEGABYTE
    assert daemon.resident() - before < 4 * MEGABYTE


def test_pipelined_requests_of_who_reads_nothing_cost_one_answer(daemon: Daemon) -> None:
    put_sparse(daemon, "almost.rom", MEGABYTE)
    daemon.get(OWN)
    before = daemon.resident()
    with phone(daemon, ask("almost.rom") * 300, 65536) as greedy:
        assert daemon.get(OWN)[0] == 200
        assert daemon.resident() - before < 8 * MEGABYTE
        for _ in range(20):
            head_of(greedy)
            assert receive(greedy, MEGABYTE) == MEGABYTE
    assert daemon.resident() - before < 8 * MEGABYTE


TEMPLATES = [
    f"GET /{COMMON} HTTP/1.1\r\nHost: x\r\nUser-Agent: Yealink SIP-T46S 66.86.0.15\r\n\r\n",
    f"HEAD /{COMMON} HTTP/1.1\r\nHost: 127.0.0.1:8667\r\nUser-Agent: Yealink SIP-T46S 66.86.0.15\r\n"
    'If-None-Match: "1-1"\r\nRange: bytes=0-99,200-\r\nIf-Range: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n',
    "POST /upload?x=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 11\r\n\r\nmac=1&b=%41",
    "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 76\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    '--b\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nx\r\n--b--\r\n',
    "PUT /log HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=y\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
    "GET http://x/../%2e%2e/etc/passwd HTTP/1.0\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: a=b; c\r\n\r\n",
]
SPICES = ["\r\n", "\0", "\n", " ", ":", "%", "%00", "/", "..", "\xff", "Content-Length: 9\r\n", "Host: y\r\n"]
SPICES += [
    "Transfer-Encoding: chunked\r\n",
    "X: " + "y" * 20000,
    "9" * 5000,
    "\r\n\r\n",
    "HTTP/1.1",
    ",",
    "-",
    ";",
]


def malformed(random_: random.Random) -> bytes:
    if random_.random() < 0.1:
        return random_.randbytes(random_.randrange(1, 600))
    text = random_.choice(TEMPLATES)
    if random_.random() < 0.2:
        text += random_.choice(TEMPLATES)
    for _ in range(random_.randrange(1, 5)):
        start = random_.randrange(len(text))
        end = min(start + random_.choice([0, 0, 1, 1, 5, 40]), len(text))
        text = text[:start] + random_.choice([*SPICES, text[start:end] * 2, ""]) + text[end:]
    return text.encode("latin-1")


def test_malformed_requests_leave_the_daemon_as_it_was(daemon: Daemon) -> None:
    first = daemon.get(OWN)
    random_ = random.Random(7)

    def send(count: int) -> None:
        for number in range(count):
            with phone(daemon, malformed(random_), address="127.7.7.7"):
                if number % 50 == 0:  # at the pace at which they are read
                    assert daemon.get(OWN) == first

    send(3000)
    memory, open_files = daemon.resident(), daemon.descriptors()
    send(10_000)
    assert daemon.get(OWN) == first
    assert daemon.resident() - memory < 8 * MEGABYTE
    assert daemon.descriptors() <= open_files + 8
    assert daemon.end() == 0
    assert len((daemon.data / "security.log").read_bytes()) < 100_000
    assert len("".join(daemon.said)) < 50_000


def test_at_the_end_idle_phones_are_sent_away_and_others_get_what_they_asked_for(daemon: Daemon) -> None:
    put_sparse(daemon, "large.rom", 32 * MEGABYTE)
    assert daemon.process is not None
    with (
        phone(daemon) as silent,
        phone(daemon, ask(OWN)) as idle,
        phone(daemon, ask("large.rom")[:-2]) as half,
        phone(daemon, ask("large.rom") + ask(OWN), 65536) as busy,
    ):
        head_of(busy)
        length = re.search(rb"Content-Length: (\d+)", head_of(idle))
        assert length is not None
        receive(idle, int(length[1]))
        daemon.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        for connection in (silent, idle, half):
            assert ended(connection)
        assert time.monotonic() - started < 2
        assert receive(busy, 33 * MEGABYTE) == 32 * MEGABYTE  # and not the one asked for after it
        assert daemon.process.wait(5) == 0
        with pytest.raises(ConnectionRefusedError), phone(daemon):
            pass


def test_who_takes_nothing_does_not_hold_up_the_end(daemon: Daemon) -> None:
    put_sparse(daemon, "large.rom", 32 * MEGABYTE)
    with phone(daemon, ask("large.rom"), 65536) as stalled:
        head_of(stalled)
        started = time.monotonic()
        assert daemon.end() == 0
        assert 4 < time.monotonic() - started < 10
