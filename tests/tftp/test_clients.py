"""
The server, in a process of its own, and the clients that people use.
"""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provd.tftp.wire import OP_RRQ, Ack, Data, Error, Packet, Request, decode
from tests.support import need_program
from tests.tftp.child import Child, serving
from tests.tftp.lossy import Weather, through

SIZES = (0, 1, 511, 512, 513, 1428, 14280, 300_000)
Fetch = Callable[[str, int, str, Path], None]


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=50, check=True)


def curl(host: str, port: int, name: str, target: Path, *options: str) -> None:
    target.touch()  # curl makes no file of an empty one
    at = f"[{host}]" if ":" in host else host
    run(need_program("curl"), "-sS", "--max-time", "40", *options, "-o", target, f"tftp://{at}:{port}/{name}")


def curl_with_large_blocks(host: str, port: int, name: str, target: Path) -> None:
    curl(host, port, name, target, "--tftp-blksize", "1428")


def curl_without_options(host: str, port: int, name: str, target: Path) -> None:
    curl(host, port, name, target, "--tftp-no-options")


def tftp_hpa(host: str, port: int, name: str, target: Path) -> None:
    program = need_program("tftp", "tftp-hpa")
    run(program, "-m", "binary", host, str(port), "-c", "get", name, str(target))


def busybox(host: str, port: int, name: str, target: Path) -> None:
    run(need_program("busybox"), "tftp", "-g", "-r", name, "-l", target, host, str(port))


def busybox_with_large_blocks(host: str, port: int, name: str, target: Path) -> None:
    run(need_program("busybox"), "tftp", "-b", "1428", "-g", "-r", name, "-l", target, host, str(port))


def atftp(host: str, port: int, name: str, target: Path, *options: str) -> None:
    given = [word for option in options for word in ("--option", option)]
    run(need_program("atftp"), *given, "-g", "-r", name, "-l", target, host, str(port))


def atftp_with_windows(host: str, port: int, name: str, target: Path) -> None:
    atftp(host, port, name, target, "windowsize 8", "blksize 1428")


CLIENTS = [
    curl,
    curl_with_large_blocks,
    curl_without_options,
    tftp_hpa,
    busybox,
    busybox_with_large_blocks,
    atftp,
    atftp_with_windows,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tftpboot")
    for size in SIZES:
        (folder / str(size)).write_bytes(os.urandom(size))
    (folder / "text").write_bytes(b"one\ntwo\r\nthree\r" * 200)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Child]:
    with serving(folder, "::") as child:
        yield child


@pytest.mark.parametrize("client", CLIENTS)
def test_files_arrive_whole(client: Fetch, server: Child, folder: Path, tmp_path: Path) -> None:
    for size in SIZES:
        client("127.0.0.1", server.port, str(size), tmp_path / "got")
        assert (tmp_path / "got").read_bytes() == (folder / str(size)).read_bytes(), size


@pytest.mark.parametrize("client", [curl, atftp_with_windows])
def test_files_arrive_over_ipv6(client: Fetch, server: Child, folder: Path, tmp_path: Path) -> None:
    client("::1", server.port, "14280", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == (folder / "14280").read_bytes()


def test_text_mode_arrives_as_the_client_writes_lines(server: Child, folder: Path, tmp_path: Path) -> None:
    program = need_program("tftp", "tftp-hpa")
    run(program, "-m", "ascii", "127.0.0.1", str(server.port), "-c", "get", "text", str(tmp_path / "got"))
    assert (tmp_path / "got").read_bytes() == (folder / "text").read_bytes()


def test_a_missing_file_is_told_at_once(server: Child, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        curl("127.0.0.1", server.port, "none", tmp_path / "got")
    assert failed.value.returncode == 68  # CURLE_TFTP_NOTFOUND


@pytest.mark.parametrize(
    "weather",
    [
        Weather(lost=0.05),
        Weather(repeated=0.3),
        Weather(swapped=0.1),
        Weather(lost=0.03, repeated=0.03, swapped=0.03),
    ],
    ids=["lost", "repeated", "swapped", "all"],
)
@pytest.mark.parametrize("client", [curl_without_options, atftp, atftp_with_windows, busybox])
def test_files_arrive_over_a_bad_network(
    client: Fetch, weather: Weather, server: Child, folder: Path, tmp_path: Path
) -> None:
    with through(weather, server.port) as port:
        client("127.0.0.1", port, "14280", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == (folder / "14280").read_bytes()


def test_more_blocks_than_there_are_numbers(tmp_path: Path) -> None:
    content = os.urandom(65600 * 8)
    (tmp_path / "long").write_bytes(content)
    with serving(tmp_path) as child:
        curl("127.0.0.1", child.port, "long", tmp_path / "got", "--tftp-blksize", "8")
    assert (tmp_path / "got").read_bytes() == content


class Caller:
    """
    A phone that answers when the test says so.
    """

    def __init__(self, port: int, address: str) -> None:
        self._server = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(10)
        self._peer = self._server

    def ask(self, name: str) -> None:
        self._socket.sendto(Request(OP_RRQ, name.encode(), b"octet").encode(), self._server)

    def heard(self) -> Packet:
        datagram, self._peer = self._socket.recvfrom(2048)
        return decode(datagram)

    def ack(self, block: int) -> None:
        self._socket.sendto(Ack(block).encode(), self._peer)

    def stop(self) -> None:
        self._socket.sendto(Error(b"\x00\x00", b"enough").encode(), self._peer)

    def close(self) -> None:
        self._socket.close()


@pytest.mark.slow
def test_two_thousand_unanswered_transfers_hurt_nobody_else(tmp_path: Path) -> None:
    content = os.urandom(100_000)
    (tmp_path / "a").write_bytes(content)
    (tmp_path / "b").write_bytes(b"short")
    with serving(tmp_path, open_files=1024) as child:
        before = child.descriptors()
        busy, newcomer = Caller(child.port, "127.0.1.1"), Caller(child.port, "127.0.2.1")
        busy.ask("a")
        busy.heard()
        for number in range(2000):
            address = f"127.0.3.{number % 8}"
            caller = Caller(child.port, address)
            caller.ask("b" if number < 8 else "a")
            if number < 8:
                assert caller.heard() == Data(1, b"short")
                caller.ack(1)
            caller.close()
            if number % 20 == 0:
                busy.ack(1 + number // 20)
                assert busy.heard() == Data(2 + number // 20, content[512:][number // 20 * 512 :][:512])
        assert 700 < child.descriptors() - before < 800
        newcomer.ask("b")
        assert newcomer.heard() == Error(b"\x00\x00", b"too many transfers")

        for _ in range(6):  # the busy phone hears its block again and again, over twelve seconds
            assert busy.heard() == Data(101, content[51200:51712])
        assert child.descriptors() - before <= 3  # its socket and its file, and what watches sockets
        newcomer.ask("b")
        assert newcomer.heard() == Data(1, b"short")
        busy.ack(101)
        assert busy.heard() == Data(102, content[51712:52224])
        busy.stop()
        newcomer.ack(1)
        newcomer.close()
        busy.close()
