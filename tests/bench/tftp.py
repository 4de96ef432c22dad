"""
How fast the TFTP server is, beside tftpd-hpa and dnsmasq on the same machine in the same run:
``python -m tests.bench.tftp [--server NAME=HOST:PORT ...]``.

A server given by ``--server`` must serve the files that ``--write FOLDER`` writes.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import need_program
from tests.tftp.child import serving

BIG, BIG_SIZE = "bench-10m.bin", 10 * 1024 * 1024
SMALL, SMALL_SIZE = "bench-4k.bin", 4096
TRANSFERS, AT_ONCE = 2000, 200
ROUNDS = 5
REFERENCE = "tftpd-hpa"

#: The least that provd's rate may be of the reference's, for each thing measured.
TARGETS = {"lock-step MB/s": 0.5, "window 8 MB/s": 1.0, "transfers/s": 1.5}


@dataclass(frozen=True)
class Server:
    """
    A server to load; it serves both files.
    """

    name: str
    host: str
    port: int


def write_files(folder: Path) -> None:
    """
    Write what the servers have to serve.
    """
    (folder / BIG).write_bytes(os.urandom(BIG_SIZE))
    (folder / SMALL).write_bytes(os.urandom(SMALL_SIZE))


def lock_step(server: Server) -> float:
    """
    Return megabytes a second, one block of 1428 bytes at a time.
    """
    url = f"tftp://{server.host}:{server.port}/{BIG}"
    options = ["-sS", "--tftp-blksize", "1428", "-o", os.devnull, "-w", "%{size_download} %{time_total}"]
    output = subprocess.run(
        [need_program("curl"), *options, url], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    size, seconds = output.split()
    assert int(size) == BIG_SIZE
    return BIG_SIZE / 1e6 / float(seconds)


def window_of_8(server: Server) -> float:
    """
    Return megabytes a second, windows of eight such blocks where the server grants them.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "got")
        options = ["--option", "windowsize 8", "--option", "blksize 1428"]
        began = time.monotonic()
        subprocess.run(
            [need_program("atftp"), *options, "-g", "-r", BIG, "-l", target, server.host, str(server.port)],
            capture_output=True,
            check=True,
            timeout=60,
        )
        seconds = time.monotonic() - began
        assert target.stat().st_size == BIG_SIZE
    return BIG_SIZE / 1e6 / seconds


def crowd(server: Server) -> float:
    """
    Return transfers a second, when 200 phones fetch a small file at once; none may fail.
    """
    arguments = [server.host, server.port, SMALL, SMALL_SIZE, TRANSFERS, AT_ONCE]
    output = subprocess.run(
        [sys.executable, "-m", "tests.bench.tftp_crowd", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    result = json.loads(output)
    if result["failures"]:
        raise SystemExit(f"{server.name}: {result['failures']} of {TRANSFERS} transfers failed")
    return TRANSFERS / float(result["seconds"])


MEASURES = {"lock-step MB/s": lock_step, "window 8 MB/s": window_of_8, "transfers/s": crowd}


def compare(servers: Sequence[Server], rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """
    Return the median of each measure for each server: what is measured -> server name -> rate.
    """
    rates: dict[str, dict[str, list[float]]] = {
        what: {server.name: [] for server in servers} for what in MEASURES
    }
    for _ in range(rounds):
        for what, measure in MEASURES.items():
            for server in servers:
                rates[what][server.name].append(measure(server))
    return {
        what: {name: statistics.median(values) for name, values in by_name.items()}
        for what, by_name in rates.items()
    }


@contextmanager
def tftpd_hpa(folder: Path) -> Iterator[Server]:
    """
    Run tftpd-hpa; it needs root.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = need_program("in.tftpd", "tftpd-hpa")
    with _running([program, "-L", "-a", f"127.0.0.1:{port}", "-s", str(folder)], port):
        yield Server(REFERENCE, "127.0.0.1", port)


@contextmanager
def dnsmasq(folder: Path) -> Iterator[Server]:
    """
    Run dnsmasq's TFTP server, whose port is always 69; it needs root.
    """
    options = ["--no-daemon", "--conf-file=/dev/null", "--port=0", "--enable-tftp", "--user=root"]
    where = [f"--tftp-root={folder}", "--listen-address=127.0.0.1", "--bind-interfaces", "--tftp-max=500"]
    with _running([need_program("dnsmasq"), *options, *where], 69):
        yield Server("dnsmasq", "127.0.0.1", 69)


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for_answer(port, process)
            yield
        finally:
            process.terminate()


def _wait_for_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.1)
        for _ in range(50):
            probe.sendto(b"\x00\x01no such file\x00octet\x00", ("127.0.0.1", port))
            try:
                probe.recv(600)
            except OSError:
                if process.poll() is not None:
                    break
            else:
                return
    raise SystemExit(f"{process.args}: doesn't answer")


def report(medians: dict[str, dict[str, float]], rounds: int) -> str:
    """
    Return the table that people read.
    """
    names = list(next(iter(medians.values())))
    lines = [f"{f'median of {rounds}':<16}" + "".join(f"{name:>20}" for name in names)]
    for what, by_name in medians.items():
        cells = [f"{rate:,.0f} ({rate / by_name[REFERENCE]:.2f}x)" for rate in by_name.values()]
        target = f"   provd at least {TARGETS[what]}x"
        lines.append(f"{what:<16}" + "".join(f"{cell:>20}" for cell in cells) + target)
    return "\n".join(lines)


def run(more: Sequence[Server] = (), rounds: int = ROUNDS) -> str:
    """
    Measure provd's server alone, tftpd-hpa, dnsmasq and more servers side by side; return the table.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        write_files(folder)
        child = stack.enter_context(serving(folder))
        references = [stack.enter_context(tftpd_hpa(folder)), stack.enter_context(dnsmasq(folder))]
        servers = [Server("provd", "127.0.0.1", child.port), *more, *references]
        return report(compare(servers, rounds), rounds)


def _server(text: str) -> Server:
    name, _, where = text.partition("=")
    host, _, port = where.rpartition(":")
    return Server(name, host, int(port))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", type=_server, action="append", default=[], metavar="NAME=HOST:PORT")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the files there, and stop")
    given = parser.parse_args()
    if given.write is not None:
        write_files(given.write)
    else:
        print(run(given.server, given.rounds))


if __name__ == "__main__":
    main()
