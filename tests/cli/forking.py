"""
``provd-cli`` without its start: a process that has everything imported forks for each command.

A command is a process of its own all the same, with arguments, environment, standard streams and an exit
code.  Importing takes longer than what most commands do.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_LARGEST = 128 << 10
# What commands import when they are run.
_USED_LATER = (
    "rich.progress",
    "rich.table",
    "treq",
    "twisted.internet.endpoints",
    "twisted.internet.epollreactor",
    "twisted.internet.threads",
    "twisted.python.threadpool",
    "twisted.web.client",
    "yaml",
)


class Forks:
    """
    The process that forks, and what it is told.
    """

    def __init__(self) -> None:
        self._told, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(its.fileno())],
                cwd=Path(__file__).parents[2],
                pass_fds=[its.fileno()],
            )

    def stop(self) -> None:
        self._told.close()
        self._process.wait()

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        streams: Sequence[int],
        timeout: float,
    ) -> int:
        """
        Run a command to its end; return its exit code.

        :param arguments: the name of the command before them.
        :param streams: descriptors for its standard streams.
        """
        ours, its = socket.socketpair()
        with ours:
            with its:
                ours.settimeout(timeout)
                told = {"arguments": arguments, "environment": environment, "folder": os.getcwd()}
                socket.send_fds(self._told, [json.dumps(told).encode()], [*streams, its.fileno()])
            with ours.makefile() as answer:
                process = int(answer.readline())
                try:
                    code = answer.readline()
                except TimeoutError:
                    os.kill(process, signal.SIGKILL)
                    raise
        assert code, "the command was killed"
        return int(code)


def _serve(told: socket.socket) -> None:
    import provd.cli

    for module in pkgutil.walk_packages(provd.cli.__path__, "provd.cli."):
        importlib.import_module(module.name)
    for name in _USED_LATER:
        importlib.import_module(name)
    # Each command has one of its own.
    assert "twisted.internet.reactor" not in sys.modules
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(told, _LARGEST, 4)
        if not message:
            return
        if os.fork() == 0:
            told.close()
            _run(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _run(told: Any, descriptors: list[int]) -> None:
    """
    Be the command.
    """
    *streams, answer = descriptors
    os.write(answer, b"%d\n" % os.getpid())
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
        os.environ.clear()
        os.environ.update(told["environment"])
        time.tzset()
        os.chdir(told["folder"])
        sys.argv = told["arguments"]
        code = _exit_code()
    except BaseException:
        traceback.print_exc()
    finally:
        os.write(answer, b"%d\n" % code)
        os._exit(code)


def _exit_code() -> int:
    from provd.cli.main import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    return 0


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
