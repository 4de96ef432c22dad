"""
Phones over HTTP, played by wrk: known ones, new ones, and one known one while new ones come in a flood.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.load import play
from tests.bench.prepare import ip_of, mac_of
from tests.bench.servers import Running, daemon, static_file

PLAYED = 5000
ROUNDS = 5
PLUGINS = 20
NEW_FROM = 5_000_000


def prepared(folder: Path, devices: int) -> Path:
    data = folder / f"site-{devices}"
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tests.bench.prepare", str(data), str(devices), str(PLUGINS)], check=True
    )
    print(f"# a site of {devices} devices made in {time.perf_counter() - started:.1f} s")
    return data


def render_files(data: Path, phones: int) -> None:
    """
    Have the files of the phones that are played written, as after an unclean stop.
    """
    (data / "running").touch()
    with daemon(data) as server:
        warm = play(server, phones, 0, max(phones // 200, 3))
        if warm["requests"] < phones or warm["errors"]:
            raise RuntimeError(f"not all files were written: {warm}")


def row(name: str, value: str) -> None:
    print(f"{name:<66} {value}", flush=True)


def median_rate(results: list[dict[str, Any]]) -> float:
    if any(result["errors"] for result in results):
        raise RuntimeError(f"errors: {results}")
    return statistics.median(result["rate"] for result in results)


def paired(measured: list[dict[str, Any]], reference: list[dict[str, Any]]) -> float:
    """
    Return the median of the ratios of runs that followed each other, as a machine's speed drifts.
    """
    return statistics.median(a["rate"] / b["rate"] for a, b in zip(measured, reference, strict=True))


def known_phones(small: Path, large: Path, seconds: int) -> None:
    """
    The same file from this daemon, over few and many devices, and from ``static.File``, in turn.
    """
    rates: dict[str, list[dict[str, Any]]] = {"few": [], "many": [], "static": []}
    with daemon(small) as few, daemon(large) as many:
        with static_file(small / "plugins" / "yealink" / "var" / "tftpboot") as bare:
            row("ready with 100,000 devices", f"{many.seconds:.2f} s, {many.resident_megabytes():.0f} MB")
            for _ in range(ROUNDS):
                for name, server in (("static", bare), ("few", few), ("many", many)):
                    rates[name].append(play(server, PLAYED, 0, seconds))
        static, few_rate, many_rate = (median_rate(rates[name]) for name in ("static", "few", "many"))
        row("bare static.File", f"{static:,.0f} requests/s")
        row(
            "known phones, 10,000 devices, 20 plugins",
            f"{few_rate:,.0f} requests/s = {few_rate / static:.2f} x",
        )
        row(
            "known phones, 100,000 devices",
            f"{many_rate:,.0f} requests/s = {many_rate / few_rate:.2f} x that",
        )
        row("resident after that, 100,000 devices", f"{many.resident_megabytes():.0f} MB")


def no_pauses(large: Path, seconds: int) -> None:
    with daemon(large) as server:
        play(server, PLAYED, 0, 3)
        result = play(server, PLAYED, 0, seconds)
        row(f"{seconds} s at 100,000 devices", f"p99 {result['p99']:.1f} ms, slowest {result['max']:.1f} ms")


def new_phones(folder: Path, seconds: int) -> None:
    """
    Floods of new phones at few and at many devices, in turn, each over a fresh copy of its site.
    """
    rates: dict[int, list[dict[str, Any]]] = {100: [], 100_000: []}
    latencies: dict[int, list[float]] = {100: [], 100_000: []}
    for _ in range(ROUNDS):
        for devices in rates:
            with tempfile.TemporaryDirectory(dir=folder) as copy:
                data = Path(copy) / "site"
                subprocess.run(["cp", "-a", str(folder / f"site-{devices}"), str(data)], check=True)
                os.sync()  # or the copy is still being written to the disk meanwhile
                with daemon(data) as server:
                    play(server, 100, 0, 1)
                    watch = KnownPhone(server)
                    watch.start()
                    rates[devices].append(play(server, 1_000_000, NEW_FROM, seconds))
                    latencies[devices].append(watch.stop())
    for devices in rates:
        row(f"new phones at {devices:,} devices", f"{median_rate(rates[devices]):,.0f}/s")
        row("  a known phone meanwhile", f"p99 {statistics.median(latencies[devices]):.1f} ms")
    row("new phones, 100,000 against 100 devices", f"{paired(rates[100_000], rates[100]):.2f} x")


class KnownPhone(threading.Thread):
    """
    Fetches its file every few milliseconds and takes the time.
    """

    def __init__(self, server: Running) -> None:
        super().__init__()
        self._server = server
        self._stopped = threading.Event()
        self._taken: list[float] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.http, timeout=20)
        headers = {
            "User-Agent": f"Yealink SIP-T46S 66.86.0.15 {mac_of(7)}",
            "X-Forwarded-For": ip_of(7),
        }
        path = f"/{mac_of(7).replace(':', '')}.cfg"
        while not self._stopped.wait(0.01):
            started = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            self._taken.append((time.perf_counter() - started) * 1000)
            if answer.status != 200 or not body:
                raise RuntimeError(f"the known phone got {answer.status}")

    def stop(self) -> float:
        """
        Return the 99th percentile, in milliseconds.
        """
        self._stopped.set()
        self.join()
        return statistics.quantiles(self._taken, n=100)[98]


def main(folder: Path, small: Path, seconds: int, long: int) -> None:
    """
    :param small: a site of 10,000 devices whose files are written.
    """
    large, tiny = prepared(folder, 100_000), prepared(folder, 100)
    for data, phones in ((large, PLAYED), (tiny, 100)):
        render_files(data, phones)
    known_phones(small, large, seconds)
    no_pauses(large, long)
    new_phones(folder, seconds)
