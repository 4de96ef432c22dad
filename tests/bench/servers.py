"""
Starting the servers that are measured, each a process of its own.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.support import free_port

_STATIC = """
import sys
from twisted.internet import reactor
from twisted.web import server, static
reactor.listenTCP(int(sys.argv[1]), server.Site(static.File(sys.argv[2])), interface="127.0.0.1")
reactor.run()
"""


class Running:
    """
    A server that answers.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        http: int,
        seconds: float,
        *,
        tftp: int = 0,
        rest: int = 0,
        token: str = "",
    ) -> None:
        self.process = process
        self.http = http
        self.tftp = tftp
        self.rest = rest
        #: The administrator's.
        self.token = token
        #: From its start until it said that it was ready.
        self.seconds = seconds

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


@contextmanager
def daemon(data: Path, how_to_stop: int = signal.SIGTERM) -> Iterator[Running]:
    """
    Run the daemon over a data folder, one trusted proxy in front of it.
    """
    conf = data / "conf.d"
    conf.mkdir(exist_ok=True)
    (conf / "bench.yml").write_text(
        yaml.safe_dump({"general": {"http_proxied_trusted_proxies_count": 1, "local_plugins": None}})
    )
    http, tftp, rest = free_port(), free_port(socket.SOCK_DGRAM), free_port()
    environment = {
        **os.environ,
        "PROVD_DATA_DIR": str(data),
        "PROVD_CONF_DIR": str(conf),
        "PROVD_HTTP_PORT": str(http),
        "PROVD_TFTP_PORT": str(tftp),
        "PROVD_REST_PORT": str(rest),
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("accent-provd")), "--config-file=/dev/null"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    drain = None
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.decode())
            if said[-1].rstrip().endswith(": ready"):
                break
        else:
            raise RuntimeError("".join(said))
        seconds = time.perf_counter() - started
        drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
        token = (data / "admin-token").read_text().strip()
        yield Running(process, http, seconds, tftp=tftp, rest=rest, token=token)
    finally:
        process.send_signal(how_to_stop)
        process.wait(30)
        if drain is not None:
            drain.wait(10)


@contextmanager
def static_file(folder: Path) -> Iterator[Running]:
    """
    Run a bare ``static.File`` of Twisted over a folder.
    """
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _STATIC, str(port), str(folder)])
    try:
        started = time.perf_counter()
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.perf_counter() - started > 10:
                    raise
                time.sleep(0.05)
        yield Running(process, port, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(10)
