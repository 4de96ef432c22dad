"""
``provd-cli`` as an administrator runs it: from a script, or at a terminal.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from tests.cli.forking import Forks

COMMAND = str(Path(sys.executable).with_name("provd-cli"))
_LONGEST = 30.0
INTERRUPT = "\x03"


class Result(NamedTuple):
    """
    What a command did.

    :ivar out: on a terminal, all that came on the screen.
    """

    code: int
    out: str
    err: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@cache
def _forks() -> Forks:
    forks = Forks()
    atexit.register(forks.stop)
    return forks


class Cli:
    """
    Runs the command with an environment of its own: at a terminal as it is installed, else as a fork that has
    everything imported.

    :ivar home: the administrator's.
    """

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        home.mkdir(exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }

    def __call__(self, *arguments: object, given: str = "", **environment: str) -> Result:
        with TemporaryFile() as entered, TemporaryFile() as out, TemporaryFile() as err:
            entered.write(given.encode())
            entered.seek(0)
            streams = [entered.fileno(), out.fileno(), err.fileno()]
            code = _forks().run(
                [COMMAND, *map(str, arguments)], {**self.environment, **environment}, streams, _LONGEST
            )
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode())
        assert "Traceback" not in texts[1], texts[1]
        assert "mistake of this program" not in texts[1], texts[1]
        return Result(code, *texts)

    def ok(self, *arguments: object, given: str = "") -> str:
        """
        Return what a command prints that succeeds.
        """
        result = self(*arguments, given=given)
        assert result.code == 0, result
        return result.out

    def json(self, *arguments: object) -> Any:
        """
        Return the documents that a command prints.
        """
        return json.loads(self.ok(*arguments, "--json"))

    def fails(self, code: int, *arguments: object, given: str = "", **environment: str) -> str:
        """
        Return the one line with which a command ends that fails.
        """
        result = self(*arguments, given=given, **environment)
        assert result.code == code, result
        line = result.err.splitlines()[-1]
        assert line.startswith("provd-cli: "), result
        return line.removeprefix("provd-cli: ")

    def terminal(
        self, *arguments: object, answers: Sequence[tuple[str, Any]] = (), columns: int = 100
    ) -> Result:
        """
        Run a command at a terminal.

        :param answers: what to wait for on the screen, and what then to type, or to call.
        """
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            env=self.environment,
            preexec_fn=lambda: os.login_tty(slave),
            close_fds=False,
        ) as process:
            os.close(slave)
            try:
                screen = _talk(master, list(answers))
                code = process.wait(_LONGEST)
            finally:
                process.kill()
                os.close(master)
        assert "Traceback" not in screen, screen
        return Result(code, screen.replace("\r\n", "\n"))


def _talk(master: int, answers: list[tuple[str, Any]]) -> str:
    """
    Read a terminal to its end, and answer; return all that came.
    """
    came = b""
    answered = 0  # up to here, nothing is answered again
    last: Any = None
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        if not select.select([master], [], [], 1)[0]:
            if last == INTERRUPT:  # one that came just before it began to wait for input has no effect
                os.write(master, INTERRUPT.encode())
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:  # nobody is at the other end
            piece = b""
        if not piece:
            return came.decode()
        came += piece
        while answers and answers[0][0].encode() in came[answered:]:
            _, last = answers.pop(0)
            answered = len(came)
            if isinstance(last, str):
                os.write(master, last.encode())
            else:
                last()
    raise AssertionError(f"no end after {came.decode()!r}, waiting for {answers}")
