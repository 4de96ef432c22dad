"""
A daemon in a process of its own, for tests.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

import yaml

from tests.daemon.site import repository
from tests.support import free_port

BIN = Path(sys.executable).parent
AGENT = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01"
OWN = "001565aabb01.cfg"


class Daemon:
    """
    A daemon in its own process, over a data folder, with settings in ``conf.d``.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.conf = folder / "conf.d"
        self.conf.mkdir()
        self.http, self.rest, self.tftp = free_port(), free_port(), free_port(socket.SOCK_DGRAM)
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self._heard: Queue[str | None] = Queue()

    def settings(self, **sections: object) -> None:
        (self.conf / "10-test.yml").write_text(yaml.safe_dump(sections))

    def start(
        self,
        command: list[str] | None = None,
        before: Callable[[], None] | None = None,
        descriptors: tuple[int, ...] = (),
    ) -> None:
        environment = {
            **os.environ,
            "PROVD_DATA_DIR": str(self.data),
            "PROVD_CONF_DIR": str(self.conf),
            "PROVD_HTTP_PORT": str(self.http),
            "PROVD_TFTP_PORT": str(self.tftp),
            "PROVD_REST_PORT": str(self.rest),
        }
        self.process = subprocess.Popen(
            (command or [str(BIN / "accent-provd")])
            + ["--config-file=/dev/null", f"--local-plugins={repository()}"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.data.parent,
            preexec_fn=before,
            pass_fds=descriptors,
        )
        self._heard = Queue()
        # Read all the time: a daemon whose output nobody reads is stopped by the full pipe.
        Thread(target=self._listen, args=(self.process.stdout, self._heard), daemon=True).start()
        self.wait_for(": ready")

    @staticmethod
    def _listen(output: IO[str], heard: Queue[str | None]) -> None:
        with output:
            for line in output:
                heard.put(line)
        heard.put(None)

    def wait_for(self, text: str) -> str:
        """
        Return the next line of its output that contains the text.
        """
        while (line := self._next_line()) is not None:
            if text in line:
                return line
        raise AssertionError(f"no {text!r} in:\n" + "".join(self.said))

    def _next_line(self) -> str | None:
        line = self._heard.get(timeout=30)
        if line is None:
            self._heard.put(None)  # the end stays the end
        else:
            self.said.append(line)
        return line

    def kill(self) -> None:
        """
        End it at once, if it runs.
        """
        if self.process is not None:
            self.process.kill()
            self._wait_for_the_end()

    def _wait_for_the_end(self) -> int:
        assert self.process is not None
        while self._next_line() is not None:
            pass
        return self.process.wait(10)

    def get(self, name: str, agent: str = AGENT) -> tuple[int, bytes]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/{name}", headers={"User-Agent": agent}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def end(self, how: int = signal.SIGTERM) -> int:
        """
        Return the status with which it ended.
        """
        assert self.process is not None
        self.process.send_signal(how)
        return self._wait_for_the_end()

    def resident(self) -> int:
        """
        Return the bytes of memory that it occupies.
        """
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def descriptors(self) -> int:
        """
        Return how many files and sockets it has open.
        """
        assert self.process is not None
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
