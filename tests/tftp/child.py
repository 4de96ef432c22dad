"""
provd's TFTP server over a folder, alone in a process: ``python -m tests.tftp.child FOLDER``.

It prints its port once it listens, and stops when its standard input closes.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.protocol import Protocol
from twisted.internet.stdio import StandardIO

from provd.tftp.readservices import TFTPFileService
from provd.tftp.service import TFTPService

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Child:
    """
    A server in another process.
    """

    port: int
    pid: int

    def descriptors(self) -> int:
        """
        Return how many it has open.
        """
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@contextmanager
def serving(folder: Path, interface: str = "127.0.0.1", open_files: int = 0) -> Iterator[Child]:
    """
    Run the server for the time of a ``with`` block; fail if it doesn't end well.

    :param open_files: its limit of descriptors; 0 keeps this process's.
    """
    command = [sys.executable, "-m", "tests.tftp.child", str(folder), interface, str(open_files)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Child(int(process.stdout.readline()), process.pid)
        finally:
            process.stdin.close()
            status = process.wait(20)
        assert status == 0


class _UntilClosed(Protocol):
    def connectionLost(self, reason: object = None) -> None:
        reactor.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("interface", nargs="?", default="127.0.0.1")
    parser.add_argument("open_files", nargs="?", type=int, default=0)
    given = parser.parse_args()
    if given.open_files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (given.open_files, given.open_files))
    service = TFTPService(reactor, given.interface, 0, TFTPFileService(given.folder))
    service.privilegedStartService()
    service.startService()
    reactor.addSystemEventTrigger("before", "shutdown", service.stopService)
    StandardIO(_UntilClosed())
    reactor.callWhenRunning(print, service.port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
