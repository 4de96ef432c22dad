"""
What wrk measures: phones that fetch their files, and callers of the REST API.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.bench.servers import Running
from tests.support import need_program

__all__ = ["CONNECTIONS", "InBackground", "call", "play"]

_PHONES = Path(__file__).with_name("phones.lua")
_RESULT = Path(__file__).with_name("result.lua")
CONNECTIONS = 16


def play(server: Running, phones: int, first: int, seconds: int, pause: int = 0) -> dict[str, Any]:
    """
    Have phones fetch their files; return what was measured: requests, seconds, rate, p50, p99 and max in
    milliseconds, errors.

    :param pause: milliseconds before each request on each connection.
    """
    numbers = {"PHONES": str(phones), "FIRST": str(first), "PAUSE": str(pause)}
    return _wrk(_PHONES, f"http://127.0.0.1:{server.http}", seconds, numbers)


def call(server: Running, path: str, seconds: int) -> dict[str, Any]:
    """
    Have an administrator's program ask for the same thing again and again; return what was measured.
    """
    return _wrk(_RESULT, f"http://127.0.0.1:{server.rest}{path}", seconds, {}, server.token)


def _wrk(script: Path, url: str, seconds: int, numbers: dict[str, str], token: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [need_program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
        + (["-H", f"X-Auth-Token: {token}"] if token else [])
        + ["-s", str(script), url],
        env={**os.environ, **numbers, "RESULT": str(_RESULT)},
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
    result["rate"] = result["requests"] / result["seconds"]
    return result


class InBackground(threading.Thread):
    """
    Phones that fetch their files while something else happens; see :func:`play`.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__()
        self._arguments = arguments
        self._result: dict[str, Any] | None = None
        self.start()

    def run(self) -> None:
        self._result = play(*self._arguments)

    def result(self) -> dict[str, Any]:
        self.join()
        if self._result is None or self._result["errors"]:
            raise RuntimeError(f"errors: {self._result}")
        return self._result
