"""
The REST API, played by wrk and by single calls, and what phones notice of it.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from pathlib import Path
from typing import Any

from tests.bench.http import PLAYED, ROUNDS, paired, prepared, render_files, row
from tests.bench.load import InBackground, call, play
from tests.bench.servers import Running, daemon

_LISTING = "/0.2/dev_mgr/devices"
_TEMPLATE = "/0.2/cfg_mgr/configs/autoprov"
_PAUSE = 20  # milliseconds: 16 connections then are some 700 requests a second
_CHANGED = 1000


def one_device(server: Running, seconds: int) -> None:
    device_id = asked(server, "GET", f"{_LISTING}?limit=1")["devices"][0]["id"]
    result = call(server, f"{_LISTING}/{device_id}", seconds)
    if result["errors"]:
        raise RuntimeError(f"errors: {result}")
    row("GET of one device", f"{result['rate']:,.0f}/s, p99 {result['p99']:.1f} ms")


def listing(server: Running, devices: int, seconds: int) -> None:
    """
    All devices listed again and again while phones fetch as fast as they get answers, and those phones
    without anybody who lists, in turn.
    """
    alone, meanwhile, taken = [], [], []
    for _ in range(ROUNDS):
        alone.append(play(server, PLAYED, 0, seconds))
        phones = InBackground(server, PLAYED, 0, seconds)
        while phones.is_alive():
            taken.append(timed(server, "GET", _LISTING, expected=devices))
        meanwhile.append(phones.result())
    row(f"{devices:,} devices listed beside phones", f"{statistics.median(taken):.2f} s")
    row("  phones meanwhile, against phones alone", f"{paired(meanwhile, alone):.2f} x")
    row("  without phones", f"{timed(server, 'GET', _LISTING, expected=devices):.2f} s")


def change_of_all(folder: Path) -> None:
    """
    A config that all phones inherit gets another value, and is done when all have new files.
    """
    data = prepared(folder, _CHANGED)
    render_files(data, _CHANGED)
    with daemon(data) as server:
        taken, latencies = [], []
        for number in range(ROUNDS):
            config = asked(server, "GET", _TEMPLATE)["config"]
            config["raw_config"]["exten_dnd"] = f"*{number}"
            phones = InBackground(server, _CHANGED, 0, 10, _PAUSE)
            time.sleep(1)
            taken.append(timed(server, "PUT", _TEMPLATE, {"config": config}))
            latencies.append(phones.result()["p99"])
    row(f"a config of {_CHANGED:,} phones changed", f"{statistics.median(taken):.2f} s")
    row("  phones meanwhile", f"p99 {statistics.median(latencies):.1f} ms")


def timed(server: Running, method: str, path: str, body: Any = None, expected: int | None = None) -> float:
    """
    Return how many seconds a call took, its whole answer received and read.
    """
    started = time.perf_counter()
    answer = asked(server, method, path, body)
    taken = time.perf_counter() - started
    if expected is not None and len(answer["devices"]) != expected:
        raise RuntimeError(f"{len(answer['devices'])} devices were listed")
    return taken


def asked(server: Running, method: str, path: str, body: Any = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.rest, timeout=60)
    headers = {"X-Auth-Token": server.token, "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status}")
    return json.loads(text) if text else None


def main(folder: Path, data: Path, devices: int, seconds: int) -> None:
    """
    :param data: a site of so many devices whose files are written.
    """
    with daemon(data) as server:
        one_device(server, seconds)
        listing(server, devices, seconds)
    change_of_all(folder)
